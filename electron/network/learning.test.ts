import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Learned, Rule } from '../../shared/model/domain.ts';
import { holds } from './covering.ts';
import { proposeList, type Seen } from './learning.ts';
import { isShared, soundsLikeTelemetry } from './name-words.ts';
import { type PresetData, presets } from './presets.ts';

const seen = (host: string, rest: Partial<Seen> = {}): Seen => ({ host, port: 443, reason: 'mode', ...rest });
const allow = (pattern: string, rest: Partial<Rule> = {}): Rule => ({
  ...{ id: '000000000000', verdict: 'allow', pattern, ports: [], allowPrivate: false, quiet: false, scope: 'workspace', addedBy: 'user' },
  addedAt: '2026-01-01T00:00:00.000Z',
  ...rest,
});
const shortly = (lines: readonly Learned[]): string[] => lines.map(({ pattern, ports, proposed }) => [pattern, ...ports, proposed ? 'yes' : 'no'].join(' '));

describe('what learning proposes', () => {
  it('is a domain of a preset where one holds the name', () => {
    const lines = proposeList([seen('a.npmjs.org'), seen('b.npmjs.org'), seen('github.com', { port: 22 })], presets, []);
    expect(lines).toMatchObject([
      { pattern: '*.npmjs.org', ports: [], preset: 'npm', hosts: ['a.npmjs.org', 'b.npmjs.org'], requests: 2, proposed: true },
      { pattern: 'github.com', ports: [22], preset: 'github', proposed: true },
    ]);
  });

  it('is of the preset that most of what was seen belongs to, where several hold the name', () => {
    const names = ['storage.googleapis.com', 'cdn.playwright.dev'].map((host) => seen(host));
    expect(proposeList(names, presets, []).map(({ preset }) => preset)).toEqual(['playwright', 'playwright']);
  });

  it('is one wildcard for several names below one domain, and the name for one alone', () => {
    const names = ['api.example.com', 'cdn.example.com', 'example.com', 'deep.cdn.example.com', 'only.example.net'].map((host) => seen(host));
    expect(shortly(proposeList(names, [], []))).toEqual(['*.example.com yes', 'example.com yes', 'only.example.net yes']);
  });

  it.each(['co.uk', 'github.io', 's3.eu-central-1.amazonaws.com', 'com'])('is never a wildcard below %s, which many share', (parent) => {
    expect(shortly(proposeList([seen(`a.${parent}`), seen(`b.${parent}`)], [], []))).toEqual([`a.${parent} yes`, `b.${parent} yes`]);
  });

  it('leaves telemetry out, and makes no wildcard that would hold it', () => {
    const names = [seen('api.example.com'), seen('cdn.example.com'), seen('eu-metrics.example.com')];
    expect(proposeList(names, [], []).map(({ pattern, looksLike, proposed }) => [pattern, looksLike, proposed])).toEqual([
      ['api.example.com', undefined, true],
      ['cdn.example.com', undefined, true],
      ['eu-metrics.example.com', 'telemetry', false],
    ]);
  });

  it('takes for telemetry what sent far more than it got', () => {
    const [line] = proposeList([seen('drop.example.com', { bytesUp: 400_000, bytesDown: 6000 })], [], []);
    expect(line).toMatchObject({ looksLike: 'telemetry', proposed: false, bytesUp: 400_000, bytesDown: 6000 });
  });

  it('lists a name with a refused address, unproposed', () => {
    const [line] = proposeList([seen('git.corp.example', { reason: 'refused-address' }), seen('git.corp.example')], [], []);
    expect(line).toMatchObject({ pattern: 'git.corp.example', needsPrivate: true, proposed: false, requests: 2 });
  });

  it('does not take a domain of a preset for a promise of private addresses', () => {
    const names = [seen('a.npmjs.org', { reason: 'refused-address' }), seen('b.npmjs.org')];
    expect(shortly(proposeList(names, presets, []))).toEqual(['*.npmjs.org yes', 'a.npmjs.org no']);
  });

  it('takes telemetry of a vendor in with the rest of its preset, and calls by its name what is nothing else', () => {
    const [both] = proposeList([seen('telemetry.anthropic.com'), seen('api.anthropic.com')], presets, []);
    const [alone] = proposeList([seen('telemetry.anthropic.com')], presets, []);
    expect([both?.proposed, both?.looksLike]).toEqual([true, undefined]);
    expect([alone?.pattern, alone?.proposed, alone?.looksLike]).toEqual(['*.anthropic.com', false, 'telemetry']);
  });

  it('says what rules let out already, by the rule', () => {
    const rules = [allow('*.example.com'), allow('db.example.com', { ports: [5432] }), allow('half.example.net', { ports: [443] })];
    const names = [seen('a.example.com'), seen('db.example.com', { port: 5432 }), seen('half.example.net'), seen('half.example.net', { port: 80 })];
    expect(proposeList(names, [], rules)).toMatchObject([
      { pattern: 'half.example.net', covered: false, proposed: true },
      { pattern: '*.example.com', covered: true, proposed: false },
      { pattern: 'db.example.com', ports: [5432], covered: true, proposed: false },
    ]);
  });

  it('needs more than a rule that does not last, or not for such addresses', () => {
    const rules = [allow('a.example.com', { scope: 'once' }), allow('b.example.org', {})];
    const names = [seen('a.example.com'), seen('b.example.org', { reason: 'refused-address' })];
    expect(proposeList(names, [], rules).map(({ covered }) => covered)).toEqual([false, false]);
  });

  it('passes over what is no name, does not exist, or was denied by a rule', () => {
    const names = [seen('192.0.2.1'), seen(''), seen('no.such.example', { reason: 'unresolved' }), seen('bad.example', { reason: 'denied' })];
    expect(proposeList(names, [], [])).toEqual([]);
  });

  it('keeps other ports name by name', () => {
    const names = [seen('a.example.com', { port: 5432 }), seen('b.example.com', { port: 5432 }), seen('a.example.com')];
    expect(shortly(proposeList(names, [], []))).toEqual(['a.example.com 5432 yes', 'b.example.com 5432 yes', 'a.example.com yes']);
  });

  it('comes by preset, then by program, the busiest first', () => {
    const names = [
      ...[seen('z.example', { program: 'curl' }), seen('y.example', { program: 'curl' }), seen('y.example', { program: 'curl' })],
      ...[seen('x.example', { program: 'apt' }), seen('a.npmjs.org', { program: 'npm' }), seen('w.example')],
    ];
    expect(proposeList(names, presets, []).map(({ pattern }) => pattern)).toEqual(['*.npmjs.org', 'x.example', 'y.example', 'z.example', 'w.example']);
  });

  it('stays of a length that can be reviewed', () => {
    const flood = Array.from({ length: 5000 }, (_, at) => seen(`n${at}.x${at}.example`));
    const lines = proposeList([...flood, seen('real.example'), seen('real.example')], [], []);
    expect(lines.length).toBe(500);
    expect(lines[0]!.pattern).toBe('real.example');
  });
});

const label = fc.constantFrom('a', 'b', 'c', 'telemetry', 'github', 'io', 'co', 'uk', 'example', 'com');
const host = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
const connection = fc.record<Seen>({
  host,
  port: fc.constantFrom(80, 443, 443, 443, 22),
  reason: fc.constantFrom('mode', 'mode', 'mode', 'rule', 'refused-address'),
  program: fc.constantFrom('npm', 'git'),
  bytesUp: fc.constantFrom(10, 1_000_000),
  bytesDown: fc.constantFrom(10, 1_000_000),
});
const preset = fc
  .record({
    id: fc.constantFrom('p', 'q', 'r'),
    domains: fc.uniqueArray(
      fc.oneof(
        host,
        host.map((name) => `*.${name}`),
        host.map((name) => `${name}:22`),
      ),
      { minLength: 1, maxLength: 3 },
    ),
  })
  .map((data): PresetData => ({ title: data.id, kind: 'packages', files: [], remotes: [], ...data }));
const learning = fc.record({
  all: fc.array(connection, { maxLength: 15 }),
  known: fc.uniqueArray(preset, { maxLength: 2, selector: ({ id }) => id }),
  rules: fc.array(
    fc
      .oneof(
        host,
        host.map((name) => `*.${name}`),
      )
      .map((pattern) => allow(pattern)),
    { maxLength: 2 },
  ),
});
const targetOf = ({ host: pattern, port }: Seen) => ({ pattern, ports: [port] });

describe('whatever was seen', () => {
  it('the proposed lines and the present rules let out each name that is in a proposed line, and every name is in some line', () => {
    fc.assert(
      fc.property(learning, ({ all, known, rules }) => {
        const lines = proposeList(all, known, rules);
        for (const one of all) {
          const named = lines.filter(({ hosts }) => hosts.includes(one.host));
          expect(named).not.toEqual([]);
          expect(named.some((line) => holds(line, targetOf(one)) || (line.covered && rules.some((rule) => holds(rule, targetOf(one)))))).toBe(true);
        }
      }),
    );
  });

  it('no proposed line is held by another, or by a rule', () => {
    fc.assert(
      fc.property(learning, ({ all, known, rules }) => {
        const proposed = proposeList(all, known, rules).filter((line) => line.proposed);
        for (const line of proposed) {
          expect(proposed.filter((other) => holds(other, line))).toEqual([line]);
          expect(rules.some((rule) => holds(rule, line))).toBe(false);
        }
      }),
    );
  });

  it('a wildcard of no preset has two seen names right below it, belongs to one owner, and lets out nothing that is not proposed', () => {
    fc.assert(
      fc.property(learning, ({ all, known, rules }) => {
        const lines = proposeList(all, known, rules);
        for (const { pattern, hosts } of lines.filter((line) => line.proposed && line.preset === undefined && line.pattern.startsWith('*.'))) {
          const parent = pattern.slice(2);
          expect(hosts.filter((name) => name.slice(name.indexOf('.') + 1) === parent).length).toBeGreaterThan(1);
          expect(isShared(parent) || !parent.includes('.')).toBe(false);
          expect(lines.filter((line) => !line.proposed && !line.covered && line.ports.length === 0 && holds({ pattern, ports: [] }, line))).toEqual([]);
        }
      }),
    );
  });

  it('what sounds like telemetry is proposed by its preset or not at all', () => {
    fc.assert(
      fc.property(learning, ({ all, known, rules }) => {
        const telling = proposeList(all, known, rules).filter(({ proposed, hosts }) => proposed && hosts.some(soundsLikeTelemetry));
        expect(telling.filter((line) => line.preset === undefined)).toEqual([]);
      }),
    );
  });
});

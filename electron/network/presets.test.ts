import { describe, expect, it } from 'vitest';
import type { Rule } from '../../shared/model/domain.ts';
import { holds } from './covering.ts';
import { parsePattern } from './pattern.ts';
import { describePresets, isOn, presets, targetsOf } from './presets.ts';

const rule = (pattern: string, rest: Partial<Rule> = {}): Rule => ({
  ...{ id: '000000000000', verdict: 'allow', pattern, ports: [], allowPrivate: false, quiet: false, scope: 'project', addedBy: 'user' },
  addedAt: '2026-01-01T00:00:00.000Z',
  ...rest,
});
const github = presets.find(({ id }) => id === 'github')!;
const rulesOf = (rest: Partial<Rule> = {}): Rule[] => targetsOf(github).map(({ pattern, ports }) => rule(pattern, { ports: [...ports], ...rest }));

describe('presets', () => {
  it.each(presets)('$id names domains that can be rules, none of them twice', (preset) => {
    const targets = targetsOf(preset);
    expect(targets.map(({ pattern }) => parsePattern(pattern))).toEqual(targets.map(({ pattern }) => pattern));
    // Other ports than 80 and 443 are for exact names.
    expect(targets.filter(({ pattern, ports }) => ports.length > 0 && pattern.startsWith('*.'))).toEqual([]);
    for (const target of targets) expect(targets.filter((other) => holds(other, target))).toEqual([target]);
  });

  it('come by kind, agents first', () => {
    const kinds = presets.map(({ kind }) => kind);
    expect(kinds.filter((kind, at) => kind !== kinds[at - 1])).toEqual(['agent', 'packages', 'git', 'system', 'services']);
  });

  it('are on when every one of their domains is let out, on its port', () => {
    expect(isOn(github, rulesOf())).toBe(true);
    expect(isOn(github, rulesOf().slice(1))).toBe(false);
    expect(isOn(github, rulesOf({ ports: [] }))).toBe(false);
    expect(isOn(github, [...rulesOf().filter(({ pattern }) => pattern !== '*.github.com'), rule('*.com')])).toBe(true);
  });

  it.each<[string, Partial<Rule>]>([
    ['deny', { verdict: 'deny' }],
    ['last for a session', { scope: 'session' }],
    ['expire', { expiresAt: '2026-01-02T00:00:00.000Z' }],
    ['let only some requests out', { http: { methods: ['GET'], pathPrefix: '/' } }],
  ])('are not on by rules that %s', (_, rest) => {
    expect(isOn(github, rulesOf(rest))).toBe(false);
  });

  it('stand first when something tells of them', () => {
    const described = describePresets([], new Map([['go', 'There is a go.mod.']]));
    expect(described[0]).toMatchObject({ id: 'go', because: 'There is a go.mod.', on: false });
    expect(described.slice(1).map(({ id }) => id)).toEqual(presets.map(({ id }) => id).filter((id) => id !== 'go'));
  });
});

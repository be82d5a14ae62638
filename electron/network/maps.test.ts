import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Rule } from '../../shared/model/domain.ts';
import { buildMaps, diffCommands, mapNames, parseMap } from './maps.ts';
import { draftRule } from './rule.ts';
import type { RuleInput } from './types.ts';

const input = fc.record({
  pattern: fc.constantFrom('a.b', 'c.d', '*.a.b', '*.c.d', 'e.f', 'a.b:22'),
  allowPrivate: fc.boolean(),
  verdict: fc.constantFrom('allow' as const, 'deny' as const),
});
const rules = fc.uniqueArray(input, { selector: ({ pattern, verdict }) => `${pattern}${verdict}` }).map((list) => list.map(makeRule));

function makeRule(own: Partial<RuleInput> & { readonly pattern: string }): Rule {
  const { scope = 'global' } = own;
  return draftRule({ addedBy: 'user', allowPrivate: false, ...own }, { scope, owner: scope === 'global' ? '' : '01234567' });
}
function build(...own: readonly Rule[]) {
  const maps = buildMaps(own, 'restricted', 'n');
  return Object.fromEntries(mapNames.filter((name) => name !== 'mode.map' && maps[name].size > 0).map((name) => [name, Object.fromEntries(maps[name])]));
}

it('a name is looked up with its ports, and each entry says its rule', () => {
  const [web, port, suffix, wide] = [{ pattern: 'a.b' }, { pattern: 'c.d:443' }, { pattern: '*.a.b' }, { pattern: '*.c.d:80', allowPrivate: true }].map(
    makeRule,
  );
  expect(build(web!, port!, suffix!, wide!)).toEqual({
    'exact.map': { 'a.b:80': `allow/${web!.id}`, 'a.b:443': `allow/${web!.id}`, 'c.d:443': `allow/${port!.id}` },
    'suffix.map': { '.a.b:80': `allow/${suffix!.id}`, '.a.b:443': `allow/${suffix!.id}` },
    'suffix-private.map': { '.c.d:80': `allow-private/${wide!.id}` },
  });
});

it('what is denied is denied by name, or by name and port; loudly when one of the rules is loud', () => {
  const own = [{ pattern: 'a.b', quiet: true }, { pattern: 'a.b', scope: 'session' as const }, { pattern: '*.c.d:80' }, { pattern: '*.e.f', quiet: true }];
  const [quiet, loud, port, suffix] = own.map((one) => makeRule({ ...one, verdict: 'deny' }));
  expect(build(loud!, quiet!, port!, suffix!)).toEqual({
    'deny.map': { 'a.b': `deny/${loud!.id}` },
    'deny-suffix.map': { '.c.d:80': `deny/${port!.id}` },
    'deny-suffix-quiet.map': { '.e.f': `deny-quiet/${suffix!.id}` },
  });
});

it('of several rules for one name the one that allows private addresses stands, then the one that lasts longest', () => {
  const [once, always] = [makeRule({ pattern: 'a.b', scope: 'once' }), makeRule({ pattern: 'a.b' })];
  expect(build(always, once)['exact.map']).toMatchObject({ 'a.b:80': `allow/${always.id}` });
  const wide = makeRule({ pattern: 'a.b', scope: 'session', allowPrivate: true });
  for (const order of [
    [always, wide],
    [wide, always],
  ])
    expect(build(...order)['exact.map']).toMatchObject({ 'a.b:443': `allow-private/${wide.id}` });
});

it('what ends by itself says when; a rule that lasts stands before one that ends, and a denial is not ended by the gateway', () => {
  const soon = '2026-11-29T10:00:00.200Z';
  const [ends, lasts] = [makeRule({ pattern: 'a.b', expiresAt: soon }), makeRule({ pattern: 'a.b', scope: 'session' })];
  expect(build(ends)['until.map']).toEqual({ [ends.id]: String(Date.parse('2026-11-29T10:00:01Z') / 1000) });
  for (const order of [
    [ends, lasts],
    [lasts, ends],
  ])
    expect(build(...order)['exact.map']).toMatchObject({ 'a.b:80': `allow/${lasts.id}` });
  expect(build(makeRule({ pattern: 'a.b', verdict: 'deny', expiresAt: soon }))['until.map']).toBeUndefined();
  expect(buildMaps([], 'learning', 'n', soon)['until.map'].get('mode')).toBeDefined();
  expect(buildMaps([], 'restricted', 'n', soon)['until.map'].size).toBe(0);
});

it('TCP goes by name and port, and says so where a rule denies it', () => {
  const [ssh, base, deny] = [{ pattern: 'a.b:22' }, { pattern: 'c.d:5432', allowPrivate: true }, { pattern: '*.a.b', verdict: 'deny' as const }].map(makeRule);
  expect(build(ssh!, base!)['tcp.map']).toEqual({ 'a.b:22': `allow/${ssh!.id}`, 'c.d:5432': `allow-private/${base!.id}` });
  const name = makeRule({ pattern: 'x.a.b:22' });
  expect(build(ssh!, name, deny!)['tcp.map']).toEqual({ 'a.b:22': `allow/${ssh!.id}`, 'x.a.b:22': `deny/${deny!.id}` });
});

it('a rule for some requests is found by the beginning of what was asked, on a segment’s boundary', () => {
  const [some, any] = [
    { pattern: 'a.b', http: { methods: ['GET' as const, 'PUT' as const], pathPrefix: '/v1/x' } },
    { pattern: 'a.b', http: { methods: [], pathPrefix: '/' } },
  ].map(makeRule);
  expect(build(some!, any!)).toEqual({
    'requests.map': { 'a.b|': 'other', 'a.b|GET/v1/x/': `allow/${some!.id}`, 'a.b|PUT/v1/x/': `allow/${some!.id}`, 'a.b|*/': `allow/${any!.id}` },
  });
});

it('the commands turn any state of the maps into any other', () => {
  fc.assert(
    fc.property(rules, rules, (before, after) => {
      const from = buildMaps(before, 'restricted', 'n');
      const to = buildMaps(after, 'full', 'm');
      const state = new Map(mapNames.map((name) => [`/cfg/${name}`, new Map(from[name])]));
      for (const command of diffCommands(from, to).flatMap((line) => line.split(';'))) {
        const [verb, , file, key, value] = command.split(' ') as [string, string, string, string, string];
        expect(state.get(file)!.has(key), 'del and set need a key that is there, add one that is not').toBe(verb !== 'add');
        if (verb === 'del') state.get(file)!.delete(key);
        else state.get(file)!.set(key, value);
      }
      for (const name of mapNames) expect(state.get(`/cfg/${name}`)).toEqual(to[name]);
    }),
  );
});

it('keeps every line within what the runtime socket takes', () => {
  const many: Rule[] = Array.from({ length: 2000 }, (_, n) => makeRule({ pattern: `name-${n}.example.com` }));
  const lines = diffCommands(buildMaps([], 'none', 'n'), buildMaps(many, 'none', 'n'));
  expect(lines.every((line) => line.length < 16_000)).toBe(true);
  expect(lines.join(';').split(';')).toHaveLength(4000);
});

it("reads HAProxy's own listing", () => {
  expect(parseMap('0x55f a.b allow\n0x560 .c.d 1\n\n')).toEqual(
    new Map([
      ['a.b', 'allow'],
      ['.c.d', '1'],
    ]),
  );
});

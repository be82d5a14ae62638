import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Rule } from '../../shared/model/domain.ts';
import { buildMaps, diffCommands, mapNames, parseMap } from './maps.ts';

const rule = fc.record({ pattern: fc.constantFrom('a.b', 'c.d', '*.a.b', '*.c.d', 'e.f'), allowPrivate: fc.boolean() });
const rules = fc.uniqueArray(rule, { selector: ({ pattern }) => pattern }).map((list): Rule[] => list.map((one) => ({ ...one, addedBy: 'user', addedAt: '' })));

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
  const many: Rule[] = Array.from({ length: 2000 }, (_, n) => ({ pattern: `name-${n}.example.com`, allowPrivate: false, addedBy: 'user', addedAt: '' }));
  const lines = diffCommands(buildMaps([], 'none', 'n'), buildMaps(many, 'none', 'n'));
  expect(lines.every((line) => line.length < 16_000)).toBe(true);
  expect(lines.join(';').split(';')).toHaveLength(2000);
});

it("reads HAProxy's own listing", () => {
  expect(parseMap('0x55f a.b allow\n0x560 .c.d 1\n\n')).toEqual(
    new Map([
      ['a.b', 'allow'],
      ['.c.d', '1'],
    ]),
  );
});

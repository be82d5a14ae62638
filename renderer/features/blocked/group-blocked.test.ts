import { expect, test } from 'vitest';
import type { Blocked } from '../../../shared/model/domain.ts';
import { groupBlocked } from './group-blocked.ts';

function blocked(host: string): Blocked {
  const time = '2026-01-01T00:00:00Z';
  return { host, port: 443, reason: 'not-listed', tries: 1, firstAt: time, lastAt: time };
}
function many(count: number, parent: string): Blocked[] {
  return Array.from({ length: count }, (_, at) => blocked(`n${at}.${parent}`));
}

test('many names below one domain are one line, the largest first; the rest stay as they are', () => {
  const { groups, single } = groupBlocked([blocked('pears.example'), ...many(5, 'few.example'), blocked('a.lone.example'), ...many(40, 'flood.example')]);
  expect(groups.map(({ pattern, names }) => [pattern, names.length])).toEqual([
    ['*.flood.example', 40],
    ['*.few.example', 5],
  ]);
  expect(single.map(({ host }) => host)).toEqual(['pears.example', 'a.lone.example']);
});

test('a whole top-level domain is no line', () => {
  expect(groupBlocked(many(40, 'example'))).toMatchObject({ groups: [] });
});

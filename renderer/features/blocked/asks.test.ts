import { expect, test } from 'vitest';
import { askTime, beginsAt } from './asks.ts';

const now = Date.parse('2026-01-01T12:00:00Z');

test('a name that was just blocked asks from now on, for as long as an ask lasts', () => {
  expect(beginsAt({ firstAt: '2026-01-01T11:59:58Z' }, now)).toBe(now);
});

test('a name that has asked already does not ask again after a reload', () => {
  expect(beginsAt({ firstAt: '2026-01-01T11:00:00Z' }, now) + askTime).toBeLessThan(now);
});

test('a clock that is ahead on the other computer does no harm', () => {
  expect(beginsAt({ firstAt: '2026-01-01T12:05:00Z' }, now)).toBe(now);
});

import { expect, test } from 'vitest';
import { askTime, beginsAt, isBurst } from './asks.ts';

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

function every(ms: number, count: number) {
  return Array.from({ length: count }, (_, at) => ({ blocked: { firstAt: new Date(now + at * ms).toISOString() } }));
}

test('more than five names within ten seconds are a burst; as many over a minute are not', () => {
  expect(isBurst(every(2_000, 6))).toBe(true);
  expect(isBurst(every(2_000, 5))).toBe(false);
  expect(isBurst(every(10_000, 6))).toBe(false);
  expect(isBurst([...every(10_000, 6), ...every(100, 6)].toReversed())).toBe(true);
});

import { expect, test } from 'vitest';
import { format, quantile } from './measure.ts';

test('the median of an odd number of samples is the middle one', () => {
  expect(quantile([9, 1, 5], 0.5)).toBe(5);
});

test('the table gives both figures and their ratio', () => {
  const table = format([{ what: 'echo', ours: [2, 2, 2], raw: [1, 1, 1], unit: 'ms', baseline: 'docker exec' }]);
  expect(table.split('\n')).toHaveLength(3);
  expect(table).toContain('2.00 ms');
  expect(table).toMatch(/\| 2\.00 +\| docker exec/);
});

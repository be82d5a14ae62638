import { expect, test } from 'vitest';
import { makeRule } from '../../../tests/support/sample-domains.ts';
import { filterRules, sortRules, undoOf } from './rules.ts';

const apple = makeRule('apple.example');
const wild = makeRule('*.apple.example');
const pear = makeRule('pear.example', { note: 'for the orchard' });
const denied = makeRule('zebra.example', { verdict: 'deny' });

test('deny rules come first, and a wildcard stands beside the name below which it is', () => {
  const sorted = sortRules([pear, wild, denied, apple]).map((rule) => rule.pattern);
  expect(sorted).toEqual(['zebra.example', '*.apple.example', 'apple.example', 'pear.example']);
});

test('each word has to be found, in the name, the note or what else is shown', () => {
  const all = [apple, wild, pear, denied];
  expect(filterRules(all, '  ', () => [])).toBe(all);
  expect(filterRules(all, 'EXAMPLE orchard', () => [])).toEqual([pear]);
  expect(filterRules(all, 'denied', () => [])).toEqual([denied]);
  expect(filterRules(all, 'tide', (rule) => (rule === apple ? ['Tidewater'] : []))).toEqual([apple]);
});

test('undo takes away what was added and puts back what was there, whoever else changed what meanwhile', () => {
  const changed = { ...pear, allowPrivate: true };
  const step = undoOf([apple, pear], [changed, wild, denied], (rule) => rule !== denied);
  expect(step).toEqual({ remove: [wild.id], restore: [apple, pear] });
});

test('a rule that was only used meanwhile is not put back', () => {
  expect(undoOf([apple], [{ ...apple, hits: 3, lastHitAt: '2026-01-01T00:00:00Z' }], () => true)).toEqual({ remove: [], restore: [] });
});

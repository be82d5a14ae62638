import { expect, test } from 'vitest';
import { makeReview } from '../../../tests/support/sample-domains.ts';
import { acceptedOf, applyChanges, countHosts, groupLearned, learningTime, widen } from './learned.ts';

const { learned } = makeReview();
const item = learned.find((line) => line.pattern === 'feed.fxrates.example')!;

test('what is proposed is ticked, what a rule lets out already stays ticked', () => {
  const lines = applyChanges(learned, { 'feed.fxrates.example': { ticked: false }, 'api.anthropic.com': { ticked: false } });
  const ticked = lines.filter((line) => line.ticked).map((line) => line.pattern);
  expect(ticked).toContain('*.fonts.example');
  expect(ticked).toContain('api.anthropic.com');
  expect(ticked).not.toContain('feed.fxrates.example');
  expect(ticked).not.toContain('t1.telemetry.example');
});

test('a name is widened to all below its domain, and never to a whole top-level domain or beyond the ports of the web', () => {
  expect(widen(item)).toBe('*.fxrates.example');
  expect(widen({ pattern: '*.css.fonts.example', ports: [443] })).toBe('*.fonts.example');
  expect(widen({ pattern: 'fxrates.example', ports: [] })).toBeNull();
  expect(widen({ pattern: 'a.b.example', ports: [22] })).toBeNull();
});

test('accepting adds what is ticked and new, each pattern once, with the ports of all and private where one needs it', () => {
  const more = { ...item, pattern: 'b.fxrates.example', ports: [8443].slice(1), needsPrivate: true };
  const lines = applyChanges([...learned, more], { 'feed.fxrates.example': { widened: true }, 'b.fxrates.example': { widened: true } });
  expect(acceptedOf(lines)).toEqual([
    { pattern: '*.fonts.example', ports: [], allowPrivate: false },
    { pattern: '*.fxrates.example', ports: [], allowPrivate: true },
  ]);
  const twice = [443, 22].map((port) => ({ ...item, ports: [port], original: item.pattern, ticked: true }));
  expect(acceptedOf(twice)[0]!.ports).toEqual([22, 443]);
});

test('lines stand by their program, those without one at the end', () => {
  const { program: _, ...nameless } = item;
  const groups = groupLearned(applyChanges([nameless, ...learned], {}));
  expect(groups.map((group) => group.program).at(-1)).toBe('');
  expect(groups.find((group) => group.program === 'next build')?.lines).toHaveLength(2);
});

test('names are counted once, and the time until now while it learns', () => {
  expect(countHosts([item, item])).toBe(1);
  const review = { since: '2026-01-01T12:00:00Z', until: '2026-01-01T13:00:00Z', running: true, learned: [] };
  expect(learningTime(review, Date.parse('2026-01-01T12:41:00Z'))).toBe('41 minutes');
  expect(learningTime({ ...review, running: false }, Date.parse('2026-01-09T00:00:00Z'))).toBe('60 minutes');
});

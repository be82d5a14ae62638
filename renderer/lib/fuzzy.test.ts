import { assert, constantFrom, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { fuzzyMatch } from './fuzzy.ts';

function best(query: string, texts: readonly string[]): string | undefined {
  const found = texts.flatMap((text) => {
    const match = fuzzyMatch(query, text);
    return match ? [{ text, score: match.score }] : [];
  });
  return found.toSorted((a, b) => b.score - a.score)[0]?.text;
}

function marked(query: string, text: string): string[] {
  return (fuzzyMatch(query, text)?.ranges ?? []).map(([from, to]) => text.slice(from, to));
}

test('a word is found whole before its letters are, and at a word’s beginning before inside', () => {
  expect(best('pri', ['Copy our files in', 'Enterprise', 'Allow private addresses'])).toBe('Allow private addresses');
  expect(marked('pri', 'Allow private addresses')).toEqual(['pri']);
});

test('first letters of words find a command', () => {
  expect(best('sw', ['Show terminals', 'Stop workspace', 'Answer'])).toBe('Stop workspace');
  expect(marked('sw', 'Stop workspace')).toEqual(['S', 'w']);
});

test('words count in any order', () => {
  expect(marked('work stop', 'Stop workspace')).toEqual(['Stop', 'work']);
  expect(fuzzyMatch('work missing', 'Stop workspace')).toBeNull();
});

test('what is marked is what was typed, whatever the text', () => {
  assert(
    property(
      string({ minLength: 1, maxLength: 8, unit: constantFrom('a', 'b', 'c', ' ', '-') }),
      string({ maxLength: 60, unit: constantFrom('a', 'b', 'c', 'd', ' ', '-') }),
      (query, text) => {
        const match = fuzzyMatch(query, text);
        if (!match) return;
        const letters = new Set(match.ranges.flatMap(([from, to]) => text.slice(from, to).split('')));
        for (const character of query.replaceAll(/\s/g, '').split('')) expect(letters).toContain(character);
        for (const [from, to] of match.ranges) expect(from).toBeLessThan(to);
      },
    ),
  );
});

test('an empty query fits everything and marks nothing', () => {
  expect(fuzzyMatch('  ', 'Anything')?.ranges).toEqual([]);
});

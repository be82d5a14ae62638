import { expect, test } from 'vitest';
import { toSafeJson, visible, visibleLines } from './safe-text.ts';
import { cutTo, formatTable } from './table.ts';

const evil = '\x1b]0;owned\x07\x1b[2Jred\u202Eevil\u200B\r\n\x9b31m\u2028\u007f\u{e0041}';
const obeyed = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

test('nothing that a terminal obeys, or that bends the order of text, is left; what it was can be read', () => {
  expect(visible(evil)).not.toMatch(obeyed);
  expect(visible(evil)).toContain(String.raw`\u{1b}]0;owned\u{7}`);
  expect(visible('Grüße 漢字 👩')).toBe('Grüße 漢字 👩');
  expect(visibleLines('a\tb\r\nc\x1b[31m')).toBe('a\tb\nc\\u{1b}[31m');
});

test('JSON for a terminal means the same and holds none of it', () => {
  const value = { name: evil, nested: ['\u{e0041}'] };
  expect(toSafeJson(value)).not.toMatch(obeyed);
  expect(JSON.parse(toSafeJson(value))).toEqual(value);
});

test('a table keeps a hostile cell in its line and in its column', () => {
  const table = formatTable(
    ['NAME', 'STATE'],
    [
      [evil, 'x'],
      ['plain', { text: '\x1b[31mbad', style: 'bad' }],
    ],
    { colours: false },
  );
  expect(table.split('\n').length).toBe(4);
  expect(table.replaceAll('\n', '')).not.toMatch(obeyed);
});

test('columns line up by what is seen: wide characters, combined ones', () => {
  const table = formatTable(
    ['NAME', 'STATE'],
    [
      ['漢字', 'run'],
      ['é', 'stop'],
    ],
    { colours: false },
  );
  expect(table).toBe('NAME  STATE\n漢字  run\né     stop\n');
});

test('a narrow terminal cuts the widest column, and no character in two', () => {
  const table = formatTable(['NAME', 'PLACE'], [['orchard', `/home/me/${'long/'.repeat(20)}`]], { width: 40, colours: false });
  for (const line of table.split('\n')) expect(line.length).toBeLessThanOrEqual(40);
  expect(table).toContain('…');
  expect(cutTo('👩‍👩‍👧 family', 4)).toBe('👩‍👩‍👧 …');
});

test('a pipe gets whole lines, and colours only where they are wanted', () => {
  const rows = [[{ text: 'x'.repeat(300), style: 'good' as const }]];
  expect(formatTable(['A'], rows, { colours: false })).toContain('x'.repeat(300));
  expect(formatTable(['A'], rows, { colours: true })).toContain('\x1b[32m');
});

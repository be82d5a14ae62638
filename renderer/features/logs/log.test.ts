import { array, assert, constantFrom, integer, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { parseAnsi, plainText } from './ansi.ts';
import { LogBuffer, mostLines } from './log-buffer.ts';
import { LogSearch } from './log-search.ts';

const encoder = new TextEncoder();
function message(tag: number, text: string): Uint8Array {
  return Uint8Array.of(tag, ...encoder.encode(text));
}
function texts(buffer: LogBuffer): string[] {
  return buffer.lines.map((line) => line.text);
}

test('lines come out whole wherever the messages were cut', () => {
  assert(
    property(
      array(string({ maxLength: 20, unit: constantFrom('a', 'b', ' ', 'é', '€', '😀') }), { maxLength: 8 }),
      integer({ min: 1, max: 7 }),
      (lines, size) => {
        const buffer = new LogBuffer();
        const bytes = encoder.encode(lines.map((line) => `${line}\n`).join(''));
        for (let at = 0; at < bytes.length; at += size) buffer.append(Uint8Array.of(1, ...bytes.subarray(at, at + size)));
        expect(texts(buffer)).toEqual(lines);
      },
    ),
  );
});

test('the two streams do not run into each other’s lines', () => {
  const buffer = new LogBuffer();
  buffer.append(message(1, 'half '));
  buffer.append(message(2, 'wrong\n'));
  buffer.append(message(1, 'whole\nrest'));
  buffer.finish();
  expect(buffer.lines).toEqual([
    { text: 'wrong', error: true },
    { text: 'half whole', error: false },
    { text: 'rest', error: false },
  ]);
});

test('what a carriage return wrote over is gone', () => {
  const buffer = new LogBuffer();
  buffer.append(message(1, '10%\r50%\r100%\r\n'));
  expect(texts(buffer)).toEqual(['100%']);
});

test('the oldest lines go, and the rest keep their numbers', () => {
  const buffer = new LogBuffer();
  for (let batch = 0; batch < 11; batch += 1) buffer.append(message(1, Array.from({ length: 10_000 }, (_, at) => `line ${batch * 10_000 + at}\n`).join('')));
  expect(buffer.lines.length).toBeLessThanOrEqual(mostLines);
  expect(buffer.lines[0]!.text).toBe(`line ${buffer.first}`);
  expect(buffer.lines.at(-1)!.text).toBe('line 109999');
});

test('a line without an end is cut, not kept growing', () => {
  const buffer = new LogBuffer();
  for (let at = 0; at < 10; at += 1) buffer.append(message(1, 'x'.repeat(3_000)));
  buffer.finish();
  expect(texts(buffer).join('')).toHaveLength(30_000);
  expect(Math.max(...texts(buffer).map((line) => line.length))).toBeLessThanOrEqual(6_000);
});

test('colours are kept, and nothing else of a terminal acts', () => {
  expect(parseAnsi('\u001b[31mred\u001b[0m \u001b[1;92mgreen\u001b[m')).toEqual([
    { text: 'red', className: 'c1' },
    { text: ' ', className: '' },
    { text: 'green', className: 'c10 med' },
  ]);
  expect(plainText('\u001b]0;title\u0007a\u001b[2Jb\u001b[1;1Hc\u001bPq\u001b\\d\u0000\u0008e\u009bf')).toBe('abcdef');
  expect(parseAnsi('\u001b[38;2;1;2;3mrgb\u001b[38;5;4mblue')).toEqual([
    { text: 'rgb', className: '' },
    { text: 'blue', className: 'c4' },
  ]);
});

test('no control character is left, whatever was printed', () => {
  assert(
    property(string({ unit: 'binary', maxLength: 40 }), (line) => {
      const shown = parseAnsi(line)
        .map((span) => span.text)
        .join('');
      expect(shown).toBe(plainText(line));
      expect(/[\p{Cc}--\t]/v.test(shown)).toBe(false);
    }),
  );
});

test('a search goes on with what comes, and forgets what went', () => {
  const buffer = new LogBuffer();
  const search = new LogSearch();
  buffer.append(message(1, 'one Error\ntwo\n\u001b[31merr\u001b[0mor three\n'));
  expect(search.find(buffer, 'error')).toEqual([0, 2]);
  buffer.append(message(1, 'error four\n'));
  expect(search.find(buffer, 'error')).toEqual([0, 2, 3]);
  buffer.clear();
  expect(search.find(buffer, 'error')).toEqual([]);
  expect(search.find(buffer, '(')).toEqual([]);
});

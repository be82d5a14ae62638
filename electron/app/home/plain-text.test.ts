import { expect, test } from 'vitest';
import { isPlainHost, plainHost, plainText } from './plain-text.ts';

test('what would be obeyed is not shown: controls, directions, ends of lines', () => {
  expect(plainText('a\u001b[31mb\u202egpj.exe\r\nc\u2066d\u200f\u2028e')).toBe('a [31mb gpj.exe c d e');
});

test('text is cut at its right, a host at its left, and no letter in its middle', () => {
  expect(plainText('😀'.repeat(20), 5)).toBe('😀😀😀😀…');
  expect(plainHost(`${'a.'.repeat(100)}evil.example`, 14)).toBe('….evil.example');
  expect(plainHost('api.example.com')).toBe('api.example.com');
});

test('only a host that is shown letter by letter is plain', () => {
  expect(['api.example.com', 'a_b-c.example'].every(isPlainHost)).toBe(true);
  for (const host of ['', 'еxample.com', 'a\u200b.example', 'a b.example', `${'x'.repeat(60)}.example`]) expect(isPlainHost(host)).toBe(false);
});

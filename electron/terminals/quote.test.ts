import { expect, test } from 'vitest';
import { keyCommands, quote, quoteFormat } from './quote.ts';

test('an argument stays one argument on one line, with nothing in it expanded', () => {
  expect(quote('plain $HOME "x" \\ ~ ;')).toBe(`'plain $HOME "x" \\ ~ ;'`);
  expect(quote('it\'s $HOME\n"q" \\')).toBe(`"it's \\044HOME\\012\\042q\\042 \\134"`);
  expect(quoteFormat('/a#{pane_id}')).toBe("'/a##{pane_id}'");
  expect(() => quote('a\0b')).toThrow(/NUL/);
});

test('keys are raw bytes, in pieces', () => {
  expect(keyCommands(3, Buffer.from('é\u0003'))).toEqual(['send-keys -t %3 -H c3 a9 03']);
  expect(keyCommands(3, Buffer.alloc(2049))).toHaveLength(3);
});

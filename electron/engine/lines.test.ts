import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { readLines } from './lines.ts';

it('puts lines together again wherever they and their characters were cut', async () => {
  const bytes = Buffer.from('{"a":"grün"}\n\n{"b":1}\r\n{"c":2}');
  const cut = Readable.from([...bytes].map((byte) => Buffer.of(byte)));
  const lines: string[] = [];
  for await (const line of readLines(cut)) lines.push(line.trim());
  expect(lines).toEqual(['{"a":"grün"}', '{"b":1}', '{"c":2}']);
});

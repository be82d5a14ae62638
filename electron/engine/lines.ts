import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** Whole, non-empty lines of a byte stream, however its chunks and characters are cut. A last line without end counts. */
export async function* readLines(stream: Readable): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + decoder.write(chunk as Buffer)).split('\n');
    rest = lines.pop()!;
    for (const line of lines) if (line.trim() !== '') yield line;
  }
  if (rest.trim() !== '') yield rest;
}

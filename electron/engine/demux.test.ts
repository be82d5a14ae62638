import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDemux } from './demux.ts';

function frame(stream: number, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

describe('createDemux', () => {
  it('gives back both streams however the bytes are cut', () => {
    const pieces = fc.array(fc.tuple(fc.constantFrom(1, 2), fc.uint8Array({ maxLength: 40 })), { maxLength: 20 });
    fc.assert(
      fc.property(pieces, fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }), (frames, cuts) => {
        const wire = Buffer.concat(frames.map(([stream, payload]) => frame(stream, payload)));
        const out: Record<number, Buffer[]> = { 1: [], 2: [] };
        const demux = createDemux(
          (bytes) => out[1]!.push(Buffer.from(bytes)),
          (bytes) => out[2]!.push(Buffer.from(bytes)),
        );
        for (let at = 0, turn = 0; at < wire.length; turn++) {
          const size = cuts[turn % cuts.length]!;
          demux(wire.subarray(at, at + size));
          at += size;
        }
        for (const stream of [1, 2]) {
          const sent = Buffer.concat(frames.filter(([of]) => of === stream).map(([, payload]) => payload));
          expect(Buffer.concat(out[stream]!).equals(sent)).toBe(true);
        }
      }),
    );
  });

  it('hands on the first part of a long piece before the rest has come', () => {
    const got: string[] = [];
    const demux = createDemux(
      (bytes) => got.push(bytes.toString()),
      () => undefined,
    );
    demux(frame(1, Buffer.from('hello')).subarray(0, 10));
    expect(got).toEqual(['he']);
  });

  it('refuses what is no multiplexed stream instead of showing noise', () => {
    const demux = createDemux(
      () => undefined,
      () => undefined,
    );
    expect(() => demux(Buffer.from('plain text output'))).toThrow('Not a multiplexed stream');
  });
});

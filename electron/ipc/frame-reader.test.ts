import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameReader } from './frame-reader.ts';

function encode(frames: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    frames.flatMap((frame) => {
      const size = Buffer.alloc(4);
      size.writeUInt32BE(frame.length);
      return [size, frame];
    }),
  );
}

describe('the frame reader', () => {
  it('finds the same frames however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 }), fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }), (frames, cuts) => {
        const bytes = encode(frames);
        const reader = new FrameReader(100);
        const found: Buffer[] = [];
        for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
          const step = cuts[turn % cuts.length]!;
          found.push(...reader.push(bytes.subarray(at, at + step)));
          at += step;
        }
        expect(found.map((frame) => [...frame])).toEqual(frames.map((frame) => [...frame]));
      }),
    );
  });

  it('refuses a frame by its length, before its bytes arrive', () => {
    expect(() => new FrameReader(100).push(Buffer.from([0, 0, 0, 101]))).toThrow('101 bytes');
  });
});

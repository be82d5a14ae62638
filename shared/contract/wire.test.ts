import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCredit, decodeFrame, decodeJson, encodeCredit, encodeFrame, encodeJson, frameType } from './wire.ts';

const types = Object.values(frameType);

describe('a frame', () => {
  it('comes back as it was sent', () => {
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.integer({ min: 0, max: 0xffff_ffff }), fc.uint8Array(), (type, id, payload) => {
        expect(decodeFrame(encodeFrame(type, id, payload))).toEqual({ type, id, payload });
      }),
    );
  });

  it('is read where it lies in a larger buffer', () => {
    const frame = encodeFrame(frameType.data, 7, Uint8Array.of(1, 2));
    const around = new Uint8Array(frame.length + 6);
    around.set(frame, 3);
    expect(decodeFrame(around.subarray(3, 3 + frame.length))).toEqual({ type: frameType.data, id: 7, payload: Uint8Array.of(1, 2) });
  });

  it('is refused, never thrown at, when the bytes are none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const frame = decodeFrame(bytes);
        expect(frame !== null).toBe(bytes.length >= 5 && types.includes(bytes[0] as never));
      }),
    );
  });
});

describe('the payloads', () => {
  it('carry any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(decodeJson(encodeJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('throw on bytes that are no UTF-8', () => {
    expect(() => decodeJson(Uint8Array.of(0x22, 0xff, 0x22))).toThrow(TypeError);
  });

  it('carry a credit of 32 bits, and nothing of another length', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), (bytes) => {
        expect(decodeCredit(encodeCredit(bytes))).toBe(bytes);
      }),
    );
    expect(decodeCredit(new Uint8Array(3))).toBeNull();
    expect(decodeCredit(new Uint8Array(5))).toBeNull();
  });
});

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../errors.ts';
import { type ChannelEnd, createChannel } from './channel.ts';
import { decodeFrame, encodeFrame, frameType, initialCredit } from './wire.ts';

type Pair = { readonly left: ChannelEnd; readonly right: ChannelEnd; readonly inFlight: () => number; readonly turn: () => boolean };

/** Two ends whose frames wait in a queue until `turn` delivers one, so that a test decides every interleaving. */
function createPair(): Pair {
  const queue: (() => void)[] = [];
  let bytes = 0;
  function carry(to: () => ChannelEnd): (encoded: Uint8Array) => void {
    return (encoded) => {
      const frame = decodeFrame(encoded)!;
      const size = frame.type === frameType.data ? frame.payload.length : 0;
      bytes += size;
      queue.push(() => {
        bytes -= size;
        to().receive(frame);
      });
    };
  }
  const left: ChannelEnd = createChannel(
    1,
    carry(() => right),
  );
  const right: ChannelEnd = createChannel(
    1,
    carry(() => left),
  );
  return {
    left,
    right,
    inFlight: () => bytes,
    turn() {
      const next = queue.shift();
      next?.();
      return next !== undefined;
    },
  };
}

function breathe(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

async function settle(pair: Pair): Promise<void> {
  do await breathe();
  while (pair.turn());
}

async function errorOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'none',
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  );
}

describe('a channel', () => {
  it('delivers every byte once and in order, whatever the sizes and whenever frames move', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 3 * initialCredit }), { minLength: 1, maxLength: 5 }), fc.scheduler(), async (sizes, scheduler) => {
        const pair = createPair();
        const got: number[] = [];
        let expected = 0;
        pair.right.channel.onData(async (bytes) => {
          got.push(bytes.length);
          for (let at = 0; at < bytes.length; at += 4096) if (bytes[at] !== ((expected + at) >> 12) % 251) throw new Error('out of order');
          expected += bytes.length;
          await scheduler.schedule(Promise.resolve());
        });
        const total = sizes.reduce((sum, size) => sum + size, 0);
        const whole = Uint8Array.from({ length: total }, (_, index) => (index >> 12) % 251);
        let at = 0;
        const writes = sizes.map((size) => pair.left.channel.write(whole.subarray(at, (at += size))));
        while (expected < total) {
          await breathe();
          while (pair.turn());
          if (scheduler.count() > 0) await scheduler.waitOne();
        }
        await scheduler.waitAll();
        await Promise.all(writes);
        expect(got.reduce((sum, size) => sum + size, 0)).toBe(total);
      }),
      { numRuns: 20 },
    );
  }, 60_000);

  it('never has more in flight than the window while the consumer is slow', async () => {
    const pair = createPair();
    const releases: (() => void)[] = [];
    pair.right.channel.onData(
      () =>
        new Promise((resolve) => {
          releases.push(resolve);
        }),
    );
    let written = false;
    const writing = pair.left.channel.write(new Uint8Array(4 * initialCredit)).then(() => (written = true));
    let unconsumed = 0;
    for (let round = 0; round < 200 && !written; round += 1) {
      unconsumed = Math.max(unconsumed, pair.inFlight());
      await settle(pair);
      expect(written && releases.length > 2).toBe(false);
      expect(releases.length).toBeLessThanOrEqual(2);
      releases.shift()?.();
    }
    await writing;
    expect(unconsumed).toBeLessThanOrEqual(initialCredit);
  });

  it('keeps what comes before there is a consumer, one window at most, and gives credit only then', async () => {
    const pair = createPair();
    let written = false;
    void pair.left.channel.write(new Uint8Array(initialCredit + 1)).then(() => (written = true));
    await settle(pair);
    expect(written).toBe(false);
    let got = 0;
    pair.right.channel.onData((bytes) => void (got += bytes.length));
    await settle(pair);
    expect(written).toBe(true);
    expect(got).toBe(initialCredit + 1);
  });

  it('is ended when the peer sends more than it was allowed', async () => {
    const sent: number[] = [];
    const end = createChannel(1, (frame) => sent.push(decodeFrame(frame)!.type));
    end.receive(decodeFrame(encodeFrame(frameType.data, 1, new Uint8Array(initialCredit)))!);
    end.receive(decodeFrame(encodeFrame(frameType.data, 1, new Uint8Array(1)))!);
    expect(await errorOf(end.channel.closed)).toBe('stream/overrun');
    expect(sent).toEqual([frameType.end]);
  });

  it('passes the error of an end on, and fails what still waits to be written', async () => {
    const pair = createPair();
    const waiting = errorOf(pair.left.channel.write(new Uint8Array(2 * initialCredit)));
    pair.right.channel.end(new AppError('terminal/gone', 'The terminal is gone.', { details: { terminalId: 'x' } }));
    await settle(pair);
    expect(await waiting).toBe('terminal/gone');
    expect(await errorOf(pair.left.channel.closed)).toBe('terminal/gone');
    expect(await errorOf(pair.left.channel.write(new Uint8Array(1)))).toBe('stream/closed');
  });

  it('hides what an unexpected error says', async () => {
    const pair = createPair();
    pair.right.channel.end(new TypeError('secret detail'));
    await settle(pair);
    expect(await errorOf(pair.left.channel.closed)).toBe('app/bug');
  });

  it('ends with the error of its consumer', async () => {
    const pair = createPair();
    pair.right.channel.onData(() => Promise.reject(new AppError('disk/full', 'No room.')));
    await pair.left.channel.write(Uint8Array.of(1));
    await settle(pair);
    expect(await errorOf(pair.left.channel.closed)).toBe('disk/full');
  });

  it('closes once, whatever races: both ends end, or the transport goes first', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom('end left', 'end right', 'drop left', 'drop right', 'turn'), { maxLength: 12 }), async (steps) => {
        const pair = createPair();
        for (const step of [...steps, 'end left', 'end right']) {
          if (step === 'turn') pair.turn();
          else if (step === 'end left') pair.left.channel.end();
          else if (step === 'end right') pair.right.channel.end();
          else if (step === 'drop left') pair.left.drop();
          else pair.right.drop();
        }
        await settle(pair);
        for (const end of [pair.left, pair.right]) expect(['none', 'stream/disconnected']).toContain(await errorOf(end.channel.closed));
      }),
    );
  });

  it('treats an end that cannot be read as an error', async () => {
    const end = createChannel(1, () => {});
    end.receive(decodeFrame(encodeFrame(frameType.end, 1, Uint8Array.of(0xff)))!);
    expect(await errorOf(end.channel.closed)).toBe('stream/malformed');
  });
});

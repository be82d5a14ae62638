import { describe, expect, it } from 'vitest';
import { type Channel, createChannel, maxPiece } from '../../shared/contract/channel.ts';
import { decodeFrame } from '../../shared/contract/wire.ts';
import { terminalTag } from '../../shared/model/terminal-stream.ts';
import { Viewer } from './viewer.ts';

type Message = { readonly tag: number; readonly payload: Buffer };

/** A viewer and what its client gets, over a real channel. */
function connect(): { readonly viewer: Viewer; readonly received: Message[]; readonly settled: () => Promise<void> } {
  const received: Message[] = [];
  const core = createChannel(1, (bytes) => queueMicrotask(() => client.receive(decodeFrame(bytes)!)));
  const client = createChannel(1, (bytes) => queueMicrotask(() => core.receive(decodeFrame(bytes)!)));
  client.channel.onData((bytes) => void received.push({ tag: bytes[0]!, payload: Buffer.from(bytes.subarray(1)) }));
  const channel: Channel = core.channel;
  const viewer = new Viewer(channel, () => {});
  return { viewer, received, settled: () => new Promise((resolve) => setTimeout(resolve, 50)) };
}

/** Bytes each of which could pass for a tag, and none like its neighbours. */
function sample(length: number): Buffer {
  return Buffer.from(Array.from({ length }, (_, index) => (index * 7 + (index >> 8)) % 251));
}

describe.each([maxPiece - 2, maxPiece - 1, maxPiece, 2 * maxPiece - 2, 2 * maxPiece + 1])('a payload of %i bytes', (length) => {
  const bytes = sample(length);

  it('arrives whole as output', async () => {
    const { viewer, received, settled } = connect();
    viewer.restore(Buffer.from('x'));
    viewer.push(bytes.subarray(0, 1000));
    viewer.push(bytes.subarray(1000));
    viewer.flush();
    await settled();
    expect(received.slice(1).every(({ tag }) => tag === terminalTag.output)).toBe(true);
    expect(Buffer.concat(received.slice(1).map(({ payload }) => payload)).equals(bytes)).toBe(true);
    expect(viewer.unsent).toBe(0);
  });

  it('arrives whole as a restore, which resets the screen once', async () => {
    const { viewer, received, settled } = connect();
    viewer.restore(bytes);
    await settled();
    expect(received.map(({ tag }) => tag)).toEqual([terminalTag.restore, ...received.slice(1).map(() => terminalTag.output)]);
    expect(Buffer.concat(received.map(({ payload }) => payload)).equals(bytes)).toBe(true);
    expect(viewer.unsent).toBe(0);
  });

  it('arrives whole as older scrollback, put together from the last part to the first', async () => {
    const { viewer, received, settled } = connect();
    viewer.older(bytes);
    await settled();
    expect(received.every(({ tag }) => tag === terminalTag.history)).toBe(true);
    expect(Buffer.concat(received.toReversed().map(({ payload }) => payload)).equals(bytes)).toBe(true);
    expect(viewer.unsent).toBe(0);
  });
});

it('an empty screen is a restore too', async () => {
  const { viewer, received, settled } = connect();
  viewer.restore(new Uint8Array());
  await settled();
  expect(received).toEqual([{ tag: terminalTag.restore, payload: Buffer.alloc(0) }]);
});

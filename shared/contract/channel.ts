import { AppError, fromWireError, toWireError, wireErrorSchema } from '../errors.ts';
import { type Frame, type FrameType, decodeCredit, decodeJson, encodeCredit, encodeFrame, encodeJson, frameType, initialCredit } from './wire.ts';

/** One end of a byte stream. Both ends have the same shape. */
export type Channel = {
  /** Resolves when the bytes are on their way, which may mean waiting for the peer to consume earlier ones. Rejects once the channel is closed. */
  readonly write: (bytes: Uint8Array) => Promise<void>;
  /** The one consumer. The peer gets new credit when what it returns settles, so a slow consumer slows the sender. */
  readonly onData: (consume: (bytes: Uint8Array) => void | Promise<void>) => void;
  /** Closes both directions; with an error the peer's `closed` rejects. */
  readonly end: (error?: unknown) => void;
  /** Settles when the channel is closed: resolves after a clean end, rejects with an `AppError` after an error. */
  readonly closed: Promise<void>;
};

export type ChannelEnd = {
  readonly channel: Channel;
  /** Feeds a frame of this stream's id. */
  readonly receive: (frame: Frame) => void;
  /** The transport is gone. */
  readonly drop: () => void;
};

/** Data is cut so that a single write never needs more than half the window at once. */
const maxChunk = initialCredit / 2;

type Waiter = { readonly bytes: Uint8Array; readonly resolve: () => void; readonly reject: (error: unknown) => void };

/** `transmit` sends one encoded frame. The caller removes the channel from its table when `channel.closed` settles. */
// oxlint-disable-next-line max-lines-per-function -- to be split
export function createChannel(id: number, transmit: (frame: Uint8Array<ArrayBuffer>) => void): ChannelEnd {
  let credit = initialCredit;
  let received = initialCredit;
  let consumer: ((bytes: Uint8Array) => void | Promise<void>) | null = null;
  let open = true;
  const early: Uint8Array[] = [];
  const waiting: Waiter[] = [];
  const { promise: closed, resolve, reject } = Promise.withResolvers<void>();
  closed.catch(() => {});

  function send(type: FrameType, payload?: Uint8Array): void {
    transmit(encodeFrame(type, id, payload));
  }
  function close(error: AppError | null): void {
    if (!open) return;
    open = false;
    const cause = error ?? new AppError('stream/closed', 'The stream is closed.');
    for (const waiter of waiting.splice(0)) waiter.reject(cause);
    if (error) reject(error);
    else resolve();
  }
  function flush(): void {
    while (open && waiting[0] && waiting[0].bytes.length <= credit) {
      const waiter = waiting.shift()!;
      credit -= waiter.bytes.length;
      send(frameType.data, waiter.bytes);
      waiter.resolve();
    }
  }
  function writeChunk(bytes: Uint8Array): Promise<void> {
    return new Promise((resolveWrite, rejectWrite) => {
      waiting.push({ bytes, resolve: resolveWrite, reject: rejectWrite });
      flush();
    });
  }
  async function consume(bytes: Uint8Array): Promise<void> {
    if (!consumer) return void early.push(bytes);
    try {
      await consumer(bytes);
    } catch (error) {
      channel.end(error);
      return;
    }
    if (!open) return;
    received += bytes.length;
    send(frameType.credit, encodeCredit(bytes.length));
  }
  function receiveData(bytes: Uint8Array): void {
    received -= bytes.length;
    if (received < 0) return channel.end(new AppError('stream/overrun', 'More bytes were sent than the reader allowed.'));
    void consume(bytes);
  }

  const channel: Channel = {
    async write(bytes) {
      if (!open) throw new AppError('stream/closed', 'The stream is closed.');
      const writes: Promise<void>[] = [];
      for (let at = 0; at < bytes.length; at += maxChunk) writes.push(writeChunk(bytes.subarray(at, at + maxChunk)));
      await Promise.all(writes);
    },
    onData(consumeBytes) {
      consumer = consumeBytes;
      for (const bytes of early.splice(0)) void consume(bytes);
    },
    end(error) {
      if (!open) return;
      send(frameType.end, encodeJson(error === undefined ? {} : { error: toWireError(error) }));
      close(error === undefined ? null : fromWireError(toWireError(error)));
    },
    closed,
  };

  function receive(frame: Frame): void {
    if (!open) return;
    if (frame.type === frameType.data) return receiveData(frame.payload);
    if (frame.type === frameType.credit) {
      credit += decodeCredit(frame.payload) ?? 0;
      return flush();
    }
    if (frame.type === frameType.end) close(readEnd(frame.payload));
  }
  return { channel, receive, drop: () => close(new AppError('stream/disconnected', 'The connection was lost.')) };
}

function readEnd(payload: Uint8Array): AppError | null {
  try {
    const body = decodeJson(payload);
    if (typeof body !== 'object' || body === null || !('error' in body)) return null;
    return fromWireError(wireErrorSchema.parse(body.error));
  } catch {
    return new AppError('stream/malformed', 'The stream ended in a way that could not be read.');
  }
}

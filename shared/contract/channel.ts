import { AppError, fromWireError, toWireError, wireErrorSchema } from '../errors.ts';
import { type Frame, type FrameType, decodeCredit, decodeJson, encodeCredit, encodeFrame, encodeJson, frameType, initialCredit } from './wire.ts';

/** One end of a byte stream. Both ends have the same shape. */
export type Channel = {
  /**
   * Resolves when the bytes are on their way, which may mean waiting for the peer to consume earlier ones. Rejects once the channel is closed.
   * Up to `maxPiece` bytes arrive in one piece, so they may be a message; more arrive in several.
   */
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

/** Bytes. Data is cut so that a single write never needs more than half the window at once. */
export const maxPiece = initialCredit / 2;

/** `transmit` sends one encoded frame and never throws. The caller removes the channel from its table when `channel.closed` settles. */
export function createChannel(id: number, transmit: (frame: Uint8Array<ArrayBuffer>) => void): ChannelEnd {
  const end = new StreamEnd(id, transmit);
  return {
    channel: { write: (bytes) => end.write(bytes), onData: (consume) => end.onData(consume), end: (error) => end.end(error), closed: end.closed },
    receive: (frame) => end.receive(frame),
    drop: () => end.close(new AppError('stream/disconnected', 'The connection was lost.')),
  };
}

type Consume = (bytes: Uint8Array) => void | Promise<void>;
type Waiter = { readonly bytes: Uint8Array; readonly resolve: () => void; readonly reject: (error: unknown) => void };

class StreamEnd {
  readonly #id: number;
  readonly #transmit: (frame: Uint8Array<ArrayBuffer>) => void;
  readonly #closed = Promise.withResolvers<void>();
  /** Bytes this side may still send, and bytes the peer may still send. */
  #credit = initialCredit;
  #allowance = initialCredit;
  #open = true;
  #consume: Consume | null = null;
  /** What came before there was a consumer; at most one window. */
  #early: Uint8Array[] = [];
  readonly #waiting: Waiter[] = [];

  constructor(id: number, transmit: (frame: Uint8Array<ArrayBuffer>) => void) {
    this.#id = id;
    this.#transmit = transmit;
    // Whoever does not ask how the stream ended must not crash the process with it.
    this.#closed.promise.catch(() => {});
  }

  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (!this.#open) throw streamClosed();
    const writes: Promise<void>[] = [];
    for (let at = 0; at < bytes.length; at += maxPiece) writes.push(this.#writeChunk(bytes.subarray(at, at + maxPiece)));
    await Promise.all(writes);
  }

  onData(consume: Consume): void {
    this.#consume = consume;
    for (const bytes of this.#early.splice(0)) void this.#deliver(consume, bytes);
  }

  end(error?: unknown): void {
    if (!this.#open) return;
    const wire = error === undefined ? null : toWireError(error);
    this.#send(frameType.end, encodeJson(wire ? { error: wire } : {}));
    this.close(wire ? fromWireError(wire) : null);
  }

  close(error: AppError | null): void {
    if (!this.#open) return;
    this.#open = false;
    for (const waiter of this.#waiting.splice(0)) waiter.reject(error ?? streamClosed());
    if (error) this.#closed.reject(error);
    else this.#closed.resolve();
  }

  receive(frame: Frame): void {
    if (!this.#open) return;
    if (frame.type === frameType.data) this.#receiveData(frame.payload);
    else if (frame.type === frameType.end) this.close(readEnd(frame.payload));
    else if (frame.type === frameType.credit) {
      this.#credit += decodeCredit(frame.payload) ?? 0;
      this.#flush();
    }
  }

  #receiveData(bytes: Uint8Array): void {
    this.#allowance -= bytes.length;
    if (this.#allowance < 0) this.end(new AppError('stream/overrun', 'More bytes were sent than the reader allowed.'));
    else if (this.#consume) void this.#deliver(this.#consume, bytes);
    else this.#early.push(bytes);
  }

  async #deliver(consume: Consume, bytes: Uint8Array): Promise<void> {
    try {
      await consume(bytes);
    } catch (error) {
      this.end(error);
      return;
    }
    if (!this.#open) return;
    this.#allowance += bytes.length;
    this.#send(frameType.credit, encodeCredit(bytes.length));
  }

  #writeChunk(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ bytes, resolve, reject });
      this.#flush();
    });
  }

  #flush(): void {
    let next = this.#waiting[0];
    while (this.#open && next && next.bytes.length <= this.#credit) {
      this.#waiting.shift();
      this.#credit -= next.bytes.length;
      this.#send(frameType.data, next.bytes);
      next.resolve();
      next = this.#waiting[0];
    }
  }

  #send(type: FrameType, payload: Uint8Array): void {
    this.#transmit(encodeFrame(type, this.#id, payload));
  }
}

function streamClosed(): AppError {
  return new AppError('stream/closed', 'The stream is closed.');
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

import { z } from 'zod';
import { type Dispose, type Emitter, createEmitter } from '../disposable.ts';
import { AppError, fromWireError, wireErrorSchema } from '../errors.ts';
import { type Channel, type ChannelEnd, createChannel } from './channel.ts';
import {
  type CallInput,
  type CallName,
  type CallOutput,
  type EventName,
  type EventPayload,
  type StreamInput,
  type StreamName,
  calls,
  events,
} from './index.ts';
import { type Connection, type Frame, decodeFrame, decodeJson, encodeFrame, encodeJson, frameType, maxFrameBytes } from './wire.ts';

export type Client = {
  /** Throws the core's `AppError`; `signal` tells the core that nobody waits any longer. */
  readonly call: <N extends CallName>(name: N, input: CallInput<N>, options?: { readonly signal?: AbortSignal }) => Promise<CallOutput<N>>;
  readonly on: <N extends EventName>(name: N, listener: (payload: EventPayload<N>) => void) => Dispose;
  readonly open: <N extends StreamName>(name: N, input: StreamInput<N>) => Channel;
  /** Resolves when the connection is gone; pending calls have then failed with `connection/lost`. */
  readonly closed: Promise<void>;
  readonly close: () => void;
};

type Pending = {
  readonly name: CallName;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly forget: () => void;
};

/** A `Result` as it came over a boundary. */
export const resultSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), error: wireErrorSchema }),
]);
/** An event as it came over a boundary: which one it is decides what its payload must be. */
export const announcementSchema = z.object({ name: z.string(), payload: z.unknown() });

/** A typed client of the contract over any connection. Answers and events are parsed, so what arrives is what the types say. */
export function createClient(connection: Connection): Client {
  const session = new ClientSession(connection);
  return {
    call: (name, input, options = {}) => session.call(name, input, options.signal) as Promise<never>,
    on: (name, listener) => session.on(name, listener as (payload: unknown) => void),
    open: (name, input) => session.open(name, input),
    closed: session.closed,
    close: () => connection.close(),
  };
}

class ClientSession {
  readonly #connection: Connection;
  readonly #pending = new Map<number, Pending>();
  readonly #channels = new Map<number, ChannelEnd>();
  readonly #listeners = new Map<string, Emitter<unknown>>();
  readonly #closed = Promise.withResolvers<void>();
  #lastId = 0;
  #open = true;

  constructor(connection: Connection) {
    this.#connection = connection;
    connection.onFrame((bytes) => this.#receive(bytes));
    connection.onClose(() => this.#lose());
  }

  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  call(name: CallName, input: unknown, signal?: AbortSignal): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (!this.#open) return reject(connectionLost());
      if (signal?.aborted) return reject(new AppError('connection/cancelled', `${name} was cancelled before it was sent.`, { cause: signal.reason }));
      const id = this.#nextId();
      const frame = encodeFrame(frameType.call, id, encodeJson({ name, input }));
      if (frame.length > maxFrameBytes) return reject(new AppError('connection/too-large', `The input of ${name} is larger than ${maxFrameBytes} bytes.`));
      const cancel = (): void => this.#connection.send(encodeFrame(frameType.cancel, id));
      signal?.addEventListener('abort', cancel, { once: true });
      this.#pending.set(id, { name, resolve, reject, forget: () => signal?.removeEventListener('abort', cancel) });
      this.#connection.send(frame);
    });
  }

  on(name: EventName, listener: (payload: unknown) => void): Dispose {
    const emitter = this.#listeners.get(name) ?? createEmitter<unknown>();
    this.#listeners.set(name, emitter);
    return emitter.on(listener);
  }

  open(name: StreamName, input: unknown): Channel {
    const id = this.#nextId();
    const end = createChannel(id, (frame) => this.#connection.send(frame));
    this.#channels.set(id, end);
    const forget = (): void => void this.#channels.delete(id);
    end.channel.closed.then(forget, forget);
    if (this.#open) this.#connection.send(encodeFrame(frameType.open, id, encodeJson({ name, input })));
    else end.drop();
    return end.channel;
  }

  #receive(bytes: Uint8Array): void {
    const frame = decodeFrame(bytes);
    if (frame?.type === frameType.answer) this.#settle(frame);
    else if (frame?.type === frameType.event) this.#announce(frame);
    else if (frame) this.#channels.get(frame.id)?.receive(frame);
    else this.#connection.close('That was no frame of this protocol.');
  }

  #settle(frame: Frame): void {
    const call = this.#pending.get(frame.id);
    this.#pending.delete(frame.id);
    if (!call) return;
    call.forget();
    try {
      const result = resultSchema.parse(decodeJson(frame.payload));
      if (result.ok) call.resolve(calls[call.name].output.parse(result.value));
      else call.reject(fromWireError(result.error));
    } catch (cause) {
      call.reject(new AppError('connection/malformed', `The answer to ${call.name} could not be read.`, { cause }));
    }
  }

  /** An event this client does not know comes from a newer core and is passed over; one it cannot read means that both no longer agree. */
  #announce(frame: Frame): void {
    try {
      const { name, payload } = announcementSchema.parse(decodeJson(frame.payload));
      if (Object.hasOwn(events, name)) this.#listeners.get(name)?.emit(events[name as EventName].payload.parse(payload));
    } catch {
      this.#connection.close('That was no event of this contract.');
    }
  }

  #lose(): void {
    this.#open = false;
    for (const call of this.#pending.values()) {
      call.forget();
      call.reject(connectionLost());
    }
    this.#pending.clear();
    for (const end of this.#channels.values()) end.drop();
    this.#closed.resolve();
  }

  #nextId(): number {
    this.#lastId = (this.#lastId % 0xffff_ffff) + 1;
    return this.#lastId;
  }
}

function connectionLost(): AppError {
  return new AppError('connection/lost', 'The connection to the Forgehold core was lost.');
}

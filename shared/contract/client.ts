import { z } from 'zod';
import type { Dispose } from '../disposable.ts';
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
import { type Connection, type Frame, decodeFrame, decodeJson, encodeFrame, encodeJson, frameType } from './wire.ts';

export type Client = {
  /** Throws the core's `AppError`; `signal` tells the core that nobody waits any longer. */
  readonly call: <N extends CallName>(name: N, input: CallInput<N>, options?: { readonly signal?: AbortSignal }) => Promise<CallOutput<N>>;
  readonly on: <N extends EventName>(name: N, listener: (payload: EventPayload<N>) => void) => Dispose;
  readonly open: <N extends StreamName>(name: N, input: StreamInput<N>) => Channel;
  /** Resolves when the connection is gone; pending calls have then failed with `connection/lost`. */
  readonly closed: Promise<void>;
  readonly close: () => void;
};

type Pending = { readonly name: CallName; readonly resolve: (value: unknown) => void; readonly reject: (error: unknown) => void };

const resultSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), error: wireErrorSchema }),
]);
const announcementSchema = z.object({ name: z.string(), payload: z.unknown() });

/** A typed client of the contract over any connection. Answers and events are parsed, so what arrives is what the types say. */
// oxlint-disable-next-line max-lines-per-function -- to be split
export function createClient(connection: Connection): Client {
  const pending = new Map<number, Pending>();
  const channels = new Map<number, ChannelEnd>();
  const listeners = new Map<string, Set<(payload: never) => void>>();
  const { promise: closed, resolve: resolveClosed } = Promise.withResolvers<void>();
  let lastId = 0;
  let open = true;

  function settle(frame: Frame): void {
    const call = pending.get(frame.id);
    pending.delete(frame.id);
    if (!call) return;
    try {
      const result = resultSchema.parse(decodeJson(frame.payload));
      if (result.ok) call.resolve(calls[call.name].output.parse(result.value));
      else call.reject(fromWireError(result.error));
    } catch (cause) {
      call.reject(new AppError('connection/malformed', `The answer to ${call.name} could not be read.`, { cause }));
    }
  }
  function announce(frame: Frame): void {
    const { name, payload } = announcementSchema.parse(decodeJson(frame.payload));
    const definition = (events as Record<string, (typeof events)[EventName] | undefined>)[name];
    if (!definition) return;
    const value = definition.payload.parse(payload) as never;
    for (const listener of listeners.get(name) ?? []) listener(value);
  }
  connection.onFrame((bytes) => {
    const frame = decodeFrame(bytes);
    if (!frame) return;
    if (frame.type === frameType.answer) settle(frame);
    else if (frame.type === frameType.event) announce(frame);
    else channels.get(frame.id)?.receive(frame);
  });
  connection.onClose(() => {
    open = false;
    const lost = new AppError('connection/lost', 'The connection to the Forgehold core was lost.');
    for (const call of pending.values()) call.reject(lost);
    pending.clear();
    for (const end of [...channels.values()]) end.drop();
    resolveClosed();
  });

  return {
    call(name, input, options = {}) {
      return new Promise((resolve, reject) => {
        if (!open) return reject(new AppError('connection/lost', 'The connection to the Forgehold core was lost.'));
        const id = ++lastId;
        pending.set(id, { name, resolve: resolve as (value: unknown) => void, reject });
        connection.send(encodeFrame(frameType.call, id, encodeJson({ name, input })));
        options.signal?.addEventListener('abort', () => pending.has(id) && connection.send(encodeFrame(frameType.cancel, id)), { once: true });
      });
    },
    on(name, listener) {
      const set = listeners.get(name) ?? new Set();
      listeners.set(name, set.add(listener));
      return () => void set.delete(listener);
    },
    open(name, input) {
      const id = ++lastId;
      const end = createChannel(id, connection.send);
      channels.set(id, end);
      const forget = (): void => void channels.delete(id);
      end.channel.closed.then(forget, forget);
      if (open) connection.send(encodeFrame(frameType.open, id, encodeJson({ name, input })));
      else end.drop();
      return end.channel;
    },
    closed,
    close: () => connection.close(),
  };
}

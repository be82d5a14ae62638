import { z } from 'zod';
import { type Channel, type ChannelEnd, createChannel } from '../../shared/contract/channel.ts';
import {
  type CallName,
  type CallOutput,
  type CallRequest,
  type EventName,
  type EventPayload,
  type StreamName,
  type StreamRequest,
  calls,
  events,
  streams,
} from '../../shared/contract/index.ts';
import { type Connection, type Frame, decodeFrame, decodeJson, encodeFrame, encodeJson, frameType } from '../../shared/contract/wire.ts';
import { AppError, toWireError } from '../../shared/errors.ts';
import { type Result, fail, ok } from '../../shared/result.ts';

export type CallContext = {
  /** Aborts when the caller cancels or its connection is gone. */
  readonly signal: AbortSignal;
};
export type CallHandlers = { readonly [N in CallName]: (input: CallRequest<N>, context: CallContext) => CallOutput<N> | Promise<CallOutput<N>> };
/** The stream is ended when the promise settles: with its error when it rejects. */
export type StreamHandlers = { readonly [N in StreamName]: (input: StreamRequest<N>, channel: Channel) => Promise<void> };

export type RouterOptions = {
  readonly calls: CallHandlers;
  readonly streams: StreamHandlers;
  /** Receives what was thrown and is no `AppError`: a bug. */
  readonly onBug: (where: string, error: unknown) => void;
  /** Outside production the outputs are parsed too. */
  readonly checkOutputs: boolean;
};

export type Router = {
  /** Answers one call; never throws. */
  readonly dispatch: (name: string, input: unknown, signal: AbortSignal) => Promise<Result<unknown>>;
  /** Serves a client until its connection closes. */
  readonly serve: (connection: Connection) => void;
  readonly publish: <N extends EventName>(name: N, payload: EventPayload<N>) => void;
  readonly connections: () => number;
};

const requestSchema = z.object({ name: z.string(), input: z.unknown() });

export function createRouter(options: RouterOptions): Router {
  const connections = new Set<Connection>();

  function report(where: string, error: unknown): void {
    if (!(error instanceof AppError)) options.onBug(where, error);
  }
  async function dispatch(name: string, input: unknown, signal: AbortSignal): Promise<Result<unknown>> {
    try {
      const definition = lookUp(calls, name, 'call');
      const handler = options.calls[name as CallName] as (input: unknown, context: CallContext) => unknown;
      const value = await handler(parseInput(name, definition.input, input), { signal });
      return ok(options.checkOutputs ? definition.output.parse(value) : value);
    } catch (error) {
      report(name, error);
      return fail(toWireError(error));
    }
  }
  async function runStream(request: { name: string; input: unknown }, channel: Channel): Promise<void> {
    try {
      const definition = lookUp(streams, request.name, 'stream');
      const handler = options.streams[request.name as StreamName] as (input: unknown, channel: Channel) => Promise<void>;
      await handler(parseInput(request.name, definition.input, request.input), channel);
      channel.end();
    } catch (error) {
      report(request.name, error);
      channel.end(error);
    }
  }
  function serve(connection: Connection): void {
    connections.add(connection);
    const session = createSession(connection, dispatch, runStream);
    connection.onFrame((bytes) => {
      try {
        session.receive(bytes);
      } catch {
        connection.close('That was no frame of this protocol.');
      }
    });
    connection.onClose(() => {
      connections.delete(connection);
      session.drop();
    });
  }
  return {
    dispatch,
    serve,
    publish(name, payload) {
      const value = options.checkOutputs ? events[name].payload.parse(payload) : payload;
      const frame = encodeFrame(frameType.event, 0, encodeJson({ name, payload: value }));
      for (const connection of connections) connection.send(frame);
    },
    connections: () => connections.size,
  };
}

type Session = { readonly receive: (bytes: Uint8Array) => void; readonly drop: () => void };

/** The calls and streams of one connection. `receive` throws on what is no frame. */
function createSession(
  connection: Connection,
  dispatch: Router['dispatch'],
  runStream: (request: { name: string; input: unknown }, channel: Channel) => Promise<void>,
): Session {
  const running = new Map<number, AbortController>();
  const channels = new Map<number, ChannelEnd>();

  async function answer(frame: Frame): Promise<void> {
    const controller = new AbortController();
    running.set(frame.id, controller);
    const { name, input } = requestSchema.parse(decodeJson(frame.payload));
    const result = await dispatch(name, input, controller.signal);
    running.delete(frame.id);
    connection.send(encodeFrame(frameType.answer, frame.id, encodeJson(result)));
  }
  function openStream(frame: Frame): void {
    if (channels.has(frame.id)) throw new AppError('stream/id-taken', 'This stream id is in use.');
    const request = requestSchema.parse(decodeJson(frame.payload));
    const end = createChannel(frame.id, connection.send);
    channels.set(frame.id, end);
    const forget = (): void => void channels.delete(frame.id);
    end.channel.closed.then(forget, forget);
    void runStream(request, end.channel);
  }
  return {
    receive(bytes) {
      const frame = decodeFrame(bytes);
      if (!frame) throw new AppError('connection/malformed', 'That was no frame of this protocol.');
      if (frame.type === frameType.call) void answer(frame).catch(() => connection.close('That was no call.'));
      else if (frame.type === frameType.cancel) running.get(frame.id)?.abort();
      else if (frame.type === frameType.open) openStream(frame);
      else channels.get(frame.id)?.receive(frame);
    },
    drop() {
      for (const controller of running.values()) controller.abort();
      for (const end of channels.values()) end.drop();
    },
  };
}

function lookUp<T>(table: Readonly<Record<string, T>>, name: string, what: 'call' | 'stream'): T {
  if (!Object.hasOwn(table, name))
    throw new AppError('contract/unknown', `There is no ${what} named "${name.slice(0, 80)}". "forgehold call --list" prints all of them.`);
  return table[name]!;
}

function parseInput(name: string, schema: z.ZodType, input: unknown): unknown {
  const parsed = schema.safeParse(input ?? {});
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
  const first = issues[0];
  throw new AppError('contract/invalid-input', `${name}: ${first?.path ? `${first.path}: ` : ''}${first?.message ?? 'invalid input'}`, { details: { issues } });
}

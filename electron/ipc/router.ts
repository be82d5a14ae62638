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
import { type Connection, type Frame, decodeFrame, decodeJson, encodeFrame, encodeJson, frameType, maxFrameBytes } from '../../shared/contract/wire.ts';
import { AppError, toWireError } from '../../shared/errors.ts';
import { type Result, fail, ok } from '../../shared/result.ts';
import { explainTrouble } from '../../shared/trouble.ts';

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

const requestSchema = z.object({ name: z.string(), input: z.unknown().optional() });
type Request = { readonly name: string; readonly input?: unknown };

/** Per connection, far above what a window with forty projects needs: a client that runs wild is told so and takes nobody else down. */
const maxCalls = 1024;
const maxStreams = 512;
const maxHeldBytes = 2 * maxFrameBytes;

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
    } catch (thrown) {
      const error = explainTrouble(thrown);
      report(name, error);
      return fail(toWireError(error));
    }
  }
  async function runStream(request: Request, channel: Channel): Promise<void> {
    try {
      const definition = lookUp(streams, request.name, 'stream');
      const handler = options.streams[request.name as StreamName] as (input: unknown, channel: Channel) => Promise<void>;
      await handler(parseInput(request.name, definition.input, request.input), channel);
      channel.end();
    } catch (thrown) {
      const error = explainTrouble(thrown);
      report(request.name, error);
      channel.end(error);
    }
  }
  function serve(connection: Connection): void {
    connections.add(connection);
    const session = new Session(connection, dispatch, runStream);
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

/** The calls and streams of one connection. */
class Session {
  readonly #connection: Connection;
  readonly #dispatch: Router['dispatch'];
  readonly #runStream: (request: Request, channel: Channel) => Promise<void>;
  readonly #running = new Map<number, AbortController>();
  readonly #channels = new Map<number, ChannelEnd>();
  /** Bytes of the inputs that running calls hold. */
  #held = 0;

  constructor(connection: Connection, dispatch: Router['dispatch'], runStream: (request: Request, channel: Channel) => Promise<void>) {
    this.#connection = connection;
    this.#dispatch = dispatch;
    this.#runStream = runStream;
  }

  /** Throws on what is no frame of a client. */
  receive(bytes: Uint8Array): void {
    const frame = decodeFrame(bytes);
    if (!frame) throw new AppError('connection/malformed', 'That was no frame of this protocol.');
    if (frame.type === frameType.call) this.#call(frame);
    else if (frame.type === frameType.cancel) this.#running.get(frame.id)?.abort();
    else if (frame.type === frameType.open) this.#openStream(frame);
    else this.#channels.get(frame.id)?.receive(frame);
  }

  drop(): void {
    for (const controller of this.#running.values()) controller.abort();
    for (const end of this.#channels.values()) end.drop();
  }

  #call(frame: Frame): void {
    if (this.#running.has(frame.id)) throw new AppError('connection/id-taken', 'This call id is in use.');
    if (this.#running.size >= maxCalls || this.#held + frame.payload.length > maxHeldBytes) return this.#answer(frame.id, fail(toWireError(busy('calls'))));
    const request = parseRequest(frame);
    void this.#run(frame.id, request, frame.payload.length);
  }

  async #run(id: number, request: Request, size: number): Promise<void> {
    const controller = new AbortController();
    this.#running.set(id, controller);
    this.#held += size;
    const result = await this.#dispatch(request.name, request.input, controller.signal);
    this.#running.delete(id);
    this.#held -= size;
    this.#answer(id, result);
  }

  #answer(id: number, result: Result<unknown>): void {
    const frame = encodeFrame(frameType.answer, id, encodeJson(result));
    if (frame.length <= maxFrameBytes) this.#connection.send(frame);
    else this.#answer(id, fail(toWireError(new AppError('connection/too-large', `The answer is larger than ${maxFrameBytes} bytes. Ask for less.`))));
  }

  #openStream(frame: Frame): void {
    if (this.#channels.has(frame.id)) throw new AppError('stream/id-taken', 'This stream id is in use.');
    const end = createChannel(frame.id, (bytes) => this.#connection.send(bytes));
    if (this.#channels.size >= maxStreams) return end.channel.end(busy('streams'));
    const request = parseRequest(frame);
    this.#channels.set(frame.id, end);
    const forget = (): void => void this.#channels.delete(frame.id);
    end.channel.closed.then(forget, forget);
    void this.#runStream(request, end.channel);
  }
}

function parseRequest(frame: Frame): Request {
  return requestSchema.parse(decodeJson(frame.payload));
}

function busy(what: 'calls' | 'streams'): AppError {
  return new AppError('connection/busy', `Too many ${what} at once on this connection. Wait for some of them to end.`);
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

import type { Readable } from 'node:stream';
import { createEmitter, type Dispose } from '../../shared/disposable.ts';
import { AppError } from '../../shared/errors.ts';
import type { EngineState } from '../../shared/model/engine.ts';
import { createDialer, type Dialer } from './dialer.ts';
import type { Endpoint } from './endpoint.ts';
import { isConnectionLoss, toEngineError } from './errors.ts';
import { type Client, shakeHands } from './handshake.ts';
import { withinLimits } from './limits.ts';
import type { EngineLog } from './types.ts';

/** First wait after a failure, doubled up to the way's patience. */
const firstRetryMs = 500;
/** An ssh log-in that asks a hardware key, over a slow line. */
const dialTimeoutMs = 30_000;
const handshakeTimeoutMs = 10_000;
/** A request that has no answer after this long makes us ask whether the engine is there at all: most answers take milliseconds. */
const suspiciousMs = 5_000;
const pingTimeoutMs = 5_000;
export const requestTimeoutMs = 30_000;

export type RequestOptions = {
  /** Until the answer (for streams: its head). Default 30,000. */ readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
};

export type Send<T> = (docker: Client, signal: AbortSignal) => Promise<T>;

export type ConnectionOptions = {
  readonly endpoint: Endpoint;
  readonly log?: EngineLog | undefined;
  /** Opens the event stream, at the engine's own time when it is the first; as long as it stands, the engine is alive. */
  readonly openEvents: (docker: Client, signal: AbortSignal, engineTime: string) => Promise<Readable>;
};

/**
 * The connection to one engine: it finds out whether the engine answers, says so, and heals by itself.
 * While connected nothing is polled: the event stream's end is the news that the engine went away.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #states = createEmitter<EngineState>();
  readonly #dialer: Dialer | null;
  readonly #closing = new AbortController();
  #state: EngineState;
  #docker: Client | null = null;
  #events: Readable | null = null;
  #checking = false;
  /** Aborted when the engine stops answering, and then replaced: requests that hang on it end at once. */
  #answering = new AbortController();
  #wake: (() => void) | null = null;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    const { endpoint } = options;
    this.#dialer = endpoint.kind === 'invalid' ? null : createDialer(endpoint);
    this.#state = { kind: 'connecting', endpoint: options.endpoint.address };
  }

  /** Begins to connect, and goes on until `close`. */
  start(): void {
    const { endpoint } = this.#options;
    if (this.#dialer !== null) void this.#run(this.#dialer);
    else if (endpoint.kind === 'invalid') this.#setUnreachable(endpoint.reason);
  }

  /** Addresses of the engine's machine; null when it is this one. */
  hostAddresses(): readonly string[] | null {
    return this.#dialer === null ? null : this.#dialer.hostAddresses();
  }

  state(): EngineState {
    return this.#state;
  }

  onState(listener: (state: EngineState) => void): Dispose {
    return this.#states.on(listener);
  }

  close(): void {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort(new AppError('engine/unreachable', 'Forgehold has closed its connection to the engine.'));
    this.#wake?.();
    this.#events?.destroy();
    this.#dialer?.close();
    this.#docker = null;
    this.#setUnreachable('Forgehold has closed its connection to the engine.');
  }

  /** One request, with a time limit and mapped errors. While the first connection is being made it waits; when the engine is known to be away it fails at once. */
  async request<T>(what: string, send: Send<T>, options: RequestOptions = {}): Promise<T> {
    const docker = this.#docker ?? (await this.#connected());
    try {
      return await this.#limited(what, (signal) => send(docker, signal), options);
    } catch (error) {
      const mapped = toEngineError(error, what, this.#options.endpoint.address);
      if (isConnectionLoss(mapped)) void this.#check();
      throw mapped;
    }
  }

  async #limited<T>(what: string, send: (signal: AbortSignal) => Promise<T>, { timeoutMs = requestTimeoutMs, signal }: RequestOptions): Promise<T> {
    const enders = [this.#closing.signal, this.#answering.signal, ...(signal === undefined ? [] : [signal])];
    const suspicion = { afterMs: suspiciousMs, onSuspicion: () => void this.#check() };
    try {
      return await withinLimits(send, { what, timeoutMs, enders, suspicion });
    } catch (error) {
      if (signal?.aborted === true && error === signal.reason) throw new AppError('engine/cancelled', 'Cancelled.', { details: { what }, cause: error });
      throw error;
    }
  }

  async #connected(): Promise<Client> {
    while (this.#state.kind === 'connecting') {
      const { promise, resolve } = Promise.withResolvers<void>();
      const dispose = this.#states.on(() => resolve());
      await promise;
      dispose();
    }
    if (this.#docker !== null) return this.#docker;
    const reason = this.#state.kind === 'unreachable' ? this.#state.reason : '';
    throw new AppError('engine/unreachable', reason, { details: { endpoint: this.#options.endpoint.address } });
  }

  async #run(dialer: Dialer): Promise<void> {
    let wait = firstRetryMs;
    while (!this.#closing.signal.aborted) {
      try {
        const events = await this.#connect(dialer);
        wait = firstRetryMs;
        await ended(events);
        this.#docker = null;
        if (this.#closing.signal.aborted) return;
        const lost = this.#answering.signal;
        this.#answering = new AbortController();
        lost.throwIfAborted();
        this.#set({ kind: 'connecting', endpoint: this.#options.endpoint.address });
      } catch (error) {
        const known = await dialer.giveUp();
        if (this.#closing.signal.aborted) return;
        const mapped = known ?? toEngineError(error, 'connect', this.#options.endpoint.address);
        this.#setUnreachable(mapped.message);
        this.#options.log?.debug({ code: mapped.code, wait, error }, 'The engine cannot be reached');
        await this.#sleep(wait);
        wait = Math.min(wait * 2, dialer.patienceMs);
      }
    }
  }

  /** The way, version, facts, event stream; only then is it connected, so that no event after the announcement is lost. */
  async #connect(dialer: Dialer): Promise<Readable> {
    await this.#limited('open the way to it', (signal) => dialer.ready(signal), { timeoutMs: dialTimeoutMs });
    const bounded = <T>(what: string, send: (signal: AbortSignal) => Promise<T>): Promise<T> => this.#limited(what, send, { timeoutMs: handshakeTimeoutMs });
    const { docker, facts, engineTime } = await shakeHands(dialer.agent, bounded);
    const events = await bounded('open its events', (signal) => this.#options.openEvents(docker, signal, engineTime));
    this.#events = events;
    this.#docker = docker;
    this.#set({ kind: 'connected', endpoint: this.#options.endpoint.address, ...facts });
    return events;
  }

  /** A request was lost: is it the engine? A stream that stands on a dead engine (a hung process, a slept laptop) is ended here. */
  async #check(): Promise<void> {
    const docker = this.#docker;
    if (docker === null || this.#checking) return;
    this.#checking = true;
    try {
      await this.#limited('ping', (abortSignal) => docker.ping({ abortSignal }), { timeoutMs: pingTimeoutMs });
    } catch (error) {
      if (docker !== this.#docker) return;
      this.#options.log?.debug({ error }, 'The engine does not answer a ping');
      const lost = new AppError('engine/unreachable', `The engine at ${this.#options.endpoint.address} does not answer any more. Restart it if it stays so.`, {
        cause: error,
      });
      this.#answering.abort(lost);
      this.#events?.destroy(lost);
    } finally {
      this.#checking = false;
    }
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      timer.unref();
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #setUnreachable(reason: string): void {
    if (this.#state.kind === 'unreachable' && this.#state.reason === reason) return;
    const since = this.#state.kind === 'unreachable' ? this.#state.since : new Date().toISOString();
    this.#set({ kind: 'unreachable', endpoint: this.#options.endpoint.address, since, reason });
  }

  #set(state: EngineState): void {
    this.#state = state;
    this.#states.emit(state);
  }
}

function ended(stream: Readable): Promise<void> {
  return new Promise((resolve) => {
    if (stream.closed || stream.destroyed) resolve();
    stream.once('close', resolve);
    stream.once('end', resolve);
    // A reset is an end like any other here; the next handshake says what is wrong.
    stream.once('error', () => resolve());
  });
}

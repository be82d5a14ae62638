import { type Dispose, createEmitter } from '../disposable.ts';
import { AppError } from '../errors.ts';
import { createChannel } from './channel.ts';
import { type Client, createClient } from './client.ts';
import type { EventName, EventPayload } from './index.ts';
import type { Connection } from './wire.ts';

export type LinkStatus =
  | { readonly kind: 'connecting' }
  /** `generation` grows with each connection: what was opened in an older one is gone. */
  | { readonly kind: 'live'; readonly generation: number }
  /** `signedOut`: it answers, but lets this browser in no more. */
  | { readonly kind: 'lost'; readonly since: number; readonly attempt: number; readonly signedOut: boolean };

/** A client that outlives its connection: listeners stay, calls fail with `connection/lost` while there is none. */
export type Link = {
  readonly client: Client;
  readonly status: () => LinkStatus;
  readonly onStatus: (listener: (status: LinkStatus) => void) => Dispose;
  readonly retryNow: () => void;
  readonly close: () => void;
};

export type LinkOptions = {
  readonly connect: () => Promise<Connection>;
  /** Waits so many milliseconds, or less when `wake` is called. */
  readonly sleep?: (ms: number, onWake: (wake: () => void) => void) => Promise<void>;
};

const firstDelay = 250;
const longestDelay = 5000;

/** Milliseconds before the given attempt (from 1): 250, 500, 1000, … at most 5000. */
export function backoff(attempt: number): number {
  return Math.min(longestDelay, firstDelay * 2 ** (attempt - 1));
}

/** `listen` subscribes at the client of the current connection. */
type Registration = { readonly listen: (client: Client) => Dispose; dispose: Dispose };

export function createLink(options: LinkOptions): Link {
  return new ReconnectingLink(options);
}

class ReconnectingLink implements Link {
  readonly client: Client;
  readonly #options: LinkOptions;
  readonly #statuses = createEmitter<LinkStatus>();
  readonly #registrations = new Set<Registration>();
  readonly #closed = Promise.withResolvers<void>();
  #status: LinkStatus = { kind: 'connecting' };
  #inner: Client | null = null;
  #generation = 0;
  #open = true;
  #wake: () => void = () => {};

  constructor(options: LinkOptions) {
    this.#options = options;
    this.client = this.#facade();
    void this.#run();
  }

  status(): LinkStatus {
    return this.#status;
  }
  onStatus(listener: (status: LinkStatus) => void): Dispose {
    return this.#statuses.on(listener);
  }
  retryNow(): void {
    this.#wake();
  }
  close(): void {
    this.#open = false;
    this.#wake();
    this.#inner?.close();
    this.#closed.resolve();
  }

  async #run(): Promise<void> {
    let attempt = 0;
    let since = 0;
    let signedOut = false;
    while (this.#open) {
      const connection = await this.#options.connect().catch((error: unknown) => {
        signedOut = error instanceof AppError && error.code === 'connection/signed-out';
        return null;
      });
      if (connection && this.#open) {
        attempt = 0;
        signedOut = false;
        await this.#live(connection);
        since = Date.now();
      } else {
        connection?.close();
        since ||= Date.now();
      }
      if (!this.#open) return;
      attempt += 1;
      this.#set({ kind: 'lost', since, attempt, signedOut });
      await (this.#options.sleep ?? sleep)(backoff(attempt), (wake) => void (this.#wake = wake));
    }
  }
  async #live(connection: Connection): Promise<void> {
    const inner = createClient(connection);
    this.#inner = inner;
    for (const registration of this.#registrations) registration.dispose = registration.listen(inner);
    this.#generation += 1;
    this.#set({ kind: 'live', generation: this.#generation });
    await inner.closed;
    this.#inner = null;
  }
  #set(status: LinkStatus): void {
    this.#status = status;
    this.#statuses.emit(status);
  }
  #facade(): Client {
    return {
      call: (name, input, callOptions) =>
        this.#inner?.call(name, input, callOptions) ??
        Promise.reject(new AppError('connection/lost', 'Forgehold is not running. Start it again; this page reconnects by itself.')),
      on: <N extends EventName>(name: N, listener: (payload: EventPayload<N>) => void): Dispose => {
        const registration: Registration = { listen: (client) => client.on(name, listener), dispose: () => {} };
        if (this.#inner) registration.dispose = registration.listen(this.#inner);
        this.#registrations.add(registration);
        return () => {
          this.#registrations.delete(registration);
          registration.dispose();
        };
      },
      open: (name, input) => this.#inner?.open(name, input) ?? deadChannel(),
      closed: this.#closed.promise,
      close: () => this.close(),
    };
  }
}

function deadChannel(): ReturnType<Client['open']> {
  const end = createChannel(0, () => {});
  end.drop();
  return end.channel;
}

function sleep(ms: number, onWake: (wake: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    onWake(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

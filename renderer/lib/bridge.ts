import { type Bridge, streamMessage } from '../../shared/contract/bridge.ts';
import { type Channel, type ChannelEnd, createChannel } from '../../shared/contract/channel.ts';
import { type Client, announcementSchema, resultSchema } from '../../shared/contract/client.ts';
import { calls, events } from '../../shared/contract/index.ts';
import type { Link, LinkStatus } from '../../shared/contract/link.ts';
import {
  type ShellCallInput,
  type ShellCallName,
  type ShellCallOutput,
  type ShellEventName,
  type ShellEventPayload,
  shellCalls,
  shellEvents,
} from '../../shared/contract/shell.ts';
import { decodeFrame } from '../../shared/contract/wire.ts';
import { type Dispose, type Emitter, createEmitter } from '../../shared/disposable.ts';
import { AppError, fromWireError } from '../../shared/errors.ts';
import type { CoreState } from '../../shared/model/shell.ts';

declare global {
  // eslint-disable-next-line typescript/consistent-type-definitions -- only an interface can be merged
  interface Window {
    /** In the desktop window only. */
    readonly forgehold?: Bridge;
  }
}

/** What the page may ask of the desktop window around it. */
export type Shell = {
  readonly call: <N extends ShellCallName>(name: N, input: ShellCallInput<N>) => Promise<ShellCallOutput<N>>;
  readonly on: <N extends ShellEventName>(name: N, listener: (payload: ShellEventPayload<N>) => void) => Dispose;
  readonly pathForFile: (file: File) => string;
};

const schemas = { ...calls, ...shellCalls };
const announced = { ...events, ...shellEvents };

/** The shell, and the link to the core through it, of a page in the desktop window. */
export function createDesktop(bridge: Bridge): { readonly shell: Shell; readonly link: Link } {
  const desktop = new Desktop(bridge);
  const shell: Shell = {
    call: (name, input) => desktop.call(name, input) as Promise<never>,
    on: (name, listener) => desktop.on(name, listener as (payload: unknown) => void),
    pathForFile: (file) => bridge.pathForFile(file),
  };
  return { shell, link: desktop };
}

class Desktop implements Link {
  readonly client: Client;
  readonly #bridge: Bridge;
  readonly #listeners = new Map<string, Emitter<unknown>>();
  readonly #statuses = createEmitter<LinkStatus>();
  readonly #closed = Promise.withResolvers<void>();
  #status: LinkStatus = { kind: 'connecting' };
  #generation = 0;
  #attempt = 0;
  #lastToken = 0;

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
    this.client = {
      call: (name, input, options) => this.call(name, input, options?.signal) as Promise<never>,
      on: (name, listener) => this.on(name, listener as (payload: unknown) => void),
      open: (name, input) => this.#open(name, input),
      closed: this.#closed.promise,
      close: () => this.close(),
    };
    bridge.subscribe((event) => this.#announce(event));
    this.on('shell.changed', (state) => this.#hear((state as { readonly core: CoreState }).core));
    void this.call('shell.state', {}).then((state) => this.#hear((state as { readonly core: CoreState }).core));
  }

  status(): LinkStatus {
    return this.#status;
  }
  onStatus(listener: (status: LinkStatus) => void): Dispose {
    return this.#statuses.on(listener);
  }
  retryNow(): void {
    void this.call('shell.retry', {});
  }
  /** The window goes with its page: nothing is left to close. */
  close(): void {
    this.#closed.resolve();
  }

  async call(name: keyof typeof schemas, input: unknown, signal?: AbortSignal): Promise<unknown> {
    if (signal?.aborted) throw new AppError('connection/cancelled', `${name} was cancelled before it was sent.`, { cause: signal.reason });
    this.#lastToken += 1;
    const token = this.#lastToken;
    const cancel = (): void => this.#bridge.cancel(token);
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      const result = resultSchema.parse(await this.#bridge.invoke(name, input, token));
      if (!result.ok) throw fromWireError(result.error);
      return schemas[name].output.parse(result.value);
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  on(name: keyof typeof announced, listener: (payload: unknown) => void): Dispose {
    const emitter = this.#listeners.get(name) ?? createEmitter<unknown>();
    this.#listeners.set(name, emitter);
    return emitter.on(listener);
  }

  #announce(event: unknown): void {
    const { name, payload } = announcementSchema.parse(event);
    if (Object.hasOwn(announced, name)) this.#listeners.get(name)?.emit(announced[name as keyof typeof announced].payload.parse(payload));
  }

  #hear(core: CoreState): void {
    if (core.kind === 'starting') return;
    if (core.kind === 'live') {
      if (this.#status.kind === 'live') return;
      this.#attempt = 0;
      this.#generation += 1;
      this.#set({ kind: 'live', generation: this.#generation });
    } else {
      this.#attempt += 1;
      const since = this.#status.kind === 'lost' ? this.#status.since : Date.now();
      this.#set({ kind: 'lost', since, attempt: this.#attempt, signedOut: false });
    }
  }

  #set(status: LinkStatus): void {
    this.#status = status;
    this.#statuses.emit(status);
  }

  #open(name: string, input: unknown): Channel {
    this.#lastToken += 1;
    const id = this.#lastToken;
    return openStream(id, () => this.#bridge.openStream(name, input, id));
  }
}

/** A channel over a port that arrives a moment later; what is written meanwhile waits for it. */
function openStream(id: number, ask: () => void): Channel {
  let port: MessagePort | null = null;
  const early: ArrayBuffer[] = [];
  const end: ChannelEnd = createChannel(0, ({ buffer }) => {
    // Never transferred: a port to another process loses a buffer that is (https://github.com/electron/electron/issues/34905).
    if (port) port.postMessage(buffer);
    else early.push(buffer);
  });
  function take(event: MessageEvent): void {
    if (event.source !== window || event.data !== streamMessage(id)) return;
    removeEventListener('message', take);
    const [own] = event.ports;
    if (!own) return end.drop();
    port = own;
    own.addEventListener('message', ({ data }) => {
      const frame = data instanceof ArrayBuffer ? decodeFrame(new Uint8Array(data)) : null;
      if (frame) end.receive(frame);
    });
    own.addEventListener('close', () => end.drop());
    own.start();
    for (const buffer of early.splice(0)) own.postMessage(buffer);
  }
  addEventListener('message', take);
  const close = (): void => {
    removeEventListener('message', take);
    // What was posted before the port closes still arrives.
    port?.close();
  };
  end.channel.closed.then(close, close);
  ask();
  return end.channel;
}

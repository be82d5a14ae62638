import { AppError } from '../../shared/errors.ts';
import type { Engine } from '../engine/types.ts';
import type { Carrier, Link } from './carriers.ts';
import { ControlClient } from './control-client.ts';
import { type PaneFacts, paneFormat, parsePaneFacts } from './pane-facts.ts';
import { quote } from './quote.ts';

/** A command that takes longer has met a stuck server. */
const commandTimeoutMs = 10_000;
const connectTimeoutMs = 20_000;
/** tmux pauses a pane whose output waits this long for us, instead of keeping it all. Seconds. */
const pauseAfterSeconds = 15;
const firstRetryMs = 100;
const lastRetryMs = 10_000;
/** A connection that lived this long was a good one: the next retry is quick again. */
const goodAfterMs = 10_000;

/** `-u`: UTF-8, whatever the locale. The window it makes is never ours; it keeps the session alive without a process. */
const controlArgv = [
  ...['tmux', '-u', '-L', 'forgehold', '-f', '/etc/forgehold/tmux.conf', '-C'],
  ...['new-session', '-A', '-s', 'forgehold', '-x', '120', '-y', '32', '-n', 'forgehold', '--', 'true'],
];

export type TmuxServerOptions = {
  readonly engine: Pick<Engine, 'openExec' | 'inspectContainer'>;
  readonly containerId: string;
  readonly user: string;
  readonly historyLines: () => number;
  readonly onConnected: (link: Link, panes: readonly PaneFacts[]) => void;
  readonly onLost: () => void;
  /** All panes of ours, whenever one may have come or gone. */
  readonly onPanes: (panes: readonly PaneFacts[]) => void;
  readonly onPane: (pane: PaneFacts) => void;
  readonly onOutput: (carrier: Carrier, pane: number, bytes: Buffer) => void;
  readonly onFlow: (carrier: Carrier, pane: number, change: 'pause' | 'continue') => void;
  readonly onBatchEnd: (carrier: Carrier) => void;
  readonly log: (facts: object, message: string) => void;
};

/** The tmux server of one workspace behind two control clients, connected again whenever it is lost. */
export class TmuxServer {
  readonly #options: TmuxServerOptions;
  #link: Link | null = null;
  #connecting: Promise<void> | null = null;
  #disposed = false;
  #listing: NodeJS.Timeout | null = null;
  #retry: NodeJS.Timeout | null = null;
  #retryMs = firstRetryMs;
  #frozen = false;

  constructor(options: TmuxServerOptions) {
    this.#options = options;
  }

  get containerId(): string {
    return this.#options.containerId;
  }

  /** The container is frozen: nothing is expected of the server until the next `connect`. */
  freeze(): void {
    this.#frozen = true;
    if (this.#retry) clearTimeout(this.#retry);
    for (const client of this.#clients()) client.freeze();
  }

  /** Starts the server where none runs. @throws terminal/tmux-unavailable */
  connect(): Promise<void> {
    if (this.#frozen) for (const client of this.#clients()) client.thaw();
    this.#frozen = false;
    if (this.#link) return Promise.resolve();
    return (this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = null;
    }));
  }

  async link(): Promise<Link> {
    await this.connect();
    if (!this.#link) throw new AppError('terminal/tmux-gone', 'The terminal server of the workspace is gone. Try again.');
    return this.#link;
  }

  /** Runs commands that belong to no pane's output. */
  async request(...commands: readonly string[]): Promise<readonly (readonly Buffer[])[]> {
    return (await this.link()).background.client.request(...commands);
  }

  /** Lets go; the server and its programs go on. */
  dispose(): void {
    this.#disposed = true;
    if (this.#retry) clearTimeout(this.#retry);
    if (this.#listing) clearTimeout(this.#listing);
    const link = this.#link;
    this.#link = null;
    link?.foreground.client.close();
    link?.background.client.close();
  }

  async #connect(): Promise<void> {
    const opened: ControlClient[] = [];
    try {
      const foreground = await this.#open('foreground', opened);
      const background = await this.#open('background', opened);
      const panes = await this.#prepare(background.client);
      if (this.#disposed) throw new AppError('terminal/closed', 'The workspace was closed meanwhile.');
      const link = { foreground, background };
      this.#link = link;
      this.#watch(link);
      this.#options.onConnected(link, panes);
    } catch (error) {
      for (const client of opened) client.close();
      const cause = error instanceof AppError ? error.message : String(error);
      throw new AppError('terminal/tmux-unavailable', `The terminal server of the workspace could not be reached: ${cause}`, { cause: error });
    }
  }

  async #open(carrier: Carrier, opened: ControlClient[]): Promise<Link[Carrier]> {
    const { engine, containerId, user, onOutput, onBatchEnd } = this.#options;
    const session = await engine.openExec(containerId, controlArgv, { user, env: { LANG: 'C.UTF-8', TERM: 'xterm-256color' } });
    const client = new ControlClient(session, {
      onOutput: (pane, bytes) => onOutput(carrier, pane, bytes),
      onBatchEnd: () => onBatchEnd(carrier),
      onNotification: (name, rest) => this.#notice(carrier, name, rest),
      timeoutMs: commandTimeoutMs,
    });
    opened.push(client);
    const asked = ["display-message -p '#{client_name}'", `refresh-client -f pause-after=${pauseAfterSeconds}`];
    const bodies = await new Promise<readonly (readonly Buffer[])[]>((resolve, reject) =>
      client.send(asked, (error, answer) => (error ? reject(error) : resolve(answer)), connectTimeoutMs),
    );
    const name = bodies[0]?.[0]?.toString('utf8') ?? '';
    if (!/^client-\d+$/.test(name)) throw new AppError('terminal/protocol', 'tmux gave its client no name.', { details: { name } });
    return { client, name };
  }

  async #prepare(client: ControlClient): Promise<PaneFacts[]> {
    const bodies = await client.request(
      `set-option -g history-limit ${this.#options.historyLines()}`,
      // tmux tells of changes itself, at most a second late.
      `refresh-client -B ${quote(`forge:%*:${paneFormat}`)}`,
      `list-panes -s -F ${quote(paneFormat)}`,
    );
    return parseAll(bodies[2]);
  }

  #watch(link: Link): void {
    const since = performance.now();
    const lost = (): void => {
      if (this.#link !== link) return;
      this.#link = null;
      link.foreground.client.close();
      link.background.client.close();
      this.#options.onLost();
      if (performance.now() - since > goodAfterMs) this.#retryMs = firstRetryMs;
      this.#retryLater();
    };
    void link.foreground.client.closed.then(lost);
    void link.background.client.closed.then(lost);
  }

  #clients(): readonly ControlClient[] {
    return this.#link ? [this.#link.foreground.client, this.#link.background.client] : [];
  }

  #retryLater(): void {
    if (this.#disposed || this.#frozen) return;
    this.#retry = setTimeout(() => void this.#reconnect(), this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, lastRetryMs);
  }

  /** Only while the container runs: its stop is announced by others, and ends this object. */
  async #reconnect(): Promise<void> {
    try {
      const container = await this.#options.engine.inspectContainer(this.#options.containerId);
      if (this.#disposed) return;
      if (container?.status === 'running') await this.connect();
      else this.#retryLater();
    } catch (error) {
      this.#options.log({ error, containerId: this.#options.containerId }, 'The terminal server could not be reached; trying again');
      this.#retryLater();
    }
  }

  #notice(carrier: Carrier, name: string, rest: string): void {
    if (name === 'pause' || name === 'continue') this.#options.onFlow(carrier, Number(rest.slice(1)), name);
    if (carrier === 'foreground') return;
    if (name === 'subscription-changed') {
      const facts = parsePaneFacts(rest.slice(rest.indexOf(' : ') + 3));
      if (facts) this.#options.onPane(facts);
    } else if (name.includes('window-') || name === 'layout-change') this.#listSoon();
  }

  /** Several notices of one change come together. */
  #listSoon(): void {
    this.#listing ??= setTimeout(() => {
      this.#listing = null;
      const client = this.#link?.background.client;
      client?.request(`list-panes -s -F ${quote(paneFormat)}`).then(
        (bodies) => this.#options.onPanes(parseAll(bodies[0])),
        (error: unknown) => this.#options.log({ error }, 'The terminals of a workspace could not be listed'),
      );
    }, 20);
  }
}

function parseAll(lines: readonly Buffer[] | undefined): PaneFacts[] {
  return (lines ?? []).flatMap((line) => parsePaneFacts(line.toString('utf8')) ?? []);
}

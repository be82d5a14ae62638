import type { Size } from '../../shared/model/terminal.ts';
import { Brake } from './brake.ts';
import { type Carrier, type Link, ask, carryCommand, ignoreCommand, offCommand } from './carriers.ts';
import { sendOlder, sendRestore } from './catch-up.ts';
import { historyCommands } from './history.ts';
import { assembleRestore, restoreCommands } from './restore.ts';
import type { Viewer } from './viewer.ts';

/** A focused pane's viewer may fall this far behind before its program is slowed. */
const slowBytes = 256 * 1024;
/** A viewer of any other pane may fall this far behind before its output is left out: one slow reader must not delay other panes. */
const lostBytes = 2 * 1024 * 1024;
/** A pane this long without output is quiet enough for older scrollback. */
const quietMs = 150;

/** A pause of our own is over sooner. */
const pauseLastsMs = 50;

export type PaneStreamOptions = {
  readonly onViewers: () => void;
  readonly log: (facts: object, message: string) => void;
};

/**
 * The output of one pane on its way to all who look at it. Operations on a pane run one after the other; in between,
 * `receive` and `flush` are called in the order of the control clients' streams.
 */
export class PaneStream {
  readonly #options: PaneStreamOptions;
  readonly #viewers = new Set<Viewer>();
  #link: Link | null = null;
  #pane = -1;
  #carrier: Carrier | null = null;
  /** Output of the next carrier, kept until the last of the present one has come. */
  #handover: { readonly to: Carrier; readonly held: Buffer[] } | null = null;
  readonly #paused = new Set<Carrier>();
  #wanted: Carrier = 'background';
  #tail: Promise<void> = Promise.resolve();
  readonly #brake = new Brake(this.#viewers);
  #quiet: NodeJS.Timeout | null = null;

  constructor(options: PaneStreamOptions) {
    this.#options = options;
  }

  get viewers(): number {
    return this.#viewers.size;
  }

  /** A new connection to tmux: everybody who looks gets a restore. */
  connect(link: Link, pane: number): void {
    this.disconnect();
    this.#link = link;
    this.#pane = pane;
    // Before anything else is asked of the pane: the two clients' commands have no order between them.
    this.#later((current) => this.#stopCarrying(current));
    if (this.#viewers.size > 0) this.#later((current) => this.#restore(current));
  }

  disconnect(): void {
    this.#brake.release();
    this.#link = null;
    this.#carrier = null;
    this.#handover = null;
    this.#paused.clear();
    for (const viewer of this.#viewers) viewer.state = 'waiting';
  }

  add(viewer: Viewer): void {
    this.#viewers.add(viewer);
    this.#options.onViewers();
  }

  remove(viewer: Viewer): void {
    if (!this.#viewers.delete(viewer)) return;
    this.#options.onViewers();
    this.#brake.relieve();
    if (this.#viewers.size === 0) this.#later((link) => this.#leave(link));
  }

  /** Ends every viewer's stream. */
  end(error?: unknown): void {
    for (const viewer of [...this.#viewers]) viewer.end(error);
  }

  each(act: (viewer: Viewer) => void): void {
    for (const viewer of this.#viewers) act(viewer);
  }

  receive(from: Carrier, bytes: Buffer): void {
    if (this.#handover?.to === from) this.#handover.held.push(bytes);
    else if (from === this.#carrier) for (const viewer of this.#viewers) viewer.push(bytes);
  }

  /** After each read of a control client. */
  flush(): void {
    for (const viewer of this.#viewers) {
      viewer.flush();
      if (viewer.state !== 'live') continue;
      if (this.#carrier === 'foreground' && viewer.unsent > slowBytes && this.#link) this.#brake.apply(this.#link.foreground.client);
      else if (this.#carrier === 'background' && viewer.unsent > lostBytes) viewer.fallBehind();
    }
    if (this.#quiet) this.#quiet.refresh();
  }

  /**
   * tmux says that it stopped bringing output. Mostly we asked for it, and it goes on in the next line; what lasts is its own
   * doing, because we read too slowly: then output was left out, and a restore heals it.
   */
  paused(from: Carrier): void {
    this.#paused.add(from);
    setTimeout(() => {
      if (this.#paused.has(from) && this.#carrier === from) this.#later((link) => this.#heal(link, from));
    }, pauseLastsMs);
  }

  continued(from: Carrier): void {
    this.#paused.delete(from);
  }

  /** Called when some of a viewer's bytes have gone out. */
  sent(viewer: Viewer): void {
    this.#brake.relieve();
    if (viewer.state === 'behind' && viewer.unsent === 0) {
      viewer.state = 'waiting';
      this.#later((link) => this.#restore(link));
    }
  }

  want(carrier: Carrier): Promise<void> {
    this.#wanted = carrier;
    return this.#run((link) => this.#handOver(link));
  }

  /** Brings all viewers that are not live to the pane's present state. */
  refresh(size?: Size): Promise<void> {
    return this.#run((link) => this.#restore(link, size));
  }

  /** Everybody who looks gets the last screen: tmux drops queued output of a program that has ended. */
  finish(exitCode: number | undefined): void {
    for (const viewer of this.#viewers) if (viewer.state === 'live') viewer.state = 'waiting';
    this.#later(async (link) => {
      await this.#restore(link);
      this.each((viewer) => viewer.notify({ kind: 'exited', ...(exitCode !== undefined && { exitCode }) }));
    });
  }

  #run(operation: (link: Link) => Promise<void>): Promise<void> {
    const result = this.#tail.then(async () => {
      if (this.#link) await operation(this.#link);
    });
    this.#tail = result.catch((error: unknown) => this.#report(error));
    return result;
  }

  /** For what nobody waits for; a failure is in the log. */
  #later(operation: (link: Link) => Promise<void>): void {
    this.#run(operation).catch(() => {});
  }

  async #restore(link: Link, size?: Size): Promise<void> {
    const waiting = [...this.#viewers].filter((viewer) => viewer.state === 'waiting');
    if (waiting.length === 0) return;
    const carrier = this.#carrier ?? this.#wanted;
    const start = this.#carrier ? [] : this.#startCommands(link, carrier);
    const resize = size ? [`resize-window -t '%${this.#pane}' -x ${size.cols} -y ${size.rows}`] : [];
    const lead = start.length + resize.length;
    this.#carrier = carrier;
    await ask(link, carrier, [...start, ...resize, ...restoreCommands(this.#pane)], (bodies) => {
      const restore = assembleRestore(bodies.slice(lead));
      for (const viewer of waiting) sendRestore(viewer, restore);
    }).catch((error: unknown) => {
      if (start.length > 0) this.#carrier = null;
      throw error;
    });
    this.#awaitQuiet();
  }

  #startCommands(link: Link, carrier: Carrier): string[] {
    if (carrier === 'background') return [carryCommand(link, 'background', this.#pane)];
    return [carryCommand(link, 'foreground', this.#pane), offCommand(link, 'background', this.#pane)];
  }

  /** Gapless: the new client starts at the very point where the old one answers. */
  async #handOver(link: Link): Promise<void> {
    const from = this.#carrier;
    const to = this.#wanted;
    if (!from || from === to) return;
    const handover = { to, held: [] as Buffer[] };
    this.#handover = handover;
    await ask(link, from, [carryCommand(link, to, this.#pane)], () => {
      this.#handover = null;
      this.#carrier = to;
      for (const bytes of handover.held) this.receive(to, bytes);
      this.flush();
    });
    if (from === 'foreground') this.#brake.release();
    // Asked of the very client that is let go: its answer comes behind the last of its output, which the next hand-over must not take for new.
    await ask(link, from, [offCommand(link, from, this.#pane)], () => {});
  }

  async #leave(link: Link): Promise<void> {
    if (this.#viewers.size > 0) return;
    this.#brake.release();
    await this.#stopCarrying(link);
  }

  /** tmux reads the program's output for itself only. */
  async #stopCarrying(link: Link): Promise<void> {
    this.#carrier = null;
    await ask(link, 'background', [ignoreCommand(link, 'background', this.#pane)], () => {});
    // Of each client itself: the answer comes behind the last of its output.
    await ask(link, 'foreground', [offCommand(link, 'foreground', this.#pane)], () => {});
  }

  async #heal(link: Link, from: Carrier): Promise<void> {
    if (this.#carrier !== from || !this.#paused.has(from)) return;
    this.#carrier = null;
    for (const viewer of this.#viewers) {
      viewer.fallBehind();
      if (viewer.unsent === 0) viewer.state = 'waiting';
    }
    await this.#restore(link);
  }

  #awaitQuiet(): void {
    if (this.#quiet) clearTimeout(this.#quiet);
    this.#quiet = null;
    if (![...this.#viewers].some((viewer) => viewer.history)) return;
    this.#quiet = setTimeout(() => {
      this.#quiet = null;
      this.#later((link) => this.#sendHistory(link));
    }, quietMs);
  }

  async #sendHistory(link: Link): Promise<void> {
    const viewer = [...this.#viewers].find((one) => one.history && one.unsent === 0);
    const carrier = this.#carrier;
    const mark = viewer?.history;
    if (viewer && carrier && mark) {
      await ask(link, carrier, historyCommands(this.#pane, mark), (bodies) => sendOlder(viewer, mark, bodies));
    }
    this.#awaitQuiet();
  }

  #report(error: unknown): void {
    if (error) this.#options.log({ error }, 'A terminal operation failed');
  }
}

import { createHash, randomBytes } from 'node:crypto';
import { AppError } from '../../shared/errors.ts';
import type { Terminal, TerminalColours } from '../../shared/model/terminal.ts';
import type { Engine } from '../engine/types.ts';
import type { Carrier, Link } from './carriers.ts';
import { createPane, respawnPane } from './open-pane.ts';
import { type Away, type PaneFacts, clampSize, describeTerminal } from './pane-facts.ts';
import { PaneStream } from './pane-stream.ts';
import { quote } from './quote.ts';
import { TmuxServer } from './tmux-server.ts';
import type { OpenRequest } from './types.ts';

export type TerminalEntry = { facts: PaneFacts; readonly stream: PaneStream; away: Away | null };

export type WorkspaceTerminalsOptions = {
  readonly engine: Pick<Engine, 'openExec' | 'exec' | 'inspectContainer'>;
  readonly workspaceId: string;
  readonly agentUser: () => string;
  readonly historyLines: () => number;
  readonly now: () => number;
  readonly onChange: (terminalId: string, terminal: Terminal | null) => void;
  readonly log: (facts: object, message: string) => void;
};

/** Our line to the terminal server ended before the answer: closed by us, or by its end. */
const lineEnded: ReadonlySet<string> = new Set(['terminal/closed', 'terminal/tmux-gone']);

/** The terminals of one workspace. */
export class WorkspaceTerminals {
  readonly entries = new Map<string, TerminalEntry>();
  readonly #options: WorkspaceTerminalsOptions;
  readonly #byPane = new Map<number, TerminalEntry>();
  /** Panes that bear the id of another one, or of another workspace: made by hand, and not believed even when the other is gone. */
  readonly #copies = new Set<number>();
  #server: TmuxServer | null = null;
  #paused = false;
  #link: Link | null = null;
  #focused: TerminalEntry | null = null;
  /** Of the viewer that looked last, and the window style that this tmux server has of them. */
  #colours: TerminalColours | null = null;
  #style = '';
  #opening: Promise<unknown> = Promise.resolve();

  constructor(options: WorkspaceTerminalsOptions) {
    this.#options = options;
  }

  get paused(): boolean {
    return this.#paused;
  }

  get containerId(): string | null {
    return this.#server?.containerId ?? null;
  }

  async connect(containerId: string): Promise<void> {
    if (this.#server?.containerId !== containerId) {
      this.#server?.dispose();
      this.#lose('unknown');
      this.#server = this.#createServer(containerId);
    }
    const kept = this.#paused ? this.#link : null;
    this.#paused = false;
    await this.#server.connect();
    if (kept !== null && kept === this.#link) this.#goOn(kept);
  }

  /** Its container is frozen; the line to tmux stays, and nothing is sent over it until the next `connect`. */
  pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#server?.freeze();
    this.#leave('paused');
    for (const entry of this.entries.values()) entry.stream.each((viewer) => viewer.notify({ kind: 'paused', paused: true }));
  }

  disconnect(why: 'stopped' | 'unknown' | 'removed'): void {
    this.#server?.dispose();
    this.#server = null;
    this.#paused = false;
    this.#lose(why === 'removed' ? 'unknown' : why);
    if (why === 'removed') for (const entry of [...this.entries.values()]) this.#forget(entry);
  }

  /** Throws `terminal/paused`, `terminal/workspace-stopped`. */
  server(): TmuxServer {
    if (this.#paused) throw new AppError('terminal/paused', 'This workspace is paused, so its programs take nothing in. Resume it first.');
    if (!this.#server) throw new AppError('terminal/workspace-stopped', 'The workspace does not run, so its terminals cannot be reached. Start it first.');
    return this.#server;
  }

  /** One at a time: two callers who open the same agent get the same terminal. */
  open(request: OpenRequest): Promise<TerminalEntry> {
    const result = this.#opening.then(() => this.#openThrough(request));
    this.#opening = result.catch(() => {});
    return result;
  }

  focus(entry: TerminalEntry): Promise<void> {
    if (this.#focused === entry) return Promise.resolve();
    const before = this.#focused;
    this.#focused = entry;
    return Promise.all([before?.stream.want('background'), entry.stream.want('foreground')]).then(() => {});
  }

  /**
   * tmux answers OSC 10 and 11 with the window style, which it draws nothing with here: viewers draw by themselves. One style for all
   * panes, those of tomorrow too; the viewer that looked last decides.
   */
  async tellColours(colours: TerminalColours): Promise<void> {
    this.#colours = colours;
    const style = `fg=${colours.foreground},bg=${colours.background}`;
    if (this.#style === style || !this.#server || this.#paused) return;
    this.#style = style;
    await this.#server.request(`set-option -g window-style ${quote(style)}`);
  }

  /** The first one looked at is in the foreground until another is asked for. */
  focusIfFree(entry: TerminalEntry): void {
    if (!this.#focused || this.#focused.stream.viewers === 0)
      this.focus(entry).catch((error: unknown) => this.#options.log({ error }, 'A terminal could not be brought to the foreground'));
  }

  update(entry: TerminalEntry, facts: PaneFacts): void {
    const before = entry.facts;
    entry.facts = facts;
    this.#byPane.set(facts.pane, entry);
    // tmux tells the end of a program when its terminal is closed, and how it ended when it has been reaped: that may be later.
    if (facts.dead && (!before.dead || before.exitCode !== facts.exitCode)) entry.stream.finish(facts.exitCode);
    if (before.size.cols !== facts.size.cols || before.size.rows !== facts.size.rows)
      entry.stream.each((viewer) => viewer.notify({ kind: 'size', size: clampSize(facts.size) }));
    if (JSON.stringify(before) !== JSON.stringify(facts)) this.announce(entry);
  }

  announce(entry: TerminalEntry): void {
    if (this.entries.get(entry.facts.terminalId) === entry) this.#options.onChange(entry.facts.terminalId, this.describe(entry));
  }

  describe({ facts, stream, away }: TerminalEntry): Terminal {
    return describeTerminal(facts, { workspaceId: this.#options.workspaceId, viewers: stream.viewers, away });
  }

  #createServer(containerId: string): TmuxServer {
    const { engine, agentUser, historyLines, log } = this.#options;
    return new TmuxServer({
      engine,
      containerId,
      user: agentUser(),
      historyLines,
      log,
      onConnected: (link, panes) => this.#connected(link, panes),
      onLost: () => this.#lose(this.#paused ? 'paused' : 'unknown'),
      onPanes: (panes) => this.#adopt(panes),
      onPane: (facts) => {
        const entry = this.#byPane.get(facts.pane);
        if (entry && entry.facts.terminalId === facts.terminalId) this.update(entry, facts);
      },
      onOutput: (carrier: Carrier, pane, bytes) => this.#byPane.get(pane)?.stream.receive(carrier, bytes),
      onFlow: (carrier, pane, change) => {
        const stream = this.#byPane.get(pane)?.stream;
        if (change === 'pause') stream?.paused(carrier);
        else stream?.continued(carrier);
      },
      onBatchEnd: () => {
        for (const entry of this.entries.values()) entry.stream.flush();
      },
    });
  }

  #connected(link: Link, panes: readonly PaneFacts[]): void {
    this.#link = link;
    this.#byPane.clear();
    this.#copies.clear();
    for (const entry of this.entries.values())
      if (!panes.some(({ terminalId, pane }) => terminalId === entry.facts.terminalId && pane === entry.facts.pane)) this.#forget(entry);
    this.#adopt(panes);
    this.#style = '';
    this.#goOn(link);
  }

  #goOn(link: Link): void {
    for (const entry of this.entries.values()) {
      if (entry.away === 'paused') entry.stream.each((viewer) => viewer.notify({ kind: 'paused', paused: false }));
      entry.away = null;
      entry.stream.connect(link, entry.facts.pane);
      this.announce(entry);
    }
    if (this.#colours) this.tellColours(this.#colours).catch((error: unknown) => this.#options.log({ error }, 'The colours of the screen could not be told'));
  }

  #lose(away: Away): void {
    this.#link = null;
    this.#leave(away);
  }

  #leave(away: Away): void {
    for (const entry of this.entries.values()) {
      entry.stream.disconnect();
      entry.away = away;
      this.announce(entry);
    }
  }

  #adopt(panes: readonly PaneFacts[]): void {
    const seen = new Set<string>();
    for (const facts of panes) {
      const entry = this.entries.get(facts.terminalId);
      const copy = seen.has(facts.terminalId) || (entry && entry.facts.pane !== facts.pane) || this.#copies.has(facts.pane);
      if (copy || !facts.terminalId.startsWith(idPrefix(this.#options.workspaceId))) {
        this.#copies.add(facts.pane);
        continue;
      }
      seen.add(facts.terminalId);
      if (entry) this.update(entry, facts);
      else this.#add(facts);
    }
    for (const entry of [...this.entries.values()]) if (!seen.has(entry.facts.terminalId)) this.#forget(entry);
  }

  #add(facts: PaneFacts): TerminalEntry {
    const { log } = this.#options;
    const entry: TerminalEntry = { facts, away: null, stream: new PaneStream({ onViewers: () => this.announce(entry), log }) };
    this.entries.set(facts.terminalId, entry);
    this.#byPane.set(facts.pane, entry);
    if (this.#link) entry.stream.connect(this.#link, facts.pane);
    this.announce(entry);
    return entry;
  }

  #forget(entry: TerminalEntry): void {
    this.entries.delete(entry.facts.terminalId);
    if (this.#byPane.get(entry.facts.pane) === entry) this.#byPane.delete(entry.facts.pane);
    if (this.#focused === entry) this.#focused = null;
    entry.stream.disconnect();
    entry.stream.end(new AppError('terminal/not-found', 'This terminal is gone.', { details: { terminalId: entry.facts.terminalId } }));
    this.#options.onChange(entry.facts.terminalId, null);
  }

  /** A terminal server, or our line to it, that ends in this very moment is had anew, once. The same id: what was opened all the same is found. */
  async #openThrough(request: OpenRequest): Promise<TerminalEntry> {
    const terminalId = this.#newId();
    try {
      return await this.#open(request, terminalId);
    } catch (error) {
      if (!(error instanceof AppError) || !lineEnded.has(error.code)) throw error;
      return this.#open(request, terminalId);
    }
  }

  async #open(request: OpenRequest, terminalId: string): Promise<TerminalEntry> {
    const link = await this.server().link();
    const { worktree, kind, beside = false } = request;
    const agents = kind === 'agent' ? [...this.entries.values()].filter(({ facts }) => facts.kind === 'agent' && facts.worktree === worktree) : [];
    const running = agents.find(({ facts }) => !facts.dead);
    if (running && !beside) return running;
    const old = agents.findLast(({ facts }) => facts.dead);
    return old ? this.#respawn(link, old, request) : (this.entries.get(terminalId) ?? this.#create(link, request, terminalId));
  }

  async #respawn(link: Link, entry: TerminalEntry, request: OpenRequest): Promise<TerminalEntry> {
    const facts = await respawnPane(link, entry.facts.pane, request);
    if (facts) this.update(entry, facts);
    return entry;
  }

  async #create(link: Link, request: OpenRequest, terminalId: string): Promise<TerminalEntry> {
    const facts = await createPane(link, { terminalId, historyLines: this.#options.historyLines(), now: this.#options.now() }, request);
    return this.entries.get(terminalId) ?? this.#add(facts);
  }

  #newId(): string {
    for (;;) {
      const id = idPrefix(this.#options.workspaceId) + randomBytes(3).toString('hex');
      if (!this.entries.has(id)) return id;
    }
  }
}

/** The first half of a terminal's id names its workspace, so that no workspace can make a pane that passes for another's terminal. */
function idPrefix(workspaceId: string): string {
  return createHash('sha256').update(workspaceId).digest('hex').slice(0, 6);
}

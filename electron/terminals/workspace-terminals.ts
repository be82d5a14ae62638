import { createHash, randomBytes } from 'node:crypto';
import { AppError } from '../../shared/errors.ts';
import type { Size, Terminal } from '../../shared/model/terminal.ts';
import type { Engine } from '../engine/types.ts';
import type { Carrier, Link } from './carriers.ts';
import { startArguments } from './launch.ts';
import { type PaneFacts, clampSize, paneFormat, parsePaneFacts } from './pane-facts.ts';
import { PaneStream } from './pane-stream.ts';
import { quote } from './quote.ts';
import { TmuxServer } from './tmux-server.ts';
import type { OpenRequest } from './types.ts';

export type TerminalEntry = { facts: PaneFacts; readonly stream: PaneStream; away: 'stopped' | 'unknown' | null };

export type WorkspaceTerminalsOptions = {
  readonly engine: Pick<Engine, 'openExec' | 'exec' | 'inspectContainer'>;
  readonly workspaceId: string;
  readonly agentUser: () => string;
  readonly historyLines: () => number;
  readonly now: () => number;
  readonly onChange: (terminalId: string, terminal: Terminal | null) => void;
  readonly log: (facts: object, message: string) => void;
};

const defaultSize: Size = { cols: 120, rows: 32 };

/** The terminals of one workspace. */
export class WorkspaceTerminals {
  readonly entries = new Map<string, TerminalEntry>();
  readonly #options: WorkspaceTerminalsOptions;
  readonly #byPane = new Map<number, TerminalEntry>();
  /** Panes that bear the id of another one, or of another workspace: made by hand, and not believed even when the other is gone. */
  readonly #copies = new Set<number>();
  #server: TmuxServer | null = null;
  #link: Link | null = null;
  #focused: TerminalEntry | null = null;
  #opening: Promise<unknown> = Promise.resolve();

  constructor(options: WorkspaceTerminalsOptions) {
    this.#options = options;
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
    await this.#server.connect();
  }

  disconnect(why: 'stopped' | 'unknown' | 'removed'): void {
    this.#server?.dispose();
    this.#server = null;
    this.#lose(why === 'removed' ? 'unknown' : why);
    if (why === 'removed') for (const entry of [...this.entries.values()]) this.#forget(entry);
  }

  server(): TmuxServer {
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

  /** The first one looked at is in the foreground until another is asked for. */
  focusIfFree(entry: TerminalEntry): void {
    if (!this.#focused || this.#focused.stream.viewers === 0)
      this.focus(entry).catch((error: unknown) => this.#options.log({ error }, 'A terminal could not be brought to the foreground'));
  }

  update(entry: TerminalEntry, facts: PaneFacts): void {
    const before = entry.facts;
    entry.facts = facts;
    this.#byPane.set(facts.pane, entry);
    if (before.dead !== facts.dead && facts.dead) entry.stream.finish(facts.exitCode);
    if (before.size.cols !== facts.size.cols || before.size.rows !== facts.size.rows)
      entry.stream.each((viewer) => viewer.notify({ kind: 'size', size: clampSize(facts.size) }));
    if (JSON.stringify(before) !== JSON.stringify(facts)) this.announce(entry);
  }

  announce(entry: TerminalEntry): void {
    if (this.entries.get(entry.facts.terminalId) === entry) this.#options.onChange(entry.facts.terminalId, this.describe(entry));
  }

  describe({ facts, stream, away }: TerminalEntry): Terminal {
    const exited = { kind: 'exited' as const, ...(facts.exitCode !== undefined && { exitCode: facts.exitCode }) };
    const running = { kind: stream.viewers > 0 ? ('connected' as const) : ('background' as const) };
    return {
      terminalId: facts.terminalId,
      workspaceId: this.#options.workspaceId,
      worktree: facts.worktree,
      kind: facts.kind,
      title: facts.title,
      state: away ? { kind: away } : facts.dead ? exited : running,
      size: clampSize(facts.size),
      createdAt: new Date(facts.created).toISOString(),
    };
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
      onLost: () => this.#lose('unknown'),
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
    for (const entry of this.entries.values()) {
      entry.away = null;
      entry.stream.connect(link, entry.facts.pane);
      this.announce(entry);
    }
  }

  #lose(away: 'stopped' | 'unknown'): void {
    this.#link = null;
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

  /** A terminal server that ends in this very moment is started anew, once: what it had opened, if anything, has gone with it. */
  async #openThrough(request: OpenRequest): Promise<TerminalEntry> {
    try {
      return await this.#open(request);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'terminal/closed') throw error;
      return this.#open(request);
    }
  }

  async #open(request: OpenRequest): Promise<TerminalEntry> {
    const link = await this.server().link();
    const { worktree, kind } = request;
    const agents = kind === 'agent' ? [...this.entries.values()].filter(({ facts }) => facts.kind === 'agent' && facts.worktree === worktree) : [];
    const running = agents.find(({ facts }) => !facts.dead);
    if (running) return running;
    const old = agents.at(-1);
    return old ? this.#respawn(link, old, request) : this.#create(link, request);
  }

  async #respawn(link: Link, entry: TerminalEntry, request: OpenRequest): Promise<TerminalEntry> {
    const target = `-t '%${entry.facts.pane}'`;
    const resize = request.size ? [`resize-window ${target} -x ${request.size.cols} -y ${request.size.rows}`] : [];
    const describe = `display-message -p ${target} ${quote(paneFormat)}`;
    const bodies = await link.background.client.request(...resize, `respawn-pane -k ${target} ${startArguments(request.launch)}`, describe);
    const facts = parsePaneFacts(bodies.at(-1)?.[0]?.toString('utf8') ?? '');
    if (facts) this.update(entry, facts);
    return entry;
  }

  async #create(link: Link, request: OpenRequest): Promise<TerminalEntry> {
    const size = request.size ?? defaultSize;
    const terminalId = this.#newId();
    const bodies = await link.background.client.request(
      `set-option -g history-limit ${this.#options.historyLines()}`,
      // A new window takes the size of the client that asks; then it is its own. (A global `window-size manual` ends tmux 3.5a.)
      `refresh-client -C ${size.cols}x${size.rows}`,
      `new-window -n ${quote(request.kind)} ${startArguments(request.launch)}`,
      'set-option -w window-size manual',
      setPaneOption('@forge-id', terminalId),
      setPaneOption('@forge-worktree', request.worktree),
      setPaneOption('@forge-kind', request.kind),
      setPaneOption('@forge-created', String(this.#options.now())),
      `display-message -p ${quote(paneFormat)}`,
    );
    const facts = parsePaneFacts(bodies.at(-1)?.[0]?.toString('utf8') ?? '');
    if (facts?.terminalId !== terminalId) throw new AppError('terminal/not-opened', 'The terminal could not be opened. Try again.');
    return this.entries.get(terminalId) ?? this.#add(facts);
  }

  #newId(): string {
    for (;;) {
      const id = idPrefix(this.#options.workspaceId) + randomBytes(3).toString('hex');
      if (!this.entries.has(id)) return id;
    }
  }
}

function setPaneOption(name: string, value: string): string {
  return `set-option -p ${name} ${quote(value)}`;
}

/** The first half of a terminal's id names its workspace, so that no workspace can make a pane that passes for another's terminal. */
function idPrefix(workspaceId: string): string {
  return createHash('sha256').update(workspaceId).digest('hex').slice(0, 6);
}

import { randomBytes } from 'node:crypto';
import type { Channel } from '../../shared/contract/channel.ts';
import { createEmitter } from '../../shared/disposable.ts';
import { AppError } from '../../shared/errors.ts';
import type { Screen, Size, Terminal, TerminalColours } from '../../shared/model/terminal.ts';
import type { Engine } from '../engine/types.ts';
import { KeyedQueue } from '../lib/keyed-queue.ts';
import { clampSize } from './pane-facts.ts';
import { keyCommands, quote } from './quote.ts';
import { texts } from './restore.ts';
import { watchScreen } from './screen-watch.ts';
import type { OpenRequest, Terminals } from './types.ts';
import { untilShown } from './until-shown.ts';
import { Viewer } from './viewer.ts';
import { type TerminalEntry, WorkspaceTerminals } from './workspace-terminals.ts';

export type TerminalsOptions = {
  readonly engine: Pick<Engine, 'openExec' | 'exec' | 'inspectContainer'>;
  /** `uid:gid` that agents run as. */
  readonly agentUser: () => string;
  /** Lines of scrollback of each new terminal. */
  readonly historyLines: () => number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly log: (facts: object, message: string) => void;
};

type Place = { readonly workspace: WorkspaceTerminals; readonly entry: TerminalEntry };

/** Longer pastes go through an exec: appending to a tmux buffer copies it whole each time. */
const longPaste = 256 * 1024;
const pasteChunk = 16 * 1024;

export function createTerminals(options: TerminalsOptions): Terminals {
  return new TmuxTerminals(options);
}

class TmuxTerminals implements Terminals {
  readonly #options: TerminalsOptions;
  readonly #workspaces = new Map<string, WorkspaceTerminals>();
  readonly #sends = new KeyedQueue();
  readonly #changes = createEmitter<{ readonly terminalId: string; readonly terminal: Terminal | null }>();

  constructor(options: TerminalsOptions) {
    this.#options = options;
  }

  readonly connect = async (workspaceId: string, containerId: string): Promise<void> => {
    let workspace = this.#workspaces.get(workspaceId);
    if (!workspace) {
      const onChange = (terminalId: string, terminal: Terminal | null): void => this.#changes.emit({ terminalId, terminal });
      workspace = new WorkspaceTerminals({ ...this.#options, workspaceId, onChange });
      this.#workspaces.set(workspaceId, workspace);
    }
    await workspace.connect(containerId);
  };

  readonly pause = (workspaceId: string): void => this.#workspaces.get(workspaceId)?.pause();

  readonly disconnect = (workspaceId: string, why: 'stopped' | 'unknown' | 'removed'): void => {
    this.#workspaces.get(workspaceId)?.disconnect(why);
    if (why === 'removed') this.#workspaces.delete(workspaceId);
  };

  readonly open = async (request: OpenRequest): Promise<Terminal> => {
    const workspace = this.#workspaces.get(request.workspaceId);
    if (!workspace) throw new AppError('terminal/workspace-stopped', 'The workspace does not run. Start it first.');
    return workspace.describe(await workspace.open(request));
  };

  readonly get = (terminalId: string): Terminal => {
    const { workspace, entry } = this.#find(terminalId);
    return workspace.describe(entry);
  };

  readonly list = (workspaceId?: string): readonly Terminal[] => {
    const workspaces = workspaceId === undefined ? [...this.#workspaces.values()] : [this.#workspaces.get(workspaceId)];
    const all = workspaces.flatMap((workspace) => [...(workspace?.entries.values() ?? [])].map((entry) => workspace!.describe(entry)));
    return all.sort((one, other) => one.createdAt.localeCompare(other.createdAt) || one.terminalId.localeCompare(other.terminalId));
  };

  readonly screen = async (terminalId: string): Promise<Screen> => {
    const { workspace, entry } = this.#find(terminalId);
    const target = `-t '%${entry.facts.pane}'`;
    const format = "'#{cursor_x} #{cursor_y} #{cursor_flag} #{pane_width} #{pane_height}'";
    const bodies = await workspace.server().request(`capture-pane -p ${target}`, `display-message -p ${target} ${format}`);
    const [x = 0, y = 0, visible, cols = 0, rows = 0] = (texts(bodies[1])[0] ?? '').split(' ').map(Number);
    const lines = texts(bodies[0]).map((line) => line.trimEnd());
    return { terminalId, lines, cursor: { x, y, visible: visible === 1 }, size: clampSize({ cols, rows }) };
  };

  /** In the order they were asked for: what is sent meanwhile does not come between a line and its Enter. */
  readonly send = (terminalId: string, text: string, enter: boolean): Promise<void> =>
    this.#sends.run(terminalId, async () => {
      const place = this.#find(terminalId);
      const typeText = (): Promise<void> => this.#type(place, Buffer.from(text));
      if (text !== '' && enter && !place.entry.facts.dead) await untilShown(() => lookAt(place), typeText);
      else if (text !== '') await typeText();
      if (enter) await this.#type(place, Buffer.from('\r'));
    });

  readonly paste = async (terminalId: string, text: string): Promise<void> => {
    const place = this.#find(terminalId);
    this.#requireRunning(place.entry);
    const clean = cleanPaste(text);
    if (clean === '') return;
    const server = place.workspace.server();
    const name = `forge-${randomBytes(6).toString('hex')}`;
    if (clean.length > longPaste) {
      const argv = ['tmux', '-L', 'forgehold', 'load-buffer', '-b', name, '-'];
      const result = await this.#options.engine.exec(server.containerId, argv, { user: this.#options.agentUser(), stdin: clean });
      if (result.exitCode !== 0) throw new AppError('terminal/paste-failed', `The text could not be pasted: ${result.stderr.slice(0, 300)}`);
    } else for (const chunk of chunks(clean)) await server.request(`set-buffer -a -b ${name} -- ${quote(chunk)}`);
    await server.request(`paste-buffer -d -p -b ${name} -t '%${place.entry.facts.pane}'`);
  };

  readonly resize = async (terminalId: string, size: Size): Promise<void> => {
    const { workspace, entry } = this.#find(terminalId);
    await workspace.server().request(`resize-window -t '%${entry.facts.pane}' -x ${size.cols} -y ${size.rows}`);
    workspace.update(entry, { ...entry.facts, size });
  };

  readonly focus = async (terminalId: string, colours?: TerminalColours): Promise<void> => {
    const { workspace, entry } = this.#find(terminalId);
    await workspace.focus(entry);
    if (colours) await workspace.tellColours(colours);
  };

  readonly close = async (terminalId: string): Promise<void> => {
    const { workspace, entry } = this.#find(terminalId);
    const gone = Promise.withResolvers<void>();
    const stop = this.onChange((id, terminal) => id === terminalId && terminal === null && gone.resolve());
    const timer = setTimeout(() => gone.resolve(), 5_000);
    try {
      await workspace.server().request(`kill-pane -t '%${entry.facts.pane}'`);
      await gone.promise;
    } finally {
      clearTimeout(timer);
      stop();
    }
  };

  readonly attach = async (terminalId: string, size: Size | undefined, channel: Channel): Promise<void> => {
    const place = this.#find(terminalId);
    const { workspace, entry } = place;
    const { stream } = entry;
    const viewer = new Viewer(channel, (one) => stream.sent(one));
    // Whoever looks at a paused workspace knows that it is; keys that are pressed all the same go nowhere.
    channel.onData((bytes) => (workspace.paused ? undefined : this.#type(place, bytes)));
    stream.add(viewer);
    if (workspace.paused) viewer.notify({ kind: 'paused', paused: true });
    workspace.focusIfFree(entry);
    try {
      await stream.refresh(size);
      if (size) workspace.update(entry, { ...entry.facts, size });
      if (entry.facts.dead) viewer.notify({ kind: 'exited', ...(entry.facts.exitCode !== undefined && { exitCode: entry.facts.exitCode }) });
      await channel.closed;
    } finally {
      stream.remove(viewer);
    }
  };

  readonly watch = async (terminalId: string, channel: Channel): Promise<void> => {
    const { workspace, entry } = this.#find(terminalId);
    const { stream } = entry;
    const watch = watchScreen(
      channel,
      async () => (workspace.paused ? null : this.screen(terminalId)),
      (error) => channel.end(error),
    );
    const viewer = new Viewer(watch.tap, (one) => stream.sent(one), false);
    stream.add(viewer);
    try {
      await stream.refresh();
      await channel.closed;
    } finally {
      watch.stop();
      stream.remove(viewer);
    }
  };

  readonly onChange: Terminals['onChange'] = (listener) => this.#changes.on(({ terminalId, terminal }) => listener(terminalId, terminal));

  readonly dispose = async (): Promise<void> => {
    for (const workspace of this.#workspaces.values()) workspace.disconnect('unknown');
    this.#workspaces.clear();
  };

  #find(terminalId: string): Place {
    for (const workspace of this.#workspaces.values()) {
      const entry = workspace.entries.get(terminalId);
      if (entry) return { workspace, entry };
    }
    throw new AppError('terminal/not-found', 'There is no such terminal. It was closed, or its workspace was removed.', { details: { terminalId } });
  }

  #requireRunning(entry: TerminalEntry): void {
    if (entry.facts.dead) throw new AppError('terminal/exited', 'The program in this terminal has ended. Open it again first.');
  }

  /** Raw bytes, in order. Input for a program that has ended goes nowhere, as in any terminal. */
  async #type({ workspace, entry }: Place, bytes: Uint8Array): Promise<void> {
    if (entry.facts.dead) return;
    const link = await workspace.server().link();
    await Promise.all(keyCommands(entry.facts.pane, bytes).map((command) => link.background.client.request(command)));
  }
}

/** The screen and its cursor, to be compared. */
async function lookAt({ workspace, entry }: Place): Promise<string> {
  const target = `-t '%${entry.facts.pane}'`;
  const bodies = await workspace.server().request(`capture-pane -p ${target}`, `display-message -p ${target} '#{cursor_x} #{cursor_y}'`);
  return bodies.flatMap((body) => texts(body)).join('\n');
}

/** What a paste must not hold: an escape could end the bracketed paste and go on as keys. It becomes a visible sign, as xterm does it. */
function cleanPaste(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll('\u001b', '\u241b')
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '');
}

function* chunks(text: string): Generator<string> {
  const characters = Array.from(text);
  for (let at = 0; at < characters.length; at += pasteChunk) yield characters.slice(at, at + pasteChunk).join('');
}

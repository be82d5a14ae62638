import { AppError } from '../../shared/errors.ts';
import type { Size } from '../../shared/model/terminal.ts';
import type { Link } from './carriers.ts';
import { startArguments } from './launch.ts';
import { type PaneFacts, paneFormat, parsePaneFacts } from './pane-facts.ts';
import { quote } from './quote.ts';
import type { OpenRequest } from './types.ts';

const defaultSize: Size = { cols: 120, rows: 32 };

export type NewPane = {
  readonly terminalId: string;
  readonly historyLines: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
};

/** A window of its own for a new terminal. Throws `terminal/not-opened`. */
export async function createPane(link: Link, { terminalId, historyLines, now }: NewPane, request: OpenRequest): Promise<PaneFacts> {
  const size = request.size ?? defaultSize;
  const bodies = await link.background.client.request(
    `set-option -g history-limit ${historyLines}`,
    // A new window takes the size of the client that asks; then it is its own. (A global `window-size manual` ends tmux 3.5a.)
    `refresh-client -C ${size.cols}x${size.rows}`,
    `new-window -n ${quote(request.kind)} ${startArguments(request.launch)}`,
    'set-option -w window-size manual',
    setPaneOption('@forge-id', terminalId),
    setPaneOption('@forge-worktree', request.worktree),
    setPaneOption('@forge-kind', request.kind),
    setPaneOption('@forge-created', String(now)),
    `display-message -p ${quote(paneFormat)}`,
  );
  const facts = readFacts(bodies);
  if (facts?.terminalId !== terminalId) throw new AppError('terminal/not-opened', 'The terminal could not be opened. Try again.');
  return facts;
}

/** Starts a program anew in a pane whose program has ended. Null: tmux does not say what became of it. */
export async function respawnPane(link: Link, pane: number, request: OpenRequest): Promise<PaneFacts | null> {
  const target = `-t '%${pane}'`;
  const resize = request.size ? [`resize-window ${target} -x ${request.size.cols} -y ${request.size.rows}`] : [];
  const describe = `display-message -p ${target} ${quote(paneFormat)}`;
  return readFacts(await link.background.client.request(...resize, `respawn-pane -k ${target} ${startArguments(request.launch)}`, describe));
}

/** The last command asked for them. */
function readFacts(bodies: readonly (readonly Buffer[])[]): PaneFacts | null {
  return parsePaneFacts(bodies.at(-1)?.[0]?.toString('utf8') ?? '');
}

function setPaneOption(name: string, value: string): string {
  return `set-option -p ${name} ${quote(value)}`;
}

import type { Channel } from '../../shared/contract/channel.ts';
import type { Dispose } from '../../shared/disposable.ts';
import type { Screen, Size, Terminal, TerminalColours, TerminalKind } from '../../shared/model/terminal.ts';

/** How to start a program in a worktree; made by the agents slice. */
export type Launch = {
  readonly argv: readonly string[];
  readonly workingDir: string;
  /** Added to the container's own; never a secret (it is in the pane's environment). */
  readonly env: Readonly<Record<string, string>>;
};

export type OpenRequest = {
  readonly workspaceId: string;
  readonly worktree: string;
  readonly kind: TerminalKind;
  readonly size?: Size;
  readonly launch: Launch;
  /** Opens another agent beside one that runs, instead of answering that one. */
  readonly beside?: boolean;
};

/** Terminals of all workspaces. A workspace's tmux server is reached by exec in its agent container. */
export type Terminals = {
  /** The workspace's agent container runs, or goes on: connect its two control clients and find the terminals that live there. Idempotent. */
  readonly connect: (workspaceId: string, containerId: string) => Promise<void>;
  /** The container is frozen: its terminals are `paused` until the next `connect`. Screens stay with those who look; nothing is asked of tmux. */
  readonly pause: (workspaceId: string) => void;
  /** The container is gone or stopped; its terminals become `stopped` (or `unknown` when the engine is away). */
  readonly disconnect: (workspaceId: string, why: 'stopped' | 'unknown' | 'removed') => void;
  /** Reuses the worktree's running agent terminal; an exited one is respawned in its place. */
  readonly open: (request: OpenRequest) => Promise<Terminal>;
  readonly get: (terminalId: string) => Terminal;
  readonly list: (workspaceId?: string) => readonly Terminal[];
  readonly screen: (terminalId: string) => Promise<Screen>;
  readonly send: (terminalId: string, text: string, enter: boolean) => Promise<void>;
  readonly paste: (terminalId: string, text: string) => Promise<void>;
  readonly resize: (terminalId: string, size: Size) => Promise<void>;
  /** `colours`: of the viewer that looks now; tmux tells them to programs that ask (OSC 10 and 11). */
  readonly focus: (terminalId: string, colours?: TerminalColours) => Promise<void>;
  readonly close: (terminalId: string) => Promise<void>;
  /** Restore, then live output, until the channel closes. */
  readonly attach: (terminalId: string, size: Size | undefined, channel: Channel) => Promise<void>;
  /** Sends the screen as text, once and after output, until the channel closes; whoever watches counts as one who looks. */
  readonly watch: (terminalId: string, channel: Channel) => Promise<void>;
  /** A terminal in its new form, or null when it is gone. */
  readonly onChange: (listener: (terminalId: string, terminal: Terminal | null) => void) => Dispose;
  readonly dispose: () => Promise<void>;
};

import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';
import type { Terminal } from '../../../shared/model/terminal.ts';
import type { Workspace } from '../../../shared/model/workspace.ts';
import { terminalName } from '../../../shared/words.ts';
import { useClient, useLive } from '../../lib/core.tsx';
import { useAction } from '../../lib/use-action.ts';
import { PaneHeader } from './pane-header.tsx';
import { takeView } from './views.ts';
import styles from './workspace.module.css';

export type PaneProps = {
  readonly workspace: Workspace;
  readonly terminal: Terminal;
  readonly second: boolean;
  readonly active: boolean;
  /** The other pane's terminal, while there are two. */
  readonly other: Terminal | null;
  readonly splitting: boolean;
  readonly onActive: () => void;
  readonly onOther: () => void;
  readonly onSplit: () => void;
  readonly onAlone: () => void;
  readonly onReplace: (terminalId: string) => void;
};

export function TerminalPane(props: PaneProps): ReactNode {
  const { workspace, terminal, second, active, other, onActive } = props;
  const host = useTerminalHost(terminal.terminalId, active);
  const restart = useRestart(props);
  const exited = terminal.state.kind === 'exited';
  function keys(event: KeyboardEvent): void {
    const inTerminal = host.current?.contains(event.target as Node) ?? false;
    if (!exited || event.key !== 'Enter' || !inTerminal) return;
    event.preventDefault();
    event.stopPropagation();
    restart.run();
  }
  return (
    <section
      className={`pane ${active ? 'active' : ''} ${second ? styles.second : styles.main} ${other && !active ? styles.hiddenWhenNarrow : ''}`}
      aria-label={`${terminalName(terminal, workspace)} in ${terminal.worktree}`}
      data-region="pane"
      data-state={terminal.state.kind}
      onFocus={onActive}
      onKeyDownCapture={keys}
    >
      <PaneHeader {...props} restart={restart} />
      <div className={styles.host} ref={host} />
    </section>
  );
}

/** Mounts the terminal's view, which lives outside React, into the element that the ref is given to. */
function useTerminalHost(terminalId: string, active: boolean) {
  const host = useRef<HTMLDivElement>(null);
  const client = useClient();
  const generation = useLive((live) => (live.status.kind === 'live' ? live.status.generation : null));
  const last = useRef(0);
  last.current = generation ?? last.current;
  const current = generation ?? last.current;
  const wasActive = useRef(active);
  wasActive.current = active;
  useEffect(() => {
    const element = host.current;
    if (!element || current === 0) return;
    const view = takeView(client, current, terminalId);
    view.mount(element);
    if (wasActive.current && !document.querySelector('[role="dialog"], [role="menu"]')) view.focus();
    return () => view.unmount();
  }, [client, current, terminalId]);
  return host;
}

export type Restart = { readonly run: () => void; readonly busy: boolean; readonly error: unknown };

/** Starts what has ended again: the agent resumes in its place, a shell is replaced by a new one. */
function useRestart({ workspace, terminal, onReplace }: PaneProps): Restart {
  const client = useClient();
  const action = useAction();
  async function restart(): Promise<void> {
    const opened = await client.call('terminals.open', { workspaceId: workspace.workspaceId, worktree: terminal.worktree, kind: terminal.kind });
    onReplace(opened.terminalId);
    if (opened.terminalId !== terminal.terminalId) await client.call('terminals.close', { terminalId: terminal.terminalId });
  }
  return { run: () => void action.run(restart), busy: action.busy, error: action.error };
}

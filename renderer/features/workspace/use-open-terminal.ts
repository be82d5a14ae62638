import { useCallback } from 'react';
import type { Terminal, TerminalKind } from '../../../shared/model/terminal.ts';
import type { Workspace } from '../../../shared/model/workspace.ts';
import { useClient } from '../../lib/core.tsx';
import { navigate } from '../../lib/route.ts';
import { useAction } from '../../lib/use-action.ts';

type Options = {
  readonly replace?: boolean;
  /** Of an agent; by default its last one goes on. */
  readonly session?: 'new' | 'fork';
  /** The panes to show it in; by default it alone. */
  readonly place?: (terminal: Terminal) => readonly string[];
};

/** Opens the agent or a shell, and goes there. */
export function useOpenTerminal(workspace: Workspace) {
  const client = useClient();
  const { run, busy, error, clear } = useAction();
  const { workspaceId } = workspace;
  const open = useCallback(
    (kind: TerminalKind, options: Options = {}) =>
      run(async () => {
        const terminal = await client.call('terminals.open', { workspaceId, kind, ...(options.session && { session: options.session }) });
        const panes = options.place?.(terminal) ?? [terminal.terminalId];
        navigate({ page: 'terminals', workspaceId, panes }, { replace: options.replace ?? false });
      }),
    [client, run, workspaceId],
  );
  return { open, busy, error, clear };
}

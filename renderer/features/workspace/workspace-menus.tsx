import { type ReactNode, useState } from 'react';
import type { TerminalKind } from '../../../shared/model/terminal.ts';
import type { Workspace } from '../../../shared/model/workspace.ts';
import { useClient } from '../../lib/core.tsx';
import { useShortcut } from '../../lib/keys.ts';
import { navigate } from '../../lib/route.ts';
import { useAction } from '../../lib/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { commandEntry } from '../../ui/command-entry.ts';
import { Menu } from '../../ui/menu.tsx';
import { problemText } from '../../ui/problem.tsx';

type NewProps = { readonly workspace: Workspace; readonly busy: boolean; readonly onOpen: (kind: TerminalKind, session?: 'new' | 'fork') => void };

export function NewTerminal({ workspace, busy, onOpen }: NewProps): ReactNode {
  const [open, setOpen] = useState(false);
  useShortcut('newHere', () => setOpen(true));
  const agent =
    workspace.agent === 'shell'
      ? []
      : [
          commandEntry('openAgent', () => onOpen('agent'), { label: workspace.agentTitle }),
          commandEntry('newSession', () => onOpen('agent', 'new'), { label: `${workspace.agentTitle}, new session` }),
          commandEntry('forkSession', () => onOpen('agent', 'fork'), { label: `${workspace.agentTitle}, fork of its session` }),
        ];
  return (
    <Menu
      label="New terminal"
      open={open}
      onOpenChange={setOpen}
      trigger={<Button look="quiet" small icon="plus" title="New terminal" shortcut="newHere" busy={busy} />}
      entries={[...agent, commandEntry('openShell', () => onOpen('shell'), { label: 'Shell' })]}
    />
  );
}

type MenuProps = { readonly workspace: Workspace; readonly onRemove: () => void };

/** What can be done with a workspace now, by the same names as in the palette. */
export function WorkspaceMenu({ workspace, onRemove }: MenuProps): ReactNode {
  const client = useClient();
  const action = useAction();
  const { workspaceId } = workspace;
  const isPaused = workspace.state.kind === 'paused';
  const pauseLabel = { label: isPaused ? 'Resume workspace' : 'Pause workspace' };
  const verbs = {
    startWorkspace: () => client.call('workspaces.start', { workspaceId }),
    pauseWorkspace: () => client.call(isPaused ? 'workspaces.resume' : 'workspaces.pause', { workspaceId }),
    stopWorkspace: () => client.call('workspaces.stop', { workspaceId }),
    restartWorkspace: () => client.call('workspaces.restart', { workspaceId }),
    recreateWorkspace: () => client.call('workspaces.recreate', { workspaceId }),
  } as const;
  const offered = verbsOf(workspace);
  return (
    <Menu
      label="Workspace"
      trigger={
        <Button
          look="quiet"
          small
          icon={action.error ? 'alert' : 'more'}
          title={action.error ? problemText(action.error) : 'Start, stop, edit, remove'}
          busy={action.busy}
        />
      }
      entries={[
        ...(offered.length > 0
          ? [...offered.map((id) => commandEntry(id, () => void action.run(verbs[id]), id === 'pauseWorkspace' ? pauseLabel : {})), 'line' as const]
          : []),
        commandEntry('tab3', () => navigate({ page: 'logs', workspaceId, role: 'agent' })),
        commandEntry('editWorkspace', () => navigate({ page: 'edit', workspaceId })),
        'line',
        commandEntry('removeWorkspace', onRemove, { danger: true }),
      ]}
    />
  );
}

type Verb = 'startWorkspace' | 'pauseWorkspace' | 'stopWorkspace' | 'restartWorkspace' | 'recreateWorkspace';

function verbsOf({ state }: Workspace): readonly Verb[] {
  switch (state.kind) {
    case 'running':
    case 'paused':
      return ['pauseWorkspace', 'stopWorkspace', 'restartWorkspace', 'recreateWorkspace'];
    case 'crashing':
      return ['stopWorkspace', 'recreateWorkspace'];
    case 'stopped':
      return ['startWorkspace', 'recreateWorkspace'];
    case 'failed':
      return ['startWorkspace'];
    case 'creating':
    case 'starting':
    case 'recreating':
    case 'stopping':
    case 'removing':
    case 'unknown':
      return [];
  }
}

import type { ReactNode } from 'react';
import type { Workspace } from '../../../shared/model/workspace.ts';
import { useClient } from '../../lib/core.tsx';
import { navigate } from '../../lib/route.ts';
import { useAction } from '../../lib/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { Menu, type MenuEntry } from '../../ui/menu.tsx';
import { problemText } from '../../ui/problem.tsx';
import { openRow } from './open-row.ts';
import type { RowHands } from './row-hands.ts';
import type { Row } from './rows.ts';

type Run = (work: (client: ReturnType<typeof useClient>) => Promise<unknown>) => void;
type Props = { readonly row: Row; readonly hands: RowHands };

export function RowMenu({ row, hands }: Props): ReactNode {
  const client = useClient();
  const action = useAction();
  return (
    <Menu
      label={`${row.title}: actions`}
      trigger={
        <Button
          look="quiet"
          small
          icon={action.error ? 'alert' : 'more'}
          tabIndex={-1}
          title={action.error ? problemText(action.error) : 'More'}
          busy={action.busy}
        />
      }
      entries={entries(row, hands, (work) => void action.run(() => work(client)))}
    />
  );
}

function entries(row: Row, hands: RowHands, run: Run): MenuEntry[] {
  const { workspace, project } = row;
  const { projectId } = project;
  const create: MenuEntry = {
    label: workspace ? 'Another workspace…' : 'Create workspace…',
    icon: 'plus',
    onSelect: () => navigate({ page: 'projects', sheet: { kind: 'create', projectId } }),
  };
  const rename: MenuEntry = { label: 'Rename', hint: 'F2', onSelect: () => hands.onRename(row) };
  const edit: MenuEntry = workspace
    ? { label: 'Edit…', icon: 'settings', hint: 'E', onSelect: () => navigate({ page: 'edit', workspaceId: workspace.workspaceId }) }
    : { label: 'Project settings…', icon: 'settings', hint: 'E', onSelect: () => navigate({ page: 'projects', sheet: { kind: 'project', projectId } }) };
  if (!workspace) {
    return [
      ...(project.present ? [create] : []),
      rename,
      edit,
      'line',
      { label: 'Remove project', danger: true, hint: '⌫', onSelect: () => hands.onRemove(row) },
    ];
  }
  return [
    { label: 'Open', icon: 'right', hint: '↵', onSelect: () => openRow(row) },
    ...verbs(workspace, run),
    'line',
    rename,
    edit,
    { label: 'Allowed domains', icon: 'domains', onSelect: () => navigate({ page: 'domains', workspaceId: workspace.workspaceId }) },
    { label: 'Logs', icon: 'file', onSelect: () => navigate({ page: 'logs', workspaceId: workspace.workspaceId, role: 'agent' }) },
    { label: 'Duplicate', icon: 'copy', onSelect: () => run((client) => client.call('workspaces.duplicate', { workspaceId: workspace.workspaceId })) },
    create,
    'line',
    { label: 'Remove workspace…', danger: true, hint: '⌫', onSelect: () => hands.onRemove(row) },
    { label: 'Remove project…', danger: true, onSelect: () => hands.onRemoveProject(row) },
  ];
}

/** What its state allows. */
function verbs({ workspaceId, state }: Workspace, run: Run): MenuEntry[] {
  const input = { workspaceId };
  const start: MenuEntry = { label: 'Start', icon: 'play', onSelect: () => run((client) => client.call('workspaces.start', input)) };
  const stop: MenuEntry = { label: 'Stop', icon: 'stop', onSelect: () => run((client) => client.call('workspaces.stop', input)) };
  const pause: MenuEntry = { label: 'Pause', icon: 'pause', onSelect: () => run((client) => client.call('workspaces.pause', input)) };
  const resume: MenuEntry = { label: 'Resume', icon: 'play', onSelect: () => run((client) => client.call('workspaces.resume', input)) };
  const restart: MenuEntry = { label: 'Restart', icon: 'retry', onSelect: () => run((client) => client.call('workspaces.restart', input)) };
  const recreate: MenuEntry = { label: 'Recreate', onSelect: () => run((client) => client.call('workspaces.recreate', input)) };
  switch (state.kind) {
    case 'running':
      return [pause, stop, restart, recreate];
    case 'paused':
      return [resume, stop, restart, recreate];
    case 'crashing':
      return [stop, recreate];
    case 'stopped':
      return [start, recreate];
    case 'failed':
      return [{ ...start, label: 'Try again' }];
    case 'creating':
    case 'starting':
    case 'recreating':
    case 'stopping':
    case 'removing':
    case 'unknown':
      return [];
  }
}

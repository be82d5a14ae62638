import type { ReactNode } from 'react';
import { useClient } from '../../lib/core.tsx';
import { navigate } from '../../lib/route.ts';
import { type Action, useAction } from '../../lib/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { Menu, type MenuEntry } from '../../ui/menu.tsx';
import { problemText } from '../../ui/problem.tsx';
import { reopenAsks } from '../blocked/asks.ts';
import { openRow } from './open-row.ts';
import type { Row } from './rows.ts';

/** The one thing to do about a row's state, where there is one. */
export function RowAction({ row }: { readonly row: Row }): ReactNode {
  const client = useClient();
  const action = useAction();
  const { workspace, project } = row;
  if (!workspace) {
    if (!project.present) return null;
    return (
      <Button small tabIndex={-1} onClick={() => openRow(row)}>
        Create workspace
      </Button>
    );
  }
  const input = { workspaceId: workspace.workspaceId };
  const title = action.error ? problemText(action.error) : undefined;
  switch (workspace.state.kind) {
    case 'creating':
      return (
        <Button
          small
          look="quiet"
          tabIndex={-1}
          busy={action.busy}
          title={title}
          onClick={() => void action.run(() => client.call('workspaces.cancel', input))}
        >
          Cancel
        </Button>
      );
    case 'stopped':
      return (
        <Button small tabIndex={-1} busy={action.busy} title={title} onClick={() => void action.run(() => client.call('workspaces.start', input))}>
          Start
        </Button>
      );
    case 'failed':
      return (
        <Button small tabIndex={-1} busy={action.busy} title={title} onClick={() => void action.run(() => client.call('workspaces.start', input))}>
          Try again
        </Button>
      );
    case 'running':
      return row.blocked.length > 0 ? (
        <Button small tabIndex={-1} onClick={() => review(row)}>
          Review
        </Button>
      ) : null;
    case 'starting':
    case 'stopping':
    case 'removing':
    case 'unknown':
      return null;
  }
}

function review(row: Row): void {
  if (!row.workspace) return;
  reopenAsks(row.workspace.workspaceId);
  openRow(row);
}

export function RowMenu({ row, onRemove }: { readonly row: Row; readonly onRemove: () => void }): ReactNode {
  const client = useClient();
  const action = useAction();
  return (
    <Menu
      label={`${row.title}: actions`}
      trigger={<Button look="quiet" small icon="more" tabIndex={-1} title={action.error ? problemText(action.error) : 'More'} busy={action.busy} />}
      entries={entries(row, onRemove, (work) => void action.run(() => work(client)))}
    />
  );
}

type Run = (work: (client: ReturnType<typeof useClient>) => Promise<unknown>) => ReturnType<Action['run']> | void;

function entries(row: Row, onRemove: () => void, run: Run): MenuEntry[] {
  const { workspace, project } = row;
  const another: MenuEntry = {
    label: workspace ? 'Another workspace…' : 'Create workspace…',
    icon: 'plus',
    onSelect: () => navigate({ page: 'projects', sheet: { kind: 'create', projectId: project.projectId } }),
  };
  const remove: MenuEntry = { label: workspace ? 'Remove workspace…' : 'Remove project…', danger: true, hint: '⌫', onSelect: onRemove };
  if (!workspace) return [...(project.present ? [another] : []), remove];
  const input = { workspaceId: workspace.workspaceId };
  const list: MenuEntry[] = [{ label: 'Open', icon: 'right', hint: '↵', onSelect: () => openRow(row) }];
  if (workspace.state.kind === 'running')
    list.push({ label: 'Stop', icon: 'stop', onSelect: () => void run((client) => client.call('workspaces.stop', input)) });
  if (workspace.state.kind === 'stopped')
    list.push({ label: 'Start', icon: 'play', onSelect: () => void run((client) => client.call('workspaces.start', input)) });
  list.push(
    { label: 'Allowed domains', icon: 'domains', onSelect: () => navigate({ page: 'domains', workspaceId: workspace.workspaceId }) },
    another,
    'line',
    remove,
  );
  return list;
}

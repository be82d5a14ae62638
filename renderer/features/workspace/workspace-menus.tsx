import { type ReactNode, useState } from 'react';
import type { TerminalKind } from '../../../shared/model/terminal.ts';
import type { Workspace } from '../../../shared/model/workspace.ts';
import { useClient } from '../../lib/core.tsx';
import { useShortcut } from '../../lib/keys.ts';
import { useAction } from '../../lib/use-action.ts';
import { agentNames } from '../../lib/words.ts';
import { Button } from '../../ui/button.tsx';
import { Menu, type MenuEntry } from '../../ui/menu.tsx';
import { problemText } from '../../ui/problem.tsx';

type NewProps = { readonly workspace: Workspace; readonly busy: boolean; readonly onOpen: (kind: TerminalKind) => void };

export function NewTerminal({ workspace, busy, onOpen }: NewProps): ReactNode {
  const [open, setOpen] = useState(false);
  useShortcut('newHere', () => setOpen(true));
  const agent: MenuEntry[] = workspace.agent === 'shell' ? [] : [{ label: agentNames[workspace.agent], icon: 'anvil', onSelect: () => onOpen('agent') }];
  return (
    <Menu
      label="New terminal"
      open={open}
      onOpenChange={setOpen}
      trigger={<Button look="quiet" small icon="plus" title="New terminal" shortcut="newHere" busy={busy} />}
      entries={[...agent, { label: 'Shell', icon: 'terminals', onSelect: () => onOpen('shell') }]}
    />
  );
}

export function WorkspaceMenu({ workspace, onRemove }: { readonly workspace: Workspace; readonly onRemove: () => void }): ReactNode {
  const client = useClient();
  const action = useAction();
  const input = { workspaceId: workspace.workspaceId };
  const entries: MenuEntry[] = [];
  if (workspace.state.kind === 'running') {
    entries.push({ label: 'Stop workspace', icon: 'stop', onSelect: () => void action.run(() => client.call('workspaces.stop', input)) });
  }
  if (workspace.state.kind === 'stopped') {
    entries.push({ label: 'Start workspace', icon: 'play', onSelect: () => void action.run(() => client.call('workspaces.start', input)) });
  }
  entries.push({ label: 'Remove workspace…', danger: true, onSelect: onRemove });
  return (
    <Menu
      label="Workspace"
      trigger={
        <Button
          look="quiet"
          small
          icon={action.error ? 'alert' : 'more'}
          title={action.error ? problemText(action.error) : 'Stop, remove'}
          busy={action.busy}
        />
      }
      entries={entries}
    />
  );
}

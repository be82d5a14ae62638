import type { ReactNode } from 'react';
import type { Workspace } from '../../../shared/model/workspace.ts';
import { useClient, useSnapshot } from '../../lib/core.tsx';
import { keyLabel, useShortcut } from '../../lib/keys.ts';
import { type Route, formatRoute, navigate } from '../../lib/route.ts';
import { runCommand } from '../palette/store.ts';
import { terminalsRoute } from '../workspace/panes.ts';
import { Frame } from './frame.tsx';
import { Gone } from './gone.tsx';
import { Shield } from './shield.tsx';
import { Switcher, useWorkspaceTitle } from './switcher.tsx';
import { WorkspaceStatus } from './workspace-status.tsx';

type Tab = 'terminals' | 'domains' | 'logs' | 'edit';
type Props = { readonly workspaceId: string; readonly tab: Tab; readonly children: (workspace: Workspace) => ReactNode };

const tabs = [
  { tab: 'terminals', label: 'Terminals', shortcut: 'tab1' },
  { tab: 'domains', label: 'Allowed domains', shortcut: 'tab2' },
  { tab: 'logs', label: 'Logs', shortcut: 'tab3' },
  { tab: 'edit', label: 'Settings', shortcut: 'editWorkspace' },
] as const;

/** The frame of one workspace's pages. */
export function WorkspaceFrame({ workspaceId, tab, children }: Props): ReactNode {
  const workspace = useSnapshot((snapshot) => snapshot.workspaces.find((item) => item.workspaceId === workspaceId));
  if (!workspace) return <Gone />;
  return (
    <WorkspaceShell workspace={workspace} tab={tab}>
      {children(workspace)}
    </WorkspaceShell>
  );
}

function WorkspaceShell({ workspace, tab, children }: { readonly workspace: Workspace; readonly tab: Tab; readonly children: ReactNode }): ReactNode {
  const { workspaceId } = workspace;
  const title = useWorkspaceTitle(workspace);
  const name = tabs.find((item) => item.tab === tab)!.label;
  useShortcut('tab1', () => navigate(tabRoute('terminals', workspaceId)));
  useShortcut('tab2', () => navigate(tabRoute('domains', workspaceId)));
  useShortcut('tab3', () => navigate(tabRoute('logs', workspaceId)));
  usePauseKey(workspace);
  useShortcut('editWorkspace', () => navigate(tabRoute('edit', workspaceId)));
  return (
    <Frame
      title={`${title}: ${name}`}
      titlebar={
        <>
          <h1 className="sr">{`${title}: ${name}`}</h1>
          <Switcher workspace={workspace} />
          <nav className="tabs" aria-label="Project">
            {tabs.map((item) => (
              <a
                key={item.tab}
                href={formatRoute(tabRoute(item.tab, workspaceId))}
                title={keyLabel(item.shortcut)}
                aria-current={item.tab === tab ? 'page' : undefined}
              >
                {item.label}
                {item.tab === 'edit' && workspace.pending.length + workspace.staleMounts.length > 0 ? <span className="tag acc">recreate</span> : null}
              </a>
            ))}
          </nav>
        </>
      }
      actions={<Shield workspace={workspace} />}
      status={<WorkspaceStatus workspace={workspace} tab={tab} />}
    >
      {children}
    </Frame>
  );
}

/** Pauses what runs, and lets go on what is paused. */
function usePauseKey({ workspaceId, state }: Workspace): void {
  const client = useClient();
  const call = state.kind === 'paused' ? 'workspaces.resume' : 'workspaces.pause';
  const press = (): void => void runCommand(state.kind === 'paused' ? 'Resume workspace' : 'Pause workspace', () => client.call(call, { workspaceId }));
  useShortcut('pauseWorkspace', press, state.kind === 'running' || state.kind === 'paused');
}

function tabRoute(tab: Tab, workspaceId: string): Route {
  if (tab === 'terminals') return terminalsRoute(workspaceId);
  return tab === 'logs' ? { page: 'logs', workspaceId, role: 'agent' } : { page: tab, workspaceId };
}

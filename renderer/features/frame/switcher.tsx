import { type ReactNode, useState } from 'react';
import type { Project } from '../../../shared/model/project.ts';
import type { Workspace } from '../../../shared/model/workspace.ts';
import { useSnapshot } from '../../lib/core.tsx';
import { keyLabel, useShortcut } from '../../lib/keys.ts';
import { navigate, projectsRoute } from '../../lib/route.ts';
import { Icon } from '../../ui/icon.tsx';
import { Menu, type MenuEntry } from '../../ui/menu.tsx';
import { titleOf } from '../projects/rows.ts';
import { terminalsRoute } from '../workspace/panes.ts';

export function useWorkspaceTitle(workspace: Workspace): string {
  const projects = useSnapshot((snapshot) => snapshot.projects);
  const workspaces = useSnapshot((snapshot) => snapshot.workspaces);
  return titleOf(workspace, projects, workspaces);
}

/** Which workspace this is, and the way to any other. */
export function Switcher({ workspace }: { readonly workspace: Workspace }): ReactNode {
  const [open, setOpen] = useState(false);
  const projects = useSnapshot((snapshot) => snapshot.projects);
  const workspaces = useSnapshot((snapshot) => snapshot.workspaces);
  useShortcut('switchProject', () => setOpen((value) => !value));
  return (
    <Menu
      label="Projects"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <button type="button" className="switcher cut" title={`Switch project  ${keyLabel('switchProject')}`}>
          <span className="cut">{titleOf(workspace, projects, workspaces)}</span> <Icon name="down" tone="faint" />
        </button>
      }
      entries={entries(workspace, projects, workspaces)}
    />
  );
}

function entries(current: Workspace, projects: readonly Project[], workspaces: readonly Workspace[]): MenuEntry[] {
  return [
    ...workspaces.map((workspace) => ({
      label: titleOf(workspace, projects, workspaces),
      current: workspace.workspaceId === current.workspaceId,
      icon: workspace.workspaceId === current.workspaceId ? ('check' as const) : ('folder' as const),
      onSelect: () => navigate(terminalsRoute(workspace.workspaceId)),
    })),
    'line',
    { label: 'All projects', icon: 'projects', hint: keyLabel('rail1'), onSelect: () => navigate(projectsRoute) },
  ];
}

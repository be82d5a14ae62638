import type { ReactNode } from 'react';
import type { Workspace } from '../../../shared/model/workspace.ts';
import { nameWorkspace } from '../../../shared/words.ts';
import { useSnapshot } from '../../lib/core.tsx';
import { keyLabel } from '../../lib/keys.ts';
import { Icon } from '../../ui/icon.tsx';
import { openPalette } from '../palette/store.ts';

export function useWorkspaceTitle(workspace: Workspace): string {
  const projects = useSnapshot((snapshot) => snapshot.projects);
  const workspaces = useSnapshot((snapshot) => snapshot.workspaces);
  return nameWorkspace(workspace, projects, workspaces);
}

/** Which workspace this is, and the way to any other. */
export function Switcher({ workspace }: { readonly workspace: Workspace }): ReactNode {
  const title = useWorkspaceTitle(workspace);
  return (
    <button
      type="button"
      className="switcher cut"
      title={`Switch project  ${keyLabel('switchProject')}`}
      aria-haspopup="dialog"
      onClick={() => openPalette('places')}
    >
      <span className="cut">{title}</span> <Icon name="down" tone="faint" />
    </button>
  );
}

import { type Route, formatRoute, navigate } from '../../lib/route.ts';
import { terminalsRoute } from '../workspace/panes.ts';
import type { Row } from './rows.ts';

/** Where ↵ leads; null while there is nowhere to go. */
function rowRoute(row: Row): Route | null {
  const { workspace, project } = row;
  if (!workspace) return project.present ? { page: 'projects', sheet: { kind: 'create', projectId: project.projectId } } : null;
  if (workspace.state.kind === 'creating') return { page: 'projects', sheet: { kind: 'progress', workspaceId: workspace.workspaceId } };
  return terminalsRoute(workspace.workspaceId);
}

export function rowAddress(row: Row): string | undefined {
  const route = rowRoute(row);
  return route ? formatRoute(route) : undefined;
}

export function openRow(row: Row): void {
  const route = rowRoute(row);
  if (route) navigate(route);
}

/** To what the row's workspace, or its project without one, is made of. */
export function editRow({ workspace, project }: Row): void {
  if (workspace) navigate({ page: 'edit', workspaceId: workspace.workspaceId });
  else navigate({ page: 'projects', sheet: { kind: 'project', projectId: project.projectId } });
}

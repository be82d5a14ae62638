import { navigate } from '../../lib/route.ts';
import type { Row } from './rows.ts';

/** Where ↵ leads. */
export function openRow(row: Row): void {
  if (!row.workspace) {
    if (row.project.present) navigate({ page: 'projects', sheet: { kind: 'create', projectId: row.project.projectId } });
  } else if (row.workspace.state.kind === 'creating') {
    navigate({ page: 'projects', sheet: { kind: 'progress', workspaceId: row.workspace.workspaceId } });
  } else {
    navigate({ page: 'terminals', workspaceId: row.workspace.workspaceId, panes: [] });
  }
}

import type { Blocked } from '../../../shared/model/domain.ts';
import type { Project } from '../../../shared/model/project.ts';
import type { Snapshot } from '../../../shared/model/snapshot.ts';
import type { Terminal } from '../../../shared/model/terminal.ts';
import type { Workspace } from '../../../shared/model/workspace.ts';
import { type Telling, describeWorkspace } from '../../lib/words.ts';

/** A line of the list: a workspace, or a project that has none yet. */
export type Row = {
  readonly key: string;
  readonly title: string;
  readonly project: Project;
  readonly workspace: Workspace | null;
  readonly terminals: readonly Terminal[];
  readonly blocked: readonly Blocked[];
  readonly telling: Telling;
};

/** The project's name; with several workspaces also which. */
export function titleOf(workspace: Workspace, projects: readonly Project[], workspaces: readonly Workspace[]): string {
  const name = projects.find((project) => project.projectId === workspace.projectId)?.name ?? 'Unknown project';
  const several = workspaces.filter((other) => other.projectId === workspace.projectId).length > 1;
  return several ? `${name} / ${workspace.name}` : name;
}

/** Projects in the order they were added, each with its workspaces in theirs. Attention marks a row, it does not move it. */
export function buildRows(snapshot: Pick<Snapshot, 'projects' | 'workspaces' | 'terminals' | 'blocked'>): Row[] {
  const terminals = Map.groupBy(snapshot.terminals, (terminal) => terminal.workspaceId);
  const blocked = new Map(snapshot.blocked.map((item) => [item.workspaceId, item.hosts]));
  const workspaces = Map.groupBy(snapshot.workspaces, (workspace) => workspace.projectId);
  return snapshot.projects.flatMap((project) => {
    const own = workspaces.get(project.projectId) ?? [];
    if (own.length === 0) return [emptyRow(project)];
    return own.map((workspace) => {
      const open = terminals.get(workspace.workspaceId) ?? [];
      const names = blocked.get(workspace.workspaceId) ?? [];
      return {
        key: workspace.workspaceId,
        title: titleOf(workspace, snapshot.projects, own),
        project,
        workspace,
        terminals: open,
        blocked: names,
        telling: describeWorkspace(workspace, open, names),
      };
    });
  });
}

function emptyRow(project: Project): Row {
  const telling: Telling = project.present
    ? { glyph: 'none', word: 'No workspace yet', tone: 'dim', detail: 'Nothing runs for this folder', attention: false }
    : { glyph: 'none', word: 'Folder not found', tone: 'bad', detail: 'Put it back, or remove the project', attention: true };
  return { key: project.projectId, title: project.name, project, workspace: null, terminals: [], blocked: [], telling };
}

export type Show = 'all' | 'attention' | 'running';

export function filterRows(rows: readonly Row[], show: Show, text: string): Row[] {
  const wanted = text.trim().toLowerCase();
  return rows.filter((row) => {
    if (show === 'attention' && !row.telling.attention) return false;
    if (show === 'running' && row.workspace?.state.kind !== 'running') return false;
    return wanted === '' || `${row.title} ${row.project.path} ${row.workspace?.name ?? ''}`.toLowerCase().includes(wanted);
  });
}

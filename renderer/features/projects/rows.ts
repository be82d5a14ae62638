import type { Blocked } from '../../../shared/model/domain.ts';
import type { Project } from '../../../shared/model/project.ts';
import type { Snapshot } from '../../../shared/model/snapshot.ts';
import type { Terminal } from '../../../shared/model/terminal.ts';
import type { Workspace } from '../../../shared/model/workspace.ts';
import { type Telling, describeWorkspace, nameWorkspace } from '../../../shared/words.ts';

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

/** Projects in the order they were added, each with its workspaces in theirs. Attention marks a row, it does not move it. */
export function buildRows(snapshot: Pick<Snapshot, 'projects' | 'workspaces' | 'terminals' | 'blocked'>): Row[] {
  const terminals = Map.groupBy(snapshot.terminals, (terminal) => terminal.workspaceId);
  const blocked = new Map(snapshot.blocked.map((item) => [item.workspaceId, item]));
  const workspaces = Map.groupBy(snapshot.workspaces, (workspace) => workspace.projectId);
  return snapshot.projects.flatMap((project) => {
    const own = workspaces.get(project.projectId) ?? [];
    if (own.length === 0) return [emptyRow(project)];
    return own.map((workspace) => {
      const open = terminals.get(workspace.workspaceId) ?? [];
      const { hosts: names = [], total = 0 } = blocked.get(workspace.workspaceId) ?? {};
      return {
        key: workspace.workspaceId,
        title: nameWorkspace(workspace, snapshot.projects, own),
        project,
        workspace,
        terminals: open,
        blocked: names,
        telling: describeWorkspace(workspace, open, names, total),
      };
    });
  });
}

function emptyRow(project: Project): Row {
  const nothing = project.kind === 'clone' ? 'Cloned inside the wall on first start' : 'Nothing runs for this folder';
  const telling: Telling = project.present
    ? { glyph: 'none', word: 'No workspace yet', tone: 'dim', detail: nothing, attention: false }
    : { glyph: 'none', word: 'Folder not found', tone: 'bad', detail: 'Put it back, or remove the project', attention: true };
  return { key: project.projectId, title: project.name, project, workspace: null, terminals: [], blocked: [], telling };
}

const shows = ['all', 'attention', 'running'] as const;
export type Show = (typeof shows)[number];

export function readShow(text: string): Show | null {
  return shows.find((value) => value === text) ?? null;
}

/** Every word of the text has to be somewhere in the row's names, place, agent or state. */
export function filterRows(rows: readonly Row[], show: Show, text: string): Row[] {
  const words = text.trim().toLowerCase().split(/\s+/);
  return rows.filter((row) => {
    if (show === 'attention' && !row.telling.attention) return false;
    if (show === 'running' && row.workspace?.state.kind !== 'running') return false;
    const { project, workspace } = row;
    const facts = [row.title, project.name, project.url ?? project.path, workspace?.name, workspace?.agentTitle, row.telling.word].join(' ').toLowerCase();
    return words.every((word) => facts.includes(word));
  });
}

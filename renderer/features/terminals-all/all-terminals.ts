import type { Snapshot } from '../../../shared/model/snapshot.ts';
import type { Terminal } from '../../../shared/model/terminal.ts';
import type { Workspace } from '../../../shared/model/workspace.ts';
import { type Telling, describeTerminal, isAlive, terminalName, nameWorkspace } from '../../../shared/words.ts';

/** A terminal of any project, as the list shows it. */
export type TerminalRow = {
  readonly terminal: Terminal;
  readonly workspace: Workspace;
  readonly name: string;
  readonly place: string;
  readonly telling: Telling;
};

export type ShowTerminals = 'running' | 'agents' | 'all';

/** In the order of their workspaces, then as they were opened: rows stay where they are. */
export function buildTerminalRows({ terminals, workspaces, projects }: Pick<Snapshot, 'terminals' | 'workspaces' | 'projects'>): TerminalRow[] {
  const byWorkspace = Map.groupBy(terminals, (terminal) => terminal.workspaceId);
  return workspaces.flatMap((workspace) =>
    (byWorkspace.get(workspace.workspaceId) ?? []).map((terminal) => ({
      terminal,
      workspace,
      name: terminalName(terminal, workspace),
      place: nameWorkspace(workspace, projects, workspaces),
      telling: describeTerminal(terminal),
    })),
  );
}

export function filterTerminalRows(rows: readonly TerminalRow[], show: ShowTerminals, text: string): TerminalRow[] {
  const wanted = text.trim().toLowerCase();
  return rows.filter(({ terminal, name, place, telling }) => {
    if (show !== 'all' && !isAlive(terminal)) return false;
    if (show === 'agents' && terminal.kind !== 'agent') return false;
    return wanted === '' || `${name} ${place} ${terminal.worktree} ${telling.detail}`.toLowerCase().includes(wanted);
  });
}

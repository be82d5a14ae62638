import { commandIds } from '../../../shared/commands.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Intent } from '../../../shared/model/shell.ts';
import type { Snapshot } from '../../../shared/model/snapshot.ts';
import type { Route } from '../../lib/route.ts';

/** Where an intent leads in what there is. */
export type Lead =
  | { readonly kind: 'go'; readonly to: Route; /** The row to select there. */ readonly projectId?: string }
  /** The sheet that adds a project, with this text. */
  | { readonly kind: 'add'; readonly text: string }
  | { readonly kind: 'command'; readonly id: (typeof commandIds)[number] }
  | { readonly kind: 'tell'; readonly error: AppError };

/** Ids may come from a link that somebody else made, or be older than what there is: what is not there is told, never made. */
export function leadOf(intent: Intent, { projects, workspaces, terminals }: Pick<Snapshot, 'projects' | 'workspaces' | 'terminals'>): Lead {
  switch (intent.kind) {
    case 'refused':
      return tell(intent.message);
    case 'command': {
      const id = commandIds.find((name) => name === intent.id);
      return id ? { kind: 'command', id } : tell('This version has no such command.');
    }
    case 'add': {
      const known = projects.find((project) => project.path === intent.place || project.url === intent.place);
      return known ? toProject(known.projectId) : { kind: 'add', text: intent.place };
    }
    case 'project':
      return projects.some(({ projectId }) => projectId === intent.projectId)
        ? toProject(intent.projectId)
        : tell('The project that was asked for is not here.');
    case 'create':
      return projects.some(({ projectId }) => projectId === intent.projectId)
        ? { kind: 'go', to: { page: 'projects', sheet: { kind: 'create', projectId: intent.projectId } } }
        : tell('The project that was asked for is not here.');
    case 'workspace': {
      const { workspaceId, terminalId, tab } = intent;
      if (!workspaces.some((workspace) => workspace.workspaceId === workspaceId)) return tell('The workspace that was asked for is not here.');
      if (tab) return { kind: 'go', to: { page: tab, workspaceId } };
      const isThere = terminals.some((terminal) => terminal.terminalId === terminalId && terminal.workspaceId === workspaceId);
      return { kind: 'go', to: { page: 'terminals', workspaceId, panes: terminalId !== undefined && isThere ? [terminalId] : [] } };
    }
  }
}

function toProject(projectId: string): Lead {
  return { kind: 'go', to: { page: 'projects', sheet: null }, projectId };
}

function tell(message: string): Lead {
  return { kind: 'tell', error: new AppError('shell/not-opened', message) };
}

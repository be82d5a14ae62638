import type { Snapshot } from '../../shared/model/snapshot.ts';

/** An agent whose program runs, whether it works or waits for an answer: what it runs in, for people. */
export type WorkingAgent = { readonly workspaceId: string; readonly agent: string; readonly project: string; readonly workspace: string };

/** One for each workspace: it is what stops. */
export function findWorkingAgents({ terminals, workspaces, projects }: Pick<Snapshot, 'terminals' | 'workspaces' | 'projects'>): readonly WorkingAgent[] {
  const busy = new Set(
    terminals
      .filter(({ kind, state }) => kind === 'agent' && (state.kind === 'connected' || state.kind === 'background'))
      .map(({ workspaceId }) => workspaceId),
  );
  return workspaces
    .filter(({ workspaceId }) => busy.has(workspaceId))
    .map(({ workspaceId, agentTitle, name, projectId }) => {
      const project = projects.find((one) => one.projectId === projectId)?.name ?? projectId;
      return { workspaceId, agent: agentTitle, project, workspace: name };
    });
}

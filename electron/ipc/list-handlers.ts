import type { Owner } from '../network/types.ts';
import type { Services } from './handlers.ts';
import type { Core } from './types.ts';

/** What is done with many rules at a time. */
export function listCalls({ projects, projectFiles, workspaces, lists }: Pick<Services, 'projects' | 'projectFiles' | 'workspaces' | 'lists'>) {
  /** Whoever is named is there; the project, where there is one. */
  async function findProject({ workspaceId, projectId }: Owner): Promise<string | null> {
    const named = workspaceId === undefined ? projectId : workspaces.get(workspaceId).projectId;
    return named === undefined ? null : (await projects.get(named)).projectId;
  }
  async function describe(owner: Owner) {
    const projectId = await findProject(owner);
    if (projectId === null) return lists.presets(owner, new Map());
    const { detected } = await projectFiles.findings(await projects.get(projectId));
    const agents = workspaces.list(projectId).map(({ agent, agentTitle }) => [agent, `${agentTitle} works on it.`] as const);
    return lists.presets(owner, new Map([...agents, ...detected.map(({ preset, because }) => [preset, because] as const)]));
  }
  return {
    'domains.addMany': async ({ workspaceId, projectId, text, ...options }) => {
      const owner = { workspaceId, projectId };
      await findProject(owner);
      const { added, refused } = await lists.addLines(owner, text, { ...options, addedBy: 'user' });
      return { added: [...added], refused: [...refused] };
    },
    'domains.presets': (owner) => describe(owner),
    'domains.setPreset': async ({ preset, on, ...owner }) => {
      await findProject(owner);
      await lists.setPreset(owner, preset, on);
      return describe(owner);
    },
    'domains.learned': ({ workspaceId }) => {
      workspaces.get(workspaceId);
      return lists.review(workspaceId);
    },
    'domains.acceptLearned': async ({ workspaceId, rules }) => {
      workspaces.get(workspaceId);
      const added = await lists.accept(workspaceId, rules);
      return { added: [...added], workspace: workspaces.get(workspaceId) };
    },
    'domains.discardLearned': ({ workspaceId }) => {
      workspaces.get(workspaceId);
      lists.discard(workspaceId);
      return {};
    },
    'domains.export': async (owner) => {
      await findProject(owner);
      return { text: lists.write(owner) };
    },
    'domains.import': async ({ text, dryRun, ...owner }) => {
      await findProject(owner);
      const { format, rules, refused } = await lists.read(owner, text, dryRun);
      return { format, rules: [...rules], refused: [...refused] };
    },
  } satisfies Partial<Core['calls']>;
}

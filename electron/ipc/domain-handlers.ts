import { AppError } from '../../shared/errors.ts';
import type { Owner } from '../network/types.ts';
import type { Services } from './handlers.ts';
import type { Core } from './types.ts';

type Calls = Core['calls'];

/** Rules, decisions and blocked names. What a name, a port or a scope may be is the wall's to say. */
export function domainCalls({ projects, workspaces, wall }: Pick<Services, 'projects' | 'workspaces' | 'wall'>) {
  /** Whoever is named is there. */
  async function known({ workspaceId, projectId }: Owner): Promise<Owner> {
    if (workspaceId !== undefined) workspaces.get(workspaceId);
    if (projectId !== undefined) await projects.get(projectId);
    return { workspaceId, projectId };
  }
  return {
    'domains.list': ({ workspaceId }) => {
      workspaces.get(workspaceId);
      return { rules: [...wall.counted(wall.rules(workspaceId))], blocked: [...wall.blocked(workspaceId)] };
    },
    'domains.all': () => [...wall.counted(wall.allRules())],
    'domains.add': async ({ workspaceId, projectId, ...input }) => {
      const [rule] = await wall.addRules(await known({ workspaceId, projectId }), [{ ...input, addedBy: 'user' }]);
      return rule!;
    },
    'domains.remove': async ({ ids, workspaceId, pattern }) => {
      if (workspaceId !== undefined) workspaces.get(workspaceId);
      else if (pattern !== undefined)
        throw new AppError('domain/no-owner', 'A pattern is taken off the list of a workspace. Name it, or the ids of the rules.');
      const own = workspaceId !== undefined && pattern !== undefined ? await wall.removeRule(workspaceId, pattern) : [];
      return { removed: [...own, ...(await wall.removeRules(ids))] };
    },
    'domains.restore': async ({ rules }) => {
      await Promise.all(rules.map(known));
      await wall.restoreRules(rules);
      return {};
    },
    'domains.answer': ({ workspaceId, ...blocked }) => {
      workspaces.get(workspaceId);
      return wall.answer(workspaceId, blocked);
    },
    'domains.dismiss': ({ workspaceId, host }) => {
      workspaces.get(workspaceId);
      wall.dismiss(workspaceId, host);
      return {};
    },
    'domains.setMode': async ({ workspaceId, mode, minutes }) => {
      workspaces.get(workspaceId);
      await wall.setMode(workspaceId, mode, minutes);
      return workspaces.get(workspaceId);
    },
    'domains.decisions': ({ workspaceId, ...query }) => {
      if (workspaceId !== undefined) workspaces.get(workspaceId);
      return [...wall.decisions({ workspaceId, ...query })];
    },
    'selftest.last': ({ workspaceId }) => {
      workspaces.get(workspaceId);
      return wall.lastTest(workspaceId);
    },
  } satisfies Partial<Calls>;
}

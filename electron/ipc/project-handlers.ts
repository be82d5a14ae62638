import { AppError } from '../../shared/errors.ts';
import type { Services } from './handlers.ts';
import type { Core } from './types.ts';

/** The contract's calls on projects. */
export function projectCalls({ projects, projectFiles, workspaces, engines, prepare }: Services) {
  return {
    'projects.create': async ({ path }) => {
      const project = await projects.create(path);
      prepare();
      return project;
    },
    'projects.clone': async ({ url, keep, engine }) => {
      const project = await projects.clone({ url, keep, engine });
      prepare(project.engine);
      return project;
    },
    'projects.edit': async ({ projectId, name, engine, preset }) => {
      if (engine !== undefined && !(await engines.list()).some(({ engineId }) => engineId === engine))
        throw new AppError('project/engine-unknown', `There is no engine "${engine}". The settings name those there are.`, { details: { engine } });
      const project = await projects.edit(projectId, { name, engine, preset });
      if (engine !== undefined) prepare(project.engine);
      if (preset !== undefined) await workspaces.layersChanged(projectId);
      return project;
    },
    'projects.findings': async ({ projectId }) => projectFiles.findings(await projects.get(projectId)),
    'projects.trust': async ({ projectId, path, hash }) => {
      const findings = await projectFiles.trust(await projects.get(projectId), path, hash);
      await workspaces.layersChanged(projectId);
      return findings;
    },
    'projects.list': async () => [...(await projects.list())],
    'projects.removal': ({ projectId }) => workspaces.removalOfProject(projectId),
    'projects.remove': async ({ projectId, discard }) => {
      await projects.remove(projectId, { discard });
      return {};
    },
    'projects.browse': ({ path }) => projects.browse(path),
  } satisfies Partial<Core['calls']>;
}

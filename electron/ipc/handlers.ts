import { contractVersion } from '../../shared/contract/index.ts';
import type { AgentImports } from '../../shared/model/agent-definition.ts';
import type { Definitions } from '../agents/definitions.ts';
import type { AgentRegistry, Vault } from '../agents/types.ts';
import type { ImageCheck } from '../engine/own-image.ts';
import type { Engine } from '../engine/types.ts';
import type { Lists } from '../network/lists.ts';
import type { Wall } from '../network/types.ts';
import type { SettingsStore } from '../settings/settings.ts';
import type { Terminals } from '../terminals/types.ts';
import type { ProjectFiles } from '../workspaces/project-files/project-files.ts';
import type { Projects } from '../workspaces/projects.ts';
import type { Workspaces } from '../workspaces/workspaces.ts';
import { agentCalls } from './agent-handlers.ts';
import { careCalls, type CareServices } from './care-handlers.ts';
import { domainCalls } from './domain-handlers.ts';
import { engineCalls, type EngineServices } from './engine-handlers.ts';
import { listCalls } from './list-handlers.ts';
import type { LiveState } from './live-state.ts';
import { projectCalls } from './project-handlers.ts';
import { terminalCalls, terminalStreams } from './terminal-handlers.ts';
import type { Core } from './types.ts';

export type Services = CareServices &
  EngineServices & {
    readonly version: string;
    readonly dataFolder: string;
    readonly live: LiveState;
    readonly settings: SettingsStore;
    readonly engine: Engine;
    readonly projects: Projects;
    readonly projectFiles: ProjectFiles;
    readonly workspaces: Workspaces;
    readonly wall: Wall;
    readonly lists: Lists;
    readonly terminals: Terminals;
    readonly registry: AgentRegistry;
    readonly vault: Vault;
    readonly definitions: Definitions;
    readonly imports: (agent: string) => Promise<AgentImports>;
    readonly listCaches: () => { readonly id: string; readonly title: string }[];
    readonly checkImage: (image: string, engineId: string | undefined, signal: AbortSignal) => Promise<ImageCheck>;
    /** The user is about to need images and tools. */
    readonly prepare: (engineId?: string) => void;
  };

type Calls = Core['calls'];

/** The contract's calls, answered by the services: one line each, and no rules of their own. */
export function createCalls(services: Services): Calls {
  return {
    ...appCalls(services),
    ...careCalls(services),
    ...engineCalls(services),
    ...projectCalls(services),
    ...workspaceCalls(services),
    ...agentCalls(services),
    ...domainCalls(services),
    ...listCalls(services),
    ...terminalCalls(services),
  };
}

export function createStreams(services: Services): Core['streams'] {
  return {
    ...terminalStreams(services),
    'workspaces.logs': (request, channel) => services.workspaces.logs(request, channel),
  };
}

function appCalls({ version, dataFolder, live, settings, engine }: Services) {
  return {
    'app.info': () => ({ version, contract: contractVersion, installation: engine.installation, pid: process.pid, dataFolder, engine: engine.state() }),
    'app.snapshot': () => live.snapshot(),
    'settings.get': () => settings.get(),
    'settings.set': (changes) => settings.set(changes),
  } satisfies Partial<Calls>;
}

function workspaceCalls({ checkImage, listCaches, workspaces, wall }: Services) {
  return {
    'workspaces.create': (request) => workspaces.create(request),
    'workspaces.cancel': async ({ workspaceId }) => {
      await workspaces.cancel(workspaceId);
      return {};
    },
    'workspaces.list': ({ projectId }) => [...workspaces.list(projectId)],
    'workspaces.inspect': ({ workspaceId }) => workspaces.inspect(workspaceId),
    'workspaces.start': ({ workspaceId }) => workspaces.start(workspaceId),
    'workspaces.stop': ({ workspaceId }) => workspaces.stop(workspaceId),
    'workspaces.pause': ({ workspaceId }) => workspaces.pause(workspaceId),
    'workspaces.resume': ({ workspaceId }) => workspaces.resume(workspaceId),
    'workspaces.pauseAll': () => workspaces.pauseAll(),
    'workspaces.resumeAll': () => workspaces.resumeAll(),
    'workspaces.restart': ({ workspaceId }) => workspaces.restart(workspaceId),
    'workspaces.edit': ({ workspaceId, changes, recreate }) => workspaces.edit(workspaceId, changes, recreate),
    'workspaces.duplicate': ({ workspaceId, name }) => workspaces.duplicate(workspaceId, name),
    'workspaces.recreate': ({ workspaceId }) => workspaces.recreate(workspaceId),
    'workspaces.rename': ({ workspaceId, name }) => workspaces.rename(workspaceId, name),
    'workspaces.removal': ({ workspaceId }) => workspaces.removal(workspaceId),
    'workspaces.remove': async ({ workspaceId, discard }) => {
      await workspaces.remove(workspaceId, { discard });
      return {};
    },
    'workspaces.resolve': ({ projectId, agent, options }) => workspaces.resolve(projectId, agent, options),
    'workspaces.plan': ({ workspaceId, changes }) => workspaces.plan(workspaceId, changes),
    'caches.list': () => listCaches(),
    'workspaces.install': ({ workspaceId, packages }, { signal }) => workspaces.install(workspaceId, packages, signal),
    'images.check': ({ image, engine }, { signal }) => checkImage(image, engine, signal),
    'mounts.check': async ({ source, readOnly }) => {
      const { kind, resolved, ...rest } = await workspaces.checkMount(source, readOnly);
      return { verdict: kind, resolved, ...rest };
    },
    'selftest.run': ({ workspaceId }, { signal }) => {
      workspaces.get(workspaceId);
      return wall.test(workspaceId, signal);
    },
  } satisfies Partial<Calls>;
}

import { contractVersion } from '../../shared/contract/index.ts';
import type { CallRequest } from '../../shared/contract/index.ts';
import type { AgentType } from '../../shared/model/agent.ts';
import type { Terminal } from '../../shared/model/terminal.ts';
import { Secret } from '../../shared/secret.ts';
import type { AgentRegistry, Vault } from '../agents/types.ts';
import type { Engine } from '../engine/types.ts';
import type { Wall } from '../network/types.ts';
import type { SettingsStore } from '../settings/settings.ts';
import type { Terminals } from '../terminals/types.ts';
import type { Projects } from '../workspaces/projects.ts';
import type { Workspaces } from '../workspaces/workspaces.ts';
import type { LiveState } from './live-state.ts';
import type { Core } from './types.ts';

export type Services = {
  readonly version: string;
  readonly dataFolder: string;
  readonly live: LiveState;
  readonly settings: SettingsStore;
  readonly engine: Engine;
  readonly projects: Projects;
  readonly workspaces: Workspaces;
  readonly wall: Wall;
  readonly terminals: Terminals;
  readonly registry: AgentRegistry;
  readonly vault: Vault;
  /** The user is about to need images and tools. */
  readonly prepare: () => void;
};

type Calls = Core['calls'];

/** The contract's calls, answered by the services: one line each, and no rules of their own. */
export function createCalls(services: Services): Calls {
  return { ...appCalls(services), ...projectCalls(services), ...workspaceCalls(services), ...domainCalls(services), ...terminalCalls(services) };
}

export function createStreams({ terminals }: Services): Core['streams'] {
  return { 'terminals.attach': ({ terminalId, size }, channel) => terminals.attach(terminalId, size, channel) };
}

function appCalls({ version, dataFolder, live, settings, engine }: Services) {
  return {
    'app.info': () => ({ version, contract: contractVersion, installation: engine.installation, pid: process.pid, dataFolder, engine: engine.state() }),
    'app.snapshot': () => live.snapshot(),
    'settings.get': () => settings.get(),
    'settings.set': (changes) => settings.set(changes),
  } satisfies Partial<Calls>;
}

function projectCalls({ projects, prepare }: Services) {
  return {
    'projects.create': async ({ path }) => {
      const project = await projects.create(path);
      prepare();
      return project;
    },
    'projects.list': async () => [...(await projects.list())],
    'projects.remove': async ({ projectId }) => {
      await projects.remove(projectId);
      return {};
    },
    'projects.browse': ({ path }) => projects.browse(path),
  } satisfies Partial<Calls>;
}

function workspaceCalls({ workspaces, wall, registry, vault }: Services) {
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
    'workspaces.remove': async ({ workspaceId }) => {
      await workspaces.remove(workspaceId);
      return {};
    },
    'selftest.run': ({ workspaceId }, { signal }) => {
      workspaces.get(workspaceId);
      return wall.test(workspaceId, signal);
    },
    'agents.list': () => [...registry.list()],
    'agents.setKey': ({ agent, apiKey }: { readonly agent: AgentType; readonly apiKey: string | null }) => {
      vault.set({ agent }, apiKey === null ? null : new Secret(apiKey));
      return {};
    },
  } satisfies Partial<Calls>;
}

function domainCalls({ workspaces, wall }: Services) {
  return {
    'domains.list': ({ workspaceId }) => {
      workspaces.get(workspaceId);
      return { rules: [...wall.rules(workspaceId)], blocked: [...wall.blocked(workspaceId)] };
    },
    'domains.add': ({ workspaceId, pattern, allowPrivate }) => {
      workspaces.get(workspaceId);
      return wall.addRule(workspaceId, pattern, { allowPrivate, addedBy: 'user' });
    },
    'domains.remove': async ({ workspaceId, pattern }) => {
      workspaces.get(workspaceId);
      await wall.removeRule(workspaceId, pattern);
      return {};
    },
    'domains.setMode': async ({ workspaceId, mode }) => {
      workspaces.get(workspaceId);
      await wall.setMode(workspaceId, mode);
      return workspaces.get(workspaceId);
    },
    'domains.decisions': ({ workspaceId, limit, before, verdict }) => {
      workspaces.get(workspaceId);
      return [...wall.decisions(workspaceId, { limit, ...(before !== undefined && { before }), ...(verdict !== undefined && { verdict }) })];
    },
    'domains.dismiss': ({ workspaceId, host }) => {
      workspaces.get(workspaceId);
      wall.dismiss(workspaceId, host);
      return {};
    },
  } satisfies Partial<Calls>;
}

function terminalCalls({ workspaces, terminals }: Services) {
  return {
    'terminals.open': (request) => openTerminal(workspaces, terminals, request),
    'terminals.list': ({ workspaceId }) => [...terminals.list(workspaceId)],
    'terminals.screen': ({ terminalId }) => terminals.screen(terminalId),
    'terminals.send': async ({ terminalId, text, enter }) => {
      await terminals.send(terminalId, text, enter);
      return {};
    },
    'terminals.paste': async ({ terminalId, text }) => {
      await terminals.paste(terminalId, text);
      return {};
    },
    'terminals.resize': async ({ terminalId, size }) => {
      await terminals.resize(terminalId, size);
      return {};
    },
    'terminals.focus': async ({ terminalId }) => {
      await terminals.focus(terminalId);
      return {};
    },
    'terminals.close': async ({ terminalId }) => {
      await terminals.close(terminalId);
      return {};
    },
  } satisfies Partial<Calls>;
}

/** A terminal asked of a stopped workspace starts the workspace first. */
async function openTerminal(workspaces: Workspaces, terminals: Terminals, request: CallRequest<'terminals.open'>): Promise<Terminal> {
  const { workspaceId, worktree, kind, size } = request;
  if (workspaces.get(workspaceId).state.kind === 'stopped') await workspaces.start(workspaceId);
  const launch = workspaces.launch(workspaceId, worktree, kind);
  return terminals.open({ workspaceId, worktree, kind, launch, ...(size !== undefined && { size }) });
}

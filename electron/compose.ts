import { readFileSync, realpathSync, statSync } from 'node:fs';
import { homedir, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { createAgentHome } from './agents/home.ts';
import { createAgentRegistry, keyNames } from './agents/registry.ts';
import { createTools } from './agents/tools.ts';
import type { AgentHome, AgentRegistry, Tools, Vault } from './agents/types.ts';
import { type Endpoint, resolveEndpoint } from './engine/endpoint.ts';
import { createEngine } from './engine/engine.ts';
import { createImages, type Images } from './engine/images.ts';
import type { Engine } from './engine/types.ts';
import { createCalls, createStreams, type Services } from './ipc/handlers.ts';
import { createLiveState, type LiveState } from './ipc/live-state.ts';
import type { ComposeOptions, Core } from './ipc/types.ts';
import { openDatabase } from './lib/database.ts';
import { networkMigration } from './network/store.ts';
import type { Wall } from './network/types.ts';
import { createWall } from './network/wall.ts';
import { createSettings, type SettingsStore } from './settings/settings.ts';
import { createTerminals } from './terminals/terminals.ts';
import type { Terminals } from './terminals/types.ts';
import { createVault } from './vault/vault.ts';
import { createPreparation, type Preparation } from './workspaces/preparation.ts';
import { createProjects, type Projects, projectsMigration } from './workspaces/projects.ts';
import { workspacesMigration } from './workspaces/records.ts';
import { createWorkspaces, type Workspaces } from './workspaces/workspaces.ts';

const resourcesFolder = join(import.meta.dirname, '..', 'resources');

/** What stands on its own: nothing here knows of projects, workspaces or clients. */
type Ground = {
  readonly settings: SettingsStore;
  readonly database: DatabaseSync;
  readonly engine: Engine;
  readonly images: Images;
  readonly tools: Tools;
  readonly vault: Vault;
  readonly registry: AgentRegistry;
  readonly wall: Wall;
  readonly terminals: Terminals;
  readonly hostUser: { readonly uid: number; readonly gid: number };
};

/** Builds every service once and introduces them to each other: the one place where slices meet. The caller holds the data folder's lock. */
export async function composeCore(options: ComposeOptions): Promise<Core> {
  const ground = layGround(options);
  const live = createLiveState({ engine: ground.engine.state(), publish: (payload) => options.publish('app.changed', payload) });
  const { projects, workspaces } = await createHouse(options, ground, live);
  const preparation = createPreparation({
    images: ground.images,
    tools: ground.tools,
    agents: ground.registry.list().filter(({ agent }) => agent !== 'shell'),
    onChange: (steps) => live.setPreparation(steps),
    log: options.log,
  });
  announce(options, ground, live, async () => {
    if ((await projects.list()).length > 0) preparation.begin();
  });
  const services: Services = {
    ...ground,
    ...{ live, projects, workspaces },
    version: options.version,
    dataFolder: options.dataFolder.root,
    prepare: () => preparation.begin(),
  };
  return { calls: createCalls(services), streams: createStreams(services), close: () => close(ground, workspaces, preparation) };
}

function layGround({ dataFolder, log, environment }: ComposeOptions): Ground {
  const settings = createSettings({ folder: dataFolder.root });
  const extraCaBundle = (): string => settings.get().extraCaBundle;
  const database = openDatabase(dataFolder.database, [projectsMigration, workspacesMigration, networkMigration]);
  const vault = createVault({ environment, keyNames });
  const engine = createEngine({ installation: dataFolder.installation, endpoint: findEngine(settings.get().engine), log });
  const images = createImages({ engine, resourcesFolder, extraCaBundle });
  const tools = createTools({
    engine,
    image: (onProgress, signal) => images.ensure('agent', onProgress, signal),
    extraCaBundle,
    downloadFolder: dataFolder.downloads,
  });
  const hostUser = { uid: process.getuid?.() ?? 1000, gid: process.getgid?.() ?? 1000 };
  const terminals = createTerminals({
    engine,
    agentUser: () => (isRootless(engine) ? '0:0' : `${hostUser.uid}:${hostUser.gid}`),
    historyLines: () => settings.get().historyLines,
    now: () => Date.now(),
    log: (facts, message) => log.warn(facts, message),
  });
  const wall = createWall({
    engine,
    database,
    gatewayImage: (onProgress, signal) => images.ensure('gateway', onProgress, signal),
    subnetRange: () => settings.get().subnetRange,
    hostAddresses,
    log,
  });
  return { settings, database, engine, images, tools, vault, registry: createAgentRegistry({ tools, vault }), wall, terminals, hostUser };
}

async function createHouse({ dataFolder, log }: ComposeOptions, ground: Ground, live: LiveState): Promise<{ projects: Projects; workspaces: Workspaces }> {
  const { engine, tools, vault } = ground;
  const projects = createProjects({
    database: ground.database,
    surroundings: { home: realpathSync(homedir()), data: dataFolder.root },
    onChange: (id, project) => live.putProject(id, project),
    removeWorkspaces: (projectId) => workspaces.removeOfProject(projectId),
  });
  const known = await projects.list();
  for (const project of known) live.putProject(project.projectId, project);
  const home: AgentHome = createAgentHome({
    ...{ engine, tools, vault, log, resourcesFolder },
    userHome: homedir(),
    agentWritable: () => [dataFolder.root, ...live.snapshot().projects.map(({ path }) => path)],
  });
  const workspaces: Workspaces = createWorkspaces({
    ...ground,
    ...{ projects, home, log },
    folders: dataFolder,
    onChange: (id, workspace) => live.putWorkspace(id, workspace),
  });
  return { projects, workspaces };
}

/** What changes goes to every client. `onReached` runs each time the engine answers. */
function announce({ log, publish }: ComposeOptions, ground: Ground, live: LiveState, onReached: () => Promise<void>): void {
  const { engine, tools, vault, registry, wall, terminals } = ground;
  const tellAgents = (): void => live.setAgents([...registry.list()]);
  const reached = async (): Promise<void> => {
    await tools.refresh();
    await onReached();
  };
  const onState = (): void => {
    const state = engine.state();
    live.setEngine(state);
    if (state.kind === 'connected') reached().catch((error: unknown) => log.warn({ error }, 'The tools could not be looked at'));
  };
  engine.onState(onState);
  tools.onChange(tellAgents);
  vault.onChange(tellAgents);
  terminals.onChange((id, terminal) => live.putTerminal(id, terminal));
  wall.onDecision((decision) => publish('domains.decided', decision));
  wall.onBlocked((workspaceId) => live.setBlocked(workspaceId, [...wall.blocked(workspaceId)]));
  tellAgents();
  onState();
}

/** In the order of dependence: nobody is asked after it has gone. What runs in the engine runs on. */
async function close({ engine, database, terminals, wall }: Ground, workspaces: Workspaces, preparation: Preparation): Promise<void> {
  await preparation.close();
  await workspaces.close();
  await terminals.dispose();
  wall.close();
  engine.close();
  database.close();
}

function findEngine(setting: string): Endpoint {
  return resolveEndpoint({
    setting,
    env: process.env,
    home: homedir(),
    platform: process.platform,
    readText: (path) => whenPossible(() => readFileSync(path, 'utf8'), null),
    isSocket: (path) => whenPossible(() => statSync(path).isSocket(), false),
  });
}

/** What is absent or unreadable is simply not where the engine is. */
function whenPossible<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

/** In a rootless engine the host's user is root inside. */
function isRootless(engine: Engine): boolean {
  const state = engine.state();
  return state.kind === 'connected' && state.rootless;
}

/** All addresses of this machine. */
function hostAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address));
}

import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { EngineState } from '../shared/model/engine.ts';
import type { Step } from '../shared/model/step.ts';
import { type Catalogue } from './agents/catalogue.ts';
import type { Definitions } from './agents/definitions.ts';
import { createAgentHome } from './agents/home.ts';
import { createAgentRegistry } from './agents/registry.ts';
import { createTools } from './agents/tools.ts';
import type { AgentRegistry, Tools, Vault } from './agents/types.ts';
import { isLocal, isLoopback } from './engine/endpoint.ts';
import { createEngine } from './engine/engine.ts';
import { createImages, type Images } from './engine/images.ts';
import type { EnginePlace } from './engine/known-engines.ts';
import { createOwnImages, type OwnImages } from './engine/own-image.ts';
import type { Engine } from './engine/types.ts';
import type { LiveState } from './ipc/live-state.ts';
import type { Publish } from './ipc/types.ts';
import type { DataFolder } from './lib/data-folder.ts';
import type { Logger } from './lib/logger.ts';
import { appFolder } from './lib/places.ts';
import { resolveSocketFolder } from './lib/socket-folder.ts';
import type { Policy } from './network/policy.ts';
import type { Wall } from './network/types.ts';
import { createWall } from './network/wall.ts';
import type { SettingsStore } from './settings/settings.ts';
import { createTerminals } from './terminals/terminals.ts';
import type { Terminals } from './terminals/types.ts';
import { createPreparation, type Preparation } from './workspaces/preparation.ts';
import type { ProjectFiles } from './workspaces/project-files/project-files.ts';
import type { Projects } from './workspaces/projects.ts';
import { createWorkspaces, type Workspaces } from './workspaces/workspaces.ts';

export const resourcesFolder = join(appFolder, 'resources');

/** For work in progress to be undone when the core closes, in milliseconds. */
const closePatience = 8_000;

/** Everything that stands on one engine. */
export type House = {
  readonly place: EnginePlace;
  readonly engine: Engine;
  readonly images: Images;
  readonly ownImages: OwnImages;
  readonly tools: Tools;
  readonly registry: AgentRegistry;
  readonly wall: Wall;
  readonly terminals: Terminals;
  readonly workspaces: Workspaces;
  readonly preparation: Preparation;
  /** In the order of dependence: nobody is asked after it has gone. What runs in the engine runs on. */
  readonly close: () => Promise<void>;
};

/** What all houses share. */
export type Ground = {
  readonly dataFolder: DataFolder;
  readonly settings: SettingsStore;
  readonly database: DatabaseSync;
  readonly policy: Policy;
  readonly vault: Vault;
  readonly definitions: Definitions;
  readonly catalogue: Catalogue;
  readonly projects: Projects;
  readonly projectFiles: ProjectFiles;
  readonly live: LiveState;
  readonly publish: Publish;
  readonly hostUser: { readonly uid: number; readonly gid: number };
  /** All addresses of this machine; read at each use. */
  readonly hostAddresses: () => readonly string[];
  /** Folders of this machine that some agent may write, besides projects; of all houses. */
  readonly writableFolders: () => readonly string[];
  readonly log: Logger;
};

export type HouseOptions = {
  readonly place: EnginePlace;
  /** A folder of this house's own for downloads under way. */
  readonly downloadFolder: string;
  /** Whether workspaces of projects that name this engine live here. */
  readonly owns: (engineId: string) => boolean;
  readonly onWorkspace: (workspaceId: string, exists: boolean) => void;
  readonly onTerminal: (terminalId: string, exists: boolean) => void;
  readonly onState: (state: EngineState) => void;
  readonly onPreparation: (steps: Step[]) => void;
  /** Installed tools or present keys changed. */
  readonly onAgents: () => void;
};

/** Builds a house; it connects by itself, and one whose engine is away is as good as any other but for its states. */
export function createHouse(ground: Ground, options: HouseOptions): House {
  const base = layBase(ground, options);
  const workspaces = createHouseWorkspaces(ground, options, base);
  const { engine, images, tools, registry, wall, terminals } = base;
  const preparation = createPreparation({
    ...{ images, tools },
    agents: registry.list().filter(({ agent }) => agent !== 'shell'),
    onChange: options.onPreparation,
    log: ground.log,
  });
  announce(ground, options, base, preparation);
  return {
    ...base,
    place: options.place,
    ...{ workspaces, preparation },
    async close() {
      // One that hangs keeps nobody waiting for long: what still waits for its answer then fails.
      const late = setTimeout(() => engine.close(), closePatience);
      await preparation.close();
      await workspaces.close();
      await terminals.dispose();
      wall.close();
      engine.close();
      clearTimeout(late);
    },
  };
}

type Base = Pick<House, 'engine' | 'images' | 'ownImages' | 'tools' | 'registry' | 'wall' | 'terminals'>;

function layBase(ground: Ground, { place, downloadFolder }: HouseOptions): Base {
  const { dataFolder, settings, database, policy, vault, definitions, catalogue, hostUser, hostAddresses, log } = ground;
  const extraCaBundle = (): string => settings.get().extraCaBundle;
  const engine = createEngine({ installation: dataFolder.installation, endpoint: place.endpoint, log });
  const images = createImages({ engine, resourcesFolder, extraCaBundle });
  const tools = createTools({
    engine,
    image: (onProgress, signal) => images.ensure('agent', onProgress, signal),
    extraCaBundle,
    ...{ downloadFolder, catalogue },
  });
  const terminals = createTerminals({
    engine,
    agentUser: () => (isRootless(engine) ? '0:0' : `${hostUser.uid}:${hostUser.gid}`),
    historyLines: () => settings.get().historyLines,
    now: () => Date.now(),
    log: (facts, message) => log.warn(facts, message),
  });
  const wall = createWall({
    ...{ engine, database, policy },
    gatewayImage: (onProgress, signal) => images.ensure('gateway', onProgress, signal),
    subnetRange: () => settings.get().subnetRange,
    // The host that the wall shuts out is the engine's machine.
    hostAddresses: () => chooseHostAddresses(engine.hostAddresses(), hostAddresses()),
    local: isLocal(place.endpoint),
    witnessImage: () => images.find('agent'),
    seccompProfile: () => settings.get().seccompProfile,
    log,
  });
  const registry = createAgentRegistry({ tools, vault, added: definitions.agents });
  return { engine, images, ownImages: createOwnImages(engine), tools, registry, wall, terminals };
}

/** Host folders that some agent may write: nothing of the user's is read through them. */
export function listAgentWritable({ dataFolder, live, writableFolders }: Pick<Ground, 'dataFolder' | 'live' | 'writableFolders'>): string[] {
  return [dataFolder.root, ...writableFolders(), ...live.snapshot().projects.flatMap(({ kind, path }) => (kind === 'folder' ? [path] : []))];
}

function createHouseWorkspaces(ground: Ground, { place, owns, onWorkspace }: HouseOptions, base: Base): Workspaces {
  const { dataFolder, settings, database, vault, projects, projectFiles, live, hostUser, writableFolders, log } = ground;
  const { engine, tools, registry } = base;
  const home = createAgentHome({
    ...{ engine, tools, vault, registry, log, resourcesFolder },
    userHome: homedir(),
    agentWritable: () => listAgentWritable(ground),
  });
  return createWorkspaces({
    ...base,
    ...{ database, vault, projects, home, hostUser, log },
    site: { title: place.title, local: isLocal(place.endpoint), owns },
    folders: dataFolder,
    resourcesFolder,
    mountSurroundings: async () => {
      const folders = (await projects.list()).filter(({ kind }) => kind === 'folder').map(({ path }) => path);
      const agentWritable = [...folders, ...writableFolders()];
      const own = { home: realpathSync(homedir()), data: dataFolder.root, sockets: resolveSocketFolder() };
      return { ...own, platform: process.platform, projects: folders, agentWritable };
    },
    layersOf: async (projectId) => [
      ...(await projectFiles.layers(await projects.get(projectId))),
      { source: 'project', options: (await projects.get(projectId)).preset },
      { source: 'installation', options: settings.get().defaults },
    ],
    postCreateOf: async (projectId) => projectFiles.postCreate(await projects.get(projectId)),
    onChange: (id, workspace) => {
      onWorkspace(id, workspace !== null);
      live.putWorkspace(id, workspace);
    },
  });
}

/** What changes goes to every client. Images and tools are made ready each time the engine answers, when a project wants them. */
function announce({ projects, live, publish, log, vault, definitions }: Ground, options: HouseOptions, base: Base, preparation: Preparation): void {
  const { engine, tools, wall, terminals } = base;
  const reached = async (): Promise<void> => {
    await tools.refresh();
    if ((await projects.list()).some((project) => options.owns(project.engine))) preparation.begin();
  };
  const onState = (): void => {
    const state = engine.state();
    options.onState(state);
    if (state.kind === 'connected') reached().catch((error: unknown) => log.warn({ error }, 'The tools could not be looked at'));
  };
  engine.onState(onState);
  tools.onChange(options.onAgents);
  vault.onChange(options.onAgents);
  vault.onKeychain(options.onAgents);
  definitions.onChange(options.onAgents);
  terminals.onChange((id, terminal) => {
    options.onTerminal(id, terminal !== null);
    live.putTerminal(id, terminal);
  });
  wall.onDecision((decision) => publish('domains.decided', decision));
  wall.onBlocked((workspaceId) => live.setBlocked(workspaceId, wall.blocked(workspaceId)));
  onState();
}

/** An engine that is reached over loopback may be this machine's, or the far end of a tunnel that somebody else dug. */
function chooseHostAddresses(theirs: readonly string[] | null, ours: readonly string[]): readonly string[] {
  return theirs === null || theirs.every(isLoopback) ? ours : theirs;
}

/** In a rootless engine the host's user is root inside. */
function isRootless(engine: Engine): boolean {
  const state = engine.state();
  return state.kind === 'connected' && state.rootless;
}

import { realpathSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import { homedir, networkInterfaces } from 'node:os';
import type { DatabaseSync } from 'node:sqlite';
import { createCatalogue } from './agents/catalogue.ts';
import { agentsMigration, createDefinitions } from './agents/definitions.ts';
import { fetchManifest } from './agents/npm-registry.ts';
import { describeImports } from './agents/offered.ts';
import { keyNames } from './agents/registry.ts';
import { spareTools } from './agents/spare-tools.ts';
import { type Ground, type House, listAgentWritable } from './compose-house.ts';
import { createHouses, type Houses } from './compose-houses.ts';
import { createCare } from './doctor/care.ts';
import type { Keeper } from './doctor/engine-candidates.ts';
import { hostFiles, takeDockerVariables } from './engine/host-files.ts';
import { toolsVolumeName } from './engine/names.ts';
import { createCalls, createStreams, type Services } from './ipc/handlers.ts';
import { createLiveState } from './ipc/live-state.ts';
import type { ComposeOptions, Core } from './ipc/types.ts';
import { openDatabase } from './lib/database.ts';
import { resolveSocketFolder } from './lib/socket-folder.ts';
import { createLists } from './network/lists.ts';
import { networkMigrations } from './network/migrations.ts';
import { Policy } from './network/policy.ts';
import { presets } from './network/presets.ts';
import { parseDomain } from './network/rule.ts';
import { seccompProfile } from './network/seccomp.ts';
import { countFreeSubnets, hostRoutes, rangesOverlap } from './network/subnets.ts';
import { createSettings, type SettingsStore } from './settings/settings.ts';
import { openAccountBook, vaultMigration } from './vault/accounts.ts';
import { forkNode } from './vault/fork-helper.ts';
import { createKeychain } from './vault/keychain.ts';
import { createVault } from './vault/vault.ts';
import { refuseKeysInLayers } from './workspaces/admission.ts';
import { listCaches } from './workspaces/caches.ts';
import { workspaceMigrations } from './workspaces/migrations.ts';
import { createProjectFiles } from './workspaces/project-files/project-files.ts';
import { createProjects } from './workspaces/projects.ts';
import { removeTree } from './workspaces/remove-tree.ts';

/** Builds every service once and introduces them to each other: the one place where slices meet. The caller holds the data folder's lock. */
export async function composeCore(options: ComposeOptions): Promise<Core> {
  const { dataFolder, log, environment, version } = options;
  const files = hostFiles(takeDockerVariables(environment));
  // What is written down holds no key; asked only when somebody changes it, long after the houses stand.
  const refuseKeys = (env: Readonly<Record<string, string>>): void => refuseKeysInLayers(env, houses.main.registry.all());
  const settings = createSettings({ folder: dataFolder.root, refuseKeys });
  const database = openDatabase(dataFolder.database, [...workspaceMigrations, ...networkMigrations, agentsMigration, vaultMigration]);
  const { definitions, catalogue, vault } = composeAgents(options, database, settings);
  const policy = new Policy(database, log);
  policy.onRules(() => options.publish('domains.rulesChanged', {}));
  const live = createLiveState({ engine: { kind: 'connecting', endpoint: '' }, publish: (payload) => options.publish('app.changed', payload) });
  const projects = createProjects({
    database,
    surroundings: { home: realpathSync(homedir()), data: dataFolder.root, sockets: resolveSocketFolder() },
    onChange: (id, project) => live.putProject(id, project),
    hasWorkspaces: (projectId) => houses.workspaces.list(projectId).length > 0,
    refuseKeys,
    knowsEngine: async (engineId) => (await houses.list()).some((engine) => engine.engineId === engineId),
    removeWorkspaces: async (projectId, how) => {
      await houses.workspaces.removeOfProject(projectId, how);
      await policy.forgetProject(projectId);
    },
  });
  const projectFiles = createProjectFiles({
    database,
    presets,
    parsePattern: parseDomain,
    keyNames: () => houses.main.registry.all().flatMap((agent) => agent.keyNames),
  });
  for (const project of await projects.list()) live.putProject(project.projectId, project);
  const hostUser = { uid: process.getuid?.() ?? 1000, gid: process.getgid?.() ?? 1000 };
  const writableFolders = (): string[] => houses.all().flatMap(({ workspaces }) => [...workspaces.writableFolders()]);
  const ground = {
    ...{ dataFolder, settings, database, policy, vault, definitions, catalogue, projects, projectFiles, live },
    ...{ publish: options.publish, hostUser, hostAddresses, writableFolders, log },
  };
  const houses: Houses = createHouses(ground, files);
  settings.onChange(() => void houses.workspaces.layersChanged());
  const care = composeCare(options, ground, houses);
  const imports: Services['imports'] = (agent) => describeImports(houses.main.registry.definition(agent).userFiles, homedir(), listAgentWritable(ground));
  const services: Services = {
    ...{ version, live, settings, projects, projectFiles, vault, definitions, imports, listCaches, ...care, engines: houses },
    ...{ engine: houses.main.engine, registry: houses.main.registry },
    ...{ workspaces: houses.workspaces, terminals: houses.terminals, wall: houses.wall, lists: createLists(houses.wall) },
    dataFolder: dataFolder.root,
    checkImage: (image, engineId = 'default', signal) => houses.of(engineId).ownImages.check(image, () => undefined, signal),
    prepare: houses.prepare,
  };
  return {
    calls: createCalls(services),
    streams: createStreams(services),
    async close() {
      await care.disk.close();
      await houses.close();
      policy.close();
      await vault.close();
      database.close();
    },
  };
}

/** What all engines share of the agents: the types that the user added, their packages, the keys. */
function composeAgents(
  { dataFolder, environment, log, forkHelper = forkNode }: ComposeOptions,
  database: DatabaseSync,
  settings: SettingsStore,
): Pick<Ground, 'definitions' | 'catalogue' | 'vault'> {
  const registry = (name: string, number: string, signal?: AbortSignal) => fetchManifest(name, number, { extraCaBundle: settings.get().extraCaBundle, signal });
  const definitions = createDefinitions({ database, fetchManifest: registry, parsePattern: parseDomain });
  const catalogue = createCatalogue({ database, added: definitions.pins, fetchManifest: registry });
  const keychain = createKeychain({ service: `Forgehold ${dataFolder.installation}`, environment, fork: forkHelper });
  const book = openAccountBook(database);
  const vault = createVault({ environment, keyNames: { ...definitions.keyNames(), ...keyNames }, keychain, book, log });
  return { definitions, catalogue, vault };
}

/** Doctor and disk; most checks are of the default engine. */
function composeCare(
  { dataFolder, log, environment, version }: ComposeOptions,
  { settings, vault }: Ground,
  { main, all, wall, workspaces }: Houses,
): ReturnType<typeof createCare> {
  return createCare({
    ...main,
    ...{ settings, vault, version, environment, removeTree, wall, log },
    folder: dataFolder,
    workspaces: () => workspaces.list(),
    ownWorkspaces: () => main.workspaces.list(),
    others: () =>
      all()
        .filter((house) => house !== main)
        .map((house) => ({ ...house, title: house.place.engineId, workspaces: () => house.workspaces.list(), keepers: [toolsKeeper(house)] })),
    ranges: {
      taken: async () => [...(await hostRoutes()), ...hostAddresses().filter((address) => isIPv4(address) && !address.startsWith('127.'))],
      overlap: (one, other) => rangesOverlap(one, other),
      countFree: (range, taken, enough) => countFreeSubnets(range, taken, enough),
    },
    composeSeccomp: seccompProfile,
    keepers: [toolsKeeper(main)],
  });
}

function toolsKeeper({ engine, tools, workspaces }: House): Keeper {
  return {
    title: 'Agent tools',
    owns: (name) => name === toolsVolumeName(engine.installation),
    candidates: () => spareTools(tools, workspaces.agentVersions()),
  };
}

/** All addresses of this machine. */
function hostAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address));
}

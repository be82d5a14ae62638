import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { hostCore } from '../../electron/ipc/host.ts';
import { type LiveState, createLiveState } from '../../electron/ipc/live-state.ts';
import type { CallHandlers } from '../../electron/ipc/router.ts';
import { takeCoreLock } from '../../electron/lib/core-lock.ts';
import { openDataFolder } from '../../electron/lib/data-folder.ts';
import { readAppVersion } from '../../electron/lib/places.ts';
import { createSettings, type SettingsStore } from '../../electron/settings/settings.ts';
import type { Channel } from '../../shared/contract/channel.ts';
import type { CallName } from '../../shared/contract/index.ts';
import { AppError } from '../../shared/errors.ts';
import type { AgentDefinitionData } from '../../shared/model/agent-definition.ts';
import type { Agent } from '../../shared/model/agent.ts';
import type { DiskUse } from '../../shared/model/disk.ts';
import type { Check } from '../../shared/model/doctor.ts';
import type { KnownEngine } from '../../shared/model/engines.ts';
import type { KeychainState } from '../../shared/model/keychain.ts';
import { type DomainBook, createDomainBook } from './domain-book.ts';
import { makeProject, makeSnapshot, makeTerminal, makeWorkspace } from './sample-state.ts';
import { createSmallCore } from './small-core.ts';

/** What a test may change and look at. */
export type House = {
  /** Its data folder. */
  readonly data: string;
  readonly live: LiveState;
  /** Its rules, decisions and reviews; empty at first. */
  readonly domains: DomainBook;
  /** Calls that came in, by name. */
  readonly called: { readonly name: CallName; readonly input: unknown }[];
  /** What the doctor answers. */
  checks: Check[];
  disk: DiskUse;
  readonly agents: Agent[];
  keychain: KeychainState;
  readonly definitions: AgentDefinitionData[];
  /** The readers of logs now. */
  readonly logs: Set<Channel>;
  /** Everything as it was at the start: for the next test, which then needs no other house. */
  readonly reset: () => void;
  readonly stop: () => Promise<void>;
};

const agents: Agent[] = [
  {
    agent: 'claude-code',
    title: 'Claude Code',
    version: '2.3.1',
    installed: true,
    keyName: 'ANTHROPIC_API_KEY',
    keyPresent: true,
    keyKept: 'keychain',
    domains: ['api.anthropic.com'],
  },
  { agent: 'codex', title: 'Codex', version: '0.98.0', installed: false, keyName: 'OPENAI_API_KEY', keyPresent: false, domains: ['api.openai.com'] },
  { agent: 'shell', title: 'Shell', installed: true, keyPresent: false, domains: [] },
];

const disk: DiskUse = {
  free: { data: 6_200_000_000, engine: 18_400_000_000 },
  workspaces: [
    { workspaceId: '1'.repeat(8), projectId: '1'.repeat(12), container: 212_000_000, volumes: 1_400_000_000, home: 38_000_000, git: 4_100_000 },
    { workspaceId: '2'.repeat(8), projectId: '2'.repeat(12), container: null, volumes: null, home: 12_000_000, git: 900_000 },
  ],
  shared: [
    { id: 'images', label: 'Images', bytes: 1_900_000_000 },
    { id: 'tools', label: 'Agents and Node', bytes: 640_000_000 },
    { id: 'logs', label: 'Logs', bytes: 3_200_000 },
  ],
  reclaimable: [
    { id: 'images/old', label: 'Images of earlier versions', bytes: 1_200_000_000, why: 'No workspace uses them; they are built again when one would.' },
    { id: 'cache/npm', label: 'Package cache of npm', bytes: 410_000_000, why: 'Packages are downloaded again when they are needed.' },
  ],
};

const engines: KnownEngine[] = [
  {
    engineId: 'default',
    title: 'Default',
    address: 'unix:///var/run/docker.sock',
    origin: 'default',
    local: true,
    projects: 2,
    state: { kind: 'connected', endpoint: 'unix:///var/run/docker.sock', version: '29.1.0', apiVersion: '1.52', os: 'Debian 13', rootless: false },
  },
  { engineId: 'context:buildbox', title: 'buildbox', address: 'ssh://robin@buildbox.example', origin: 'context', local: false, projects: 0 },
];

const keptKeychain: KeychainState = { kind: 'kept', title: 'GNOME Keyring' };

function check(id: string, group: Check['group'], title: string, found: string, parts: Partial<Check> = {}): Check {
  return { id, group, title, found, state: 'ok', ...parts };
}

export const wellChecks: Check[] = [
  check('engine', 'engine', 'Docker', '29.1.0, API 1.52'),
  check('images', 'engine', 'Images', 'Both built, 1.9 GB'),
  check('wall', 'engine', 'Wall self-test', '12 of 12 refused'),
  check('disk', 'computer', 'Disk', '6.2 GB free', { state: 'warn', why: '1.6 GB can go, nothing of it unsaved.' }),
  check('keychain', 'forgehold', 'Keychain', 'Keys are kept in GNOME Keyring'),
  check('git', 'computer', 'Git', '2.47.3'),
  check('agent-claude-code', 'agents', 'Claude Code', '2.3.1, API key present'),
  check('data-folder', 'forgehold', 'Data folder', 'Yours alone'),
];

export const illChecks: Check[] = wellChecks.map((item) => {
  if (item.id === 'engine') {
    return check('engine', 'engine', 'Docker', 'Does not answer', {
      state: 'bad',
      why: 'The engine is installed, but its service does not run. Your 2 workspaces show as unknown. Nothing of theirs is lost, and they come back by themselves when the engine does.',
      facts: { Tried: 'unix:///var/run/docker.sock, connection refused, 14:03:58' },
      fix: { id: 'engine/start', label: 'Start Docker', command: 'sudo systemctl start docker' },
    });
  }
  return item.group === 'engine' ? { ...item, state: 'waiting', found: 'Waits for Docker' } : item;
});

/** A real host and live state around calls that behave as the contract says, with a house that is lived in. For breadth: what the real core does is tried elsewhere. */
export async function startHouse(webRoot: string): Promise<House> {
  const root = mkdtempSync(join(tmpdir(), 'forgehold-house-'));
  const folder = openDataFolder(root);
  const lock = takeCoreLock(folder.lock);
  if (!lock) throw new Error('The folder is new, so its lock is free.');
  let live: LiveState | null = null;
  let domains: DomainBook | null = null;
  const parts = {
    called: [] as House['called'],
    checks: wellChecks,
    disk,
    agents: structuredClone(agents),
    keychain: keptKeychain,
    definitions: [] as AgentDefinitionData[],
    logs: new Set<Channel>(),
  };
  let house: House | null = null;
  const host = await hostCore({
    ...{ folder, lock, version: readAppVersion(), log: pino({ level: 'silent' }), environment: {}, web: { root: webRoot } },
    compose: async ({ publish }) => {
      live = createLiveState({ engine: makeSnapshot().engine, publish: (payload) => publish('app.changed', payload) });
      furnish(live);
      domains = createDomainBook(live, publish);
      return createSmallCore(root, {
        calls: recorded({ ...createHouseCalls(root, live, () => house!), ...domains.calls }, parts.called),
        streams: {
          'terminals.attach': async (_input, channel) => channel.closed,
          'workspaces.logs': async (_input, channel) => {
            parts.logs.add(channel);
            await channel.closed.catch(() => null);
            parts.logs.delete(channel);
          },
        },
      });
    },
  });
  house = {
    ...parts,
    live: live!,
    domains: domains!,
    data: root,
    reset() {
      Object.assign(house!, { checks: wellChecks, disk, keychain: keptKeychain });
      house!.agents.splice(0, Infinity, ...structuredClone(agents));
      for (const list of [house!.called, house!.definitions] as unknown[][]) list.length = 0;
      rmSync(join(root, 'settings.json'), { force: true });
      clear(live!);
      furnish(live!);
    },
    stop: async () => {
      await host.close('The test is over.');
      rmSync(root, { recursive: true, force: true });
    },
  };
  return house;
}

function clear(live: LiveState): void {
  const { projects, workspaces, terminals, blocked } = live.snapshot();
  for (const { workspaceId } of blocked) live.setBlocked(workspaceId, []);
  for (const { terminalId } of terminals) live.putTerminal(terminalId, null);
  for (const { workspaceId } of workspaces) live.putWorkspace(workspaceId, null);
  for (const { projectId } of projects) live.putProject(projectId, null);
  live.setEngine(makeSnapshot().engine);
}

/** Two projects, one of them with a workspace that does not run. */
export function furnish(live: LiveState): void {
  live.setAgents(structuredClone(agents));
  live.putProject('1'.repeat(12), makeProject());
  live.putProject('2'.repeat(12), makeProject({ projectId: '2'.repeat(12), name: 'tidewater' }));
  live.putWorkspace('1'.repeat(8), makeWorkspace());
  live.putWorkspace(
    '2'.repeat(8),
    makeWorkspace({
      ...{ workspaceId: '2'.repeat(8), projectId: '2'.repeat(12), name: 'Codex', agent: 'codex', agentTitle: 'Codex' },
      ...{ state: { kind: 'stopped' }, wall: { kind: 'off' } },
    }),
  );
  live.putTerminal('1'.repeat(12), makeTerminal({ title: 'Fix the prices' }));
  live.putTerminal('2'.repeat(12), makeTerminal({ terminalId: '2'.repeat(12), kind: 'shell', title: 'npm run dev' }));
  live.putTerminal('3'.repeat(12), makeTerminal({ terminalId: '3'.repeat(12), workspaceId: '2'.repeat(8), state: { kind: 'stopped' } }));
}

function recorded(calls: Partial<CallHandlers>, called: House['called']): Partial<CallHandlers> {
  return Object.fromEntries(
    Object.entries(calls).map(([name, handler]) => [
      name,
      (input: never, context: never) => {
        called.push({ name: name as CallName, input });
        return (handler as (input: never, context: never) => unknown)(input, context);
      },
    ]),
  );
}

function createHouseCalls(root: string, live: LiveState, house: () => House): Partial<CallHandlers> {
  const settings = (): SettingsStore => createSettings({ folder: root });
  function workspaceOf(workspaceId: string) {
    const workspace = live.snapshot().workspaces.find((item) => item.workspaceId === workspaceId);
    if (!workspace) throw new AppError('workspace/unknown', 'There is no such workspace.');
    return workspace;
  }
  function tellAgents(): void {
    live.setAgents(structuredClone(house().agents));
  }
  return {
    'app.snapshot': () => live.snapshot(),
    'settings.get': () => settings().get(),
    'settings.set': (change) => settings().set(change),
    'doctor.run': () => house().checks,
    'doctor.fix': ({ id }) => {
      house().checks = wellChecks;
      return wellChecks.find((item) => id.startsWith(item.id))!;
    },
    'disk.use': () => house().disk,
    'disk.reclaim': ({ ids }) => {
      const { disk: before } = house();
      const gone = before.reclaimable.filter((item) => ids.includes(item.id));
      house().disk = { ...before, reclaimable: before.reclaimable.filter((item) => !ids.includes(item.id)) };
      return { freed: gone.reduce((sum, item) => sum + item.bytes, 0) };
    },
    'engines.list': () => [
      ...engines,
      ...settings()
        .get()
        .engines.map(({ name, address }): KnownEngine => ({
          engineId: name,
          title: name,
          address,
          origin: 'settings',
          local: address.startsWith('unix:'),
          projects: 0,
        })),
    ],
    'engines.probe': ({ engine }) =>
      engine === 'default'
        ? { kind: 'answers', address: 'unix:///var/run/docker.sock', version: '29.1.0', apiVersion: '1.52', os: 'Debian 13', rootless: false }
        : { kind: 'fails', address: engine, reason: `Nothing answers at ${engine}. Is Docker running there?` },
    'agents.setKey': ({ agent, apiKey }) => {
      const entry = house().agents.findIndex((item) => item.agent === agent);
      const { keyKept: _, ...known } = house().agents[entry]!;
      house().agents[entry] = { ...known, keyPresent: apiKey !== null, ...(apiKey !== null && { keyKept: 'keychain' }) };
      tellAgents();
      return { keychain: house().keychain, ...(apiKey !== null && { kept: 'keychain' }) };
    },
    'keys.keychain': () => house().keychain,
    'keys.unlock': () => {
      house().keychain = { kind: 'kept', title: 'GNOME Keyring' };
      tellAgents();
      return house().keychain;
    },
    'keys.forgetAll': () => {
      for (const [at, { keyKept: _, ...known }] of house().agents.entries()) house().agents[at] = { ...known, keyPresent: false };
      tellAgents();
      return house().keychain;
    },
    'agents.definitions': () => house().definitions,
    'agents.define': (definition) => {
      const { definitions, agents: known } = house();
      const made: Agent = { agent: definition.agent, title: definition.title, installed: true, keyPresent: false, domains: definition.domains };
      definitions.push(definition);
      known.push(made);
      tellAgents();
      return made;
    },
    'agents.forget': ({ agent }) => {
      const { definitions, agents: known } = house();
      definitions.splice(0, definitions.length, ...definitions.filter((item) => item.agent !== agent));
      known.splice(0, known.length, ...known.filter((item) => item.agent !== agent));
      tellAgents();
      return {};
    },
    'agents.imports': () => ({
      visible: [
        { path: 'CLAUDE.md', copied: false },
        { path: 'plugins', copied: true },
      ],
      dropped: [{ path: 'settings.json', what: 'hooks.PreToolUse', why: 'A hook would run a program of this computer each time the agent works.' }],
    }),
    'workspaces.rename': ({ workspaceId, name }) => {
      if (live.snapshot().workspaces.some((item) => item.name === name && item.workspaceId !== workspaceId))
        throw new AppError('workspace/name-taken', `There is a workspace named ${name} already. Choose another name.`);
      const next = { ...workspaceOf(workspaceId), name };
      live.putWorkspace(workspaceId, next);
      return next;
    },
    'workspaces.stop': ({ workspaceId }) => {
      const next = { ...workspaceOf(workspaceId), state: { kind: 'stopped' as const } };
      live.putWorkspace(workspaceId, next);
      return next;
    },
    'workspaces.start': () => {
      throw new AppError('engine/unreachable', 'Docker does not answer. Start it, then try again.');
    },
    'terminals.screen': ({ terminalId }) => ({
      terminalId,
      lines: ['● I will start with where the price is computed.', '', '❯ '],
      cursor: { x: 2, y: 2, visible: true },
      size: { cols: 80, rows: 24 },
    }),
    'terminals.focus': () => ({}),
    'terminals.resize': () => ({}),
  };
}

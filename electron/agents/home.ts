import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { AgentType } from '../../shared/model/agent.ts';
import type { Secret } from '../../shared/secret.ts';
import { containerPaths } from '../engine/names.ts';
import type { Engine, EngineLog } from '../engine/types.ts';
import { readGitIdentity } from './git-identity.ts';
import { keyFiles, writeKeys } from './keys.ts';
import { type Offered, readOffered } from './offered.ts';
import { pinned } from './pins.ts';
import { packProvided } from './provided.ts';
import type { AgentContainer, AgentHome, AgentRegistry, Tools, Vault } from './types.ts';
import type { UserFile } from './user-files.ts';

export type AgentHomeOptions = {
  readonly engine: Engine;
  readonly tools: Tools;
  readonly vault: Vault;
  readonly registry: Pick<AgentRegistry, 'definition'>;
  /** Holds `agents/provided`. */
  readonly resourcesFolder: string;
  /** The user's own home folder on the host, whose agent files and git identity are offered to agents. */
  readonly userHome: string;
  /** Host folders that some agent may write: the projects and the workspaces' own folders. Nothing is read through them. */
  readonly agentWritable: () => readonly string[];
  readonly log?: EngineLog;
};

const programs = ['forge-agent', 'seed.mjs'];
const seedTimeoutMs = 60_000;

export function createAgentHome(options: AgentHomeOptions): AgentHome {
  const { engine, vault, registry } = options;
  const keysOf = (container: AgentContainer): ReadonlyMap<string, Secret<string>> => keyFiles(registry.definition(container.agent), vault.all(container));
  return {
    async prepare(container, workingDirs, signal) {
      const [offered, own] = await Promise.all([look(options, container.agent), readPrograms(options.resourcesFolder)]);
      if (offered.dropped.length > 0)
        options.log?.warn({ workspaceId: container.workspaceId, dropped: offered.dropped }, "Some of the user's agent files were left out");
      const { tar, userFolder } = await packProvided(own, offered.files);
      signal?.throwIfAborted();
      await engine.putArchive(container.containerId, tar, '/');
      await seed(options, container, { workingDirs, userFolder, copied: offered.copied }, signal);
      await vault.need(container);
      const keys = keysOf(container);
      // A container that outlived its app still has the keys that this app does not know; only `deliverKey` takes them away.
      if (keys.size > 0) await writeKeys(engine, container, keys);
    },
    deliverKey: (container) => writeKeys(engine, container, keysOf(container)),
  };
}

async function look({ registry, userHome, agentWritable }: AgentHomeOptions, agent: AgentType): Promise<Offered> {
  return readOffered(registry.definition(agent).userFiles, userHome, agentWritable());
}

async function readPrograms(resourcesFolder: string): Promise<readonly UserFile[]> {
  const folder = path.join(resourcesFolder, 'agents', 'provided');
  return Promise.all(programs.map(async (name) => ({ name, content: await readFile(path.join(folder, name)), executable: true })));
}

async function seed(
  { engine, tools, registry, userHome }: AgentHomeOptions,
  container: AgentContainer,
  folders: { readonly workingDirs: readonly string[]; readonly userFolder: string; readonly copied: readonly string[] },
  signal?: AbortSignal,
): Promise<void> {
  const node = `${tools.path('node')}/${pinned('node').executable}`;
  const input = {
    agent: container.agent,
    git: await readGitIdentity(userHome),
    provided: containerPaths.provided,
    folder: registry.definition(container.agent).userFiles?.folder,
    ...folders,
  };
  const result = await engine.exec(container.containerId, [node, `${containerPaths.provided}/seed.mjs`], {
    user: container.user,
    stdin: JSON.stringify(input),
    // Nothing that the workspace's environment or the project's folder holds shall steer this Node.
    env: { HOME: containerPaths.home, NODE_OPTIONS: '' },
    workingDir: '/',
    timeoutMs: seedTimeoutMs,
    ...(signal && { signal }),
  });
  if (result.exitCode === 0) return;
  throw new AppError('agents/seed-failed', `The agent's home folder could not be prepared: ${result.stderr.trim().slice(-500)}`, {
    details: { workspaceId: container.workspaceId, exitCode: result.exitCode, stderr: result.stderr.slice(-4_000) },
  });
}

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { AgentType } from '../../shared/model/agent.ts';
import { containerPaths } from '../engine/names.ts';
import type { Engine, EngineLog } from '../engine/types.ts';
import { readGitIdentity } from './git-identity.ts';
import { removeKey, writeKey } from './keys.ts';
import { pins } from './pins.ts';
import { packProvided } from './provided.ts';
import type { AgentContainer, AgentHome, Tools, Vault } from './types.ts';
import { readUserFiles, type UserFile, type UserFiles } from './user-files.ts';

export type AgentHomeOptions = {
  readonly engine: Engine;
  readonly tools: Tools;
  readonly vault: Vault;
  /** Holds `agents/provided`. */
  readonly resourcesFolder: string;
  /** The user's own home folder on the host, whose agent files and git identity are offered to agents. */
  readonly userHome: string;
  /** Host folders that some agent may write: the projects and the workspaces' own folders. Nothing is read through them. */
  readonly agentWritable: () => readonly string[];
  readonly log?: EngineLog;
};

/** What agents see of the user's own files: instructions, not settings, since those may name hooks and helpers that run host programs. */
const userFiles: Readonly<Record<AgentType, { readonly folder: string; readonly names: readonly string[] }>> = {
  'claude-code': { folder: '.claude', names: ['CLAUDE.md', 'commands', 'agents', 'skills', 'rules', 'output-styles'] },
  codex: { folder: '.codex', names: ['AGENTS.md', 'prompts', 'skills'] },
  shell: { folder: '', names: [] },
};

const programs = ['forge-agent', 'seed.mjs'];
const seedTimeoutMs = 60_000;

export function createAgentHome(options: AgentHomeOptions): AgentHome {
  const { engine, vault } = options;
  return {
    async prepare(container, workingDirs, signal) {
      const [files, own] = await Promise.all([readOffered(options, container), readPrograms(options.resourcesFolder)]);
      const { tar, userFolder } = await packProvided(own, files.files);
      signal?.throwIfAborted();
      await engine.putArchive(container.containerId, tar, '/');
      await seed(options, container, { workingDirs, userFolder }, signal);
      const key = vault.get(container);
      // A container that outlived its app still has the key that this app does not know; only `deliverKey` takes one away.
      if (key !== null) await writeKey(engine, container, key);
    },
    async deliverKey(container) {
      const key = vault.get(container);
      await (key === null ? removeKey(engine, container) : writeKey(engine, container, key));
    },
  };
}

async function readOffered({ userHome, agentWritable, log }: AgentHomeOptions, { agent, workspaceId }: AgentContainer): Promise<UserFiles> {
  const { folder, names } = userFiles[agent];
  const found = await readUserFiles(path.join(userHome, folder), names, agentWritable());
  if (found.skipped.length > 0) log?.warn({ workspaceId, skipped: found.skipped }, "Some of the user's agent files were left out");
  return found;
}

async function readPrograms(resourcesFolder: string): Promise<readonly UserFile[]> {
  const folder = path.join(resourcesFolder, 'agents', 'provided');
  return Promise.all(programs.map(async (name) => ({ name, content: await readFile(path.join(folder, name)), executable: true })));
}

async function seed(
  { engine, tools, userHome }: AgentHomeOptions,
  container: AgentContainer,
  folders: { readonly workingDirs: readonly string[]; readonly userFolder: string },
  signal?: AbortSignal,
): Promise<void> {
  const node = `${tools.path('node')}/${pins.node.executable}`;
  const input = { agent: container.agent, git: await readGitIdentity(userHome), provided: containerPaths.provided, ...folders };
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

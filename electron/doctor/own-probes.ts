import { access, chmod, constants, lstat, mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { AppError, assertNever } from '../../shared/errors.ts';
import type { AgentRegistry, Tools } from '../agents/types.ts';
import type { DataFolder } from '../lib/data-folder.ts';
import type { SettingsStore } from '../settings/settings.ts';
import type { DatabaseVerdict } from './database-worker.ts';
import type { Finding, Probe } from './types.ts';

export type OwnProbesOptions = {
  readonly registry: Pick<AgentRegistry, 'list'>;
  readonly tools: Tools;
  readonly folder: DataFolder;
  readonly settings: SettingsStore;
  readonly version: string;
  readonly isUsed: () => boolean;
};

const ignore = (): void => undefined;

/** The agents, and Forgehold itself. */
export function listOwnProbes(options: OwnProbesOptions): readonly Probe[] {
  const agents = options.registry.list().filter(({ version }) => version !== undefined);
  return [...agents.map(({ agent }) => agentProbe(agent, options)), folderProbe(options), settingsProbe(options), databaseProbe(options), coreProbe(options)];
}

function agentProbe(type: string, { registry, tools, isUsed }: OwnProbesOptions): Probe {
  const find = () => registry.list().find(({ agent }) => agent === type);
  return {
    id: `agent-${type}`,
    group: 'agents',
    title: find()?.title ?? type,
    needsEngine: true,
    async look(): Promise<Finding> {
      const agent = find();
      if (!agent) return { state: 'warn', found: 'Was taken away meanwhile', why: 'Check again.' };
      const key = agent.keyName === undefined ? '' : agent.keyPresent ? ', API key present' : ', no API key: log in inside its terminal';
      const facts = { version: agent.version ?? '', key: agent.keyName === undefined ? 'none needed' : agent.keyPresent ? 'present' : 'absent' };
      if (agent.installed) return { state: 'ok', found: `${agent.version}${key}`, facts };
      if (!isUsed()) return { state: 'ok', found: `${agent.version}${key}. Comes with the first workspace`, facts };
      const fix = { id: `agent-${type}/install`, label: 'Install now' };
      return { state: 'warn', found: `${agent.version} is not installed`, why: 'The next workspace that needs it downloads it first.', facts, fix };
    },
    fixes: { [`agent-${type}/install`]: () => tools.ensure(find()?.agent ?? 'node', ignore) },
  };
}

function folderProbe({ folder }: OwnProbesOptions): Probe {
  const needed = [folder.logs];
  async function look(): Promise<Finding> {
    const facts = { path: folder.root };
    const found = await stat(folder.root);
    const self = process.getuid?.();
    if (self !== undefined && found.uid !== self)
      return {
        state: 'bad',
        found: 'Belongs to another user',
        why: `Its owner could swap what workspaces are started from. Give ${folder.root} back to yourself.`,
        facts,
      };
    const written = await tryWrite(folder.root);
    if (written !== null)
      return {
        state: 'bad',
        found: 'Cannot be written',
        why: `${written} Until then nothing that changes is kept. It heals by itself when that is mended.`,
        facts,
      };
    const fix = { id: 'data-folder/mend', label: 'Mend it' };
    if ((found.mode & 0o077) !== 0)
      return { state: 'warn', found: 'Others may look into it', why: 'It holds logs and what agents keep; it should be yours alone (mode 0700).', facts, fix };
    const missing = (await Promise.all(needed.map(async (path) => ((await lstat(path).catch(() => null))?.isDirectory() ? null : path)))).filter(
      (path) => path !== null,
    );
    if (missing.length > 0) return { state: 'warn', found: `${basename(missing[0]!)} is missing`, why: 'What goes wrong is written nowhere.', facts, fix };
    return { state: 'ok', found: folder.root, facts };
  }
  return {
    ...{ id: 'data-folder', group: 'forgehold', title: 'Data folder', look },
    fixes: {
      'data-folder/mend': async () => {
        await chmod(folder.root, 0o700);
        for (const path of needed) await mkdir(path, { recursive: true, mode: 0o700 });
      },
    },
  };
}

/** Null when it can be written; else why not, and what to do. */
async function tryWrite(root: string): Promise<string | null> {
  const file = join(root, `.doctor-${process.pid}`);
  try {
    await writeFile(file, 'x'.repeat(4096), { mode: 0o600, flush: true });
    return null;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') return 'Its disk is full. Make room; "forgehold disk" lists what can go.';
    if (code === 'EROFS') return 'It is mounted read-only: by hand, or by the kernel after a disk error. Mount it for writing.';
    return `${message}. Check its permissions.`;
  } finally {
    await rm(file, { force: true }).catch(ignore);
  }
}

function settingsProbe({ folder, settings }: OwnProbesOptions): Probe {
  return {
    id: 'settings',
    group: 'forgehold',
    title: 'Settings',
    async look() {
      const facts = { path: folder.settings };
      const text = await readFile(folder.settings, 'utf8').catch((error: unknown) => error as NodeJS.ErrnoException);
      if (text instanceof Error && text.code === 'ENOENT') return { state: 'ok', found: 'All as they come', facts };
      const problem = text instanceof Error ? text.message : settings.judge(text);
      if (problem === null) return { state: 'ok', found: 'Readable', facts };
      return {
        ...{ state: 'bad', facts, found: 'The file was damaged while the core runs' },
        why: `${problem} The running core goes on with the settings it read before; the next one would not start.`,
        fix: { id: 'settings/restore', label: 'Write the settings in use' },
      };
    },
    fixes: {
      'settings/restore': async () => {
        // What the user wrote is kept beside it.
        const aside = `${folder.settings}.${new Date().toISOString().replaceAll(':', '-')}.broken`;
        await rename(folder.settings, aside).catch((error: NodeJS.ErrnoException) => {
          if (error.code !== 'ENOENT') throw error;
        });
        settings.set({});
      },
    },
  };
}

function databaseProbe({ folder }: OwnProbesOptions): Probe {
  return {
    id: 'database',
    group: 'forgehold',
    title: 'Database',
    timeoutMs: 60_000,
    async look(signal) {
      const verdict = await checkDatabase(folder.database, signal);
      const backups = (await readdir(dirname(folder.database))).filter((name) => name.startsWith(`${basename(folder.database)}.`) && name.endsWith('.backup'));
      const facts = { path: folder.database, backups: backups.sort().join(', ') || 'none' };
      switch (verdict.kind) {
        case 'fine':
          return { state: 'ok', found: 'Whole', facts };
        case 'locked':
          return {
            state: 'warn',
            found: 'Another program holds it',
            why: 'Nothing that changes can be written until it lets go: a backup tool, or a database viewer. Close it.',
            facts,
          };
        case 'damaged':
          return {
            ...{ state: 'bad', found: 'Damaged', facts: { ...facts, said: verdict.said } },
            why: 'Parts of it cannot be read. Quit Forgehold, copy the file away, and put the newest backup in its place; workspaces in the engine are found again.',
          };
        case 'unreadable':
          return { state: 'bad', found: 'Cannot be opened', why: `${verdict.said}. Check the permissions of the data folder.`, facts };
        default:
          return assertNever(verdict);
      }
    },
  };
}

/** In a thread: SQLite reads all of it, and would hold up everybody else. */
async function checkDatabase(file: string, signal: AbortSignal): Promise<DatabaseVerdict> {
  await access(file, constants.R_OK);
  const worker = new Worker(new URL('database-worker.ts', import.meta.url), { workerData: { file } });
  try {
    return await new Promise<DatabaseVerdict>((resolve, reject) => {
      worker.once('message', (verdict: DatabaseVerdict) => resolve(verdict));
      worker.once('error', reject);
      worker.once('exit', () => reject(new AppError('doctor/fix-failed', 'The check of the database ended without a word.')));
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
  } finally {
    void worker.terminate();
  }
}

function coreProbe({ version, folder }: OwnProbesOptions): Probe {
  return {
    id: 'core',
    group: 'forgehold',
    title: 'Forgehold',
    async look() {
      const since = new Date(Date.now() - process.uptime() * 1000).toISOString();
      const facts = {
        version,
        node: process.version,
        pid: String(process.pid),
        platform: `${process.platform}-${process.arch}`,
        'data folder': folder.root,
        since,
      };
      return { state: 'ok', found: `${version}. Core runs since ${since.slice(0, 16).replace('T', ' ')} UTC`, facts };
    },
  };
}

import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFile, statfs } from 'node:fs/promises';
import { availableParallelism, freemem, totalmem } from 'node:os';
import { promisify } from 'node:util';
import { formatBytes } from '../../shared/format-bytes.ts';
import type { Workspace } from '../../shared/model/workspace.ts';
import type { SettingsStore } from '../settings/settings.ts';
import type { Disk } from './disk.ts';
import { isRoot, runAsRoot } from './power.ts';
import type { Finding, Probe } from './types.ts';

export type ComputerProbesOptions = {
  readonly disk: Disk;
  readonly settings: SettingsStore;
  readonly workspaces: () => readonly Workspace[];
};

const run = promisify(execFile);
/** Free space, in bytes: an agent's build fills a few GB; under one, databases and images begin to fail. */
const room = { warn: 5e9, bad: 1e9 };
/** Free memory of the host below which it begins to swap, in bytes. */
const memoryLow = 512 * 1024 * 1024;
/** Before 2.35.2, git does not know `safe.bareRepository`, one of the fences around what an agent may plant. */
const gitWanted = [2, 35, 2] as const;
const expiryWarningMs = 30 * 24 * 3600 * 1000;
/** What a few dev servers and editors that watch a large tree need; distributions ship less than these at times. */
const watchesWanted = { 'fs.inotify.max_user_watches': 65_536, 'fs.inotify.max_user_instances': 128 } as const;

export function listComputerProbes(options: ComputerProbesOptions): readonly Probe[] {
  return [diskProbe(options), memoryProbe(options), gitProbe(), certificatesProbe(options), ...(process.platform === 'linux' ? [watchesProbe()] : [])];
}

function diskProbe({ disk }: ComputerProbesOptions): Probe {
  return {
    id: 'disk',
    group: 'computer',
    title: 'Disk',
    timeoutMs: 30_000,
    async look() {
      const free = await disk.free();
      const least = Math.min(free.data, free.engine ?? Infinity);
      const facts = { 'data folder': `${formatBytes(free.data)} free`, ...(free.engine !== undefined && { engine: `${formatBytes(free.engine)} free` }) };
      const state = least < room.bad ? 'bad' : least < room.warn ? 'warn' : 'ok';
      if (state === 'ok') return { state, found: `${formatBytes(least)} free`, facts };
      const can = await disk.reclaimable();
      const bytes = can.reduce((sum, one) => sum + one.bytes, 0);
      const why =
        state === 'bad' ? 'Workspaces cannot be made or started without room, and what they write may be cut short.' : 'A build or a few downloads fill that.';
      if (can.length === 0) return { state, found: `${formatBytes(least)} free`, why: `${why} Nothing of Forgehold's can go; make room elsewhere.`, facts };
      return {
        ...{ state, facts },
        found: `${formatBytes(least)} free. ${formatBytes(bytes)} can go, nothing of it unsaved`,
        why: `${why} "forgehold disk" lists what can go.`,
        fix: { id: 'disk/reclaim', label: `Free ${formatBytes(bytes)}`, command: 'forgehold disk reclaim' },
      };
    },
    fixes: { 'disk/reclaim': async () => void (await disk.reclaim((await disk.reclaimable()).map(({ id }) => id))) },
  };
}

function memoryProbe({ workspaces }: ComputerProbesOptions): Probe {
  return {
    id: 'memory',
    group: 'computer',
    title: 'Memory',
    async look(): Promise<Finding> {
      const available = await readAvailable();
      const running = workspaces().filter(({ state }) => state.kind === 'running' || state.kind === 'paused');
      const allowed = running.reduce((sum, { limits }) => sum + limits.memoryMb * 1024 * 1024, 0);
      const found = `${formatBytes(totalmem())}, ${formatBytes(available)} free, ${availableParallelism()} CPUs`;
      const facts = { 'running workspaces may use': formatBytes(allowed), workspaces: String(running.length) };
      if (available < memoryLow)
        return {
          state: 'warn',
          found,
          why: 'The machine is about to run out of memory, and its kernel then ends programs. Stop a workspace, or lower its limit.',
          facts,
        };
      if (allowed > totalmem() * 1.5)
        return {
          state: 'warn',
          found,
          why: `Together the running workspaces may use ${formatBytes(allowed)}, far more than there is. If they do, the kernel ends programs.`,
          facts,
        };
      return { state: 'ok', found, facts };
    },
  };
}

/** What programs can still get: the kernel's own estimate where it has one, since free memory is mostly cache. */
async function readAvailable(): Promise<number> {
  const text = await readFile('/proc/meminfo', 'utf8').catch(() => '');
  const kilobytes = /^MemAvailable:\s+(\d+) kB$/m.exec(text)?.[1];
  return kilobytes === undefined ? freemem() : Number(kilobytes) * 1024;
}

function gitProbe(): Probe {
  return {
    id: 'git',
    group: 'computer',
    title: 'Git',
    async look(signal) {
      const said = await run('git', ['--version'], { signal, timeout: 5000 }).catch((error: unknown) => error as NodeJS.ErrnoException);
      if (said instanceof Error) {
        const found = said.code === 'ENOENT' ? 'Not installed' : 'Does not run';
        return {
          state: 'bad',
          found,
          why: 'Folders with git get no git in their workspace without it. Install git with your package manager.',
          facts: { said: said.message },
        };
      }
      const version = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(said.stdout);
      if (!version)
        return {
          state: 'warn',
          found: 'Tells no version',
          why: 'The program named git on your PATH is none that Forgehold knows.',
          facts: { said: said.stdout.slice(0, 200) },
        };
      const [found, ...parts] = version;
      if (isAtLeast(parts.map(Number), gitWanted)) return { state: 'ok', found };
      return {
        state: 'warn',
        found,
        why: `Git before ${gitWanted.join('.')} knows not all fences against what an agent may plant in a folder. Install a newer one.`,
      };
    },
  };
}

export function isAtLeast(version: readonly number[], wanted: readonly number[]): boolean {
  for (const [index, part] of wanted.entries()) {
    const own = version[index] || 0;
    if (own !== part) return own > part;
  }
  return true;
}

function certificatesProbe({ settings }: ComputerProbesOptions): Probe {
  return {
    id: 'certificates',
    group: 'computer',
    title: 'Certificates',
    async look() {
      const path = settings.get().extraCaBundle;
      if (path === '') return { state: 'ok', found: "The system's own; no extra authority" };
      const text = await readFile(path, 'utf8').catch((error: unknown) => error as NodeJS.ErrnoException);
      if (text instanceof Error) return { state: 'bad', found: 'The bundle cannot be read', why: brokenBundle(path, text.message), facts: { path } };
      return { ...judgeBundle(text, path, Date.now()), facts: { path } };
    },
  };
}

export function judgeBundle(text: string, path: string, now: number): Finding {
  const blocks = text.match(/-----BEGIN (?:TRUSTED )?CERTIFICATE-----[\s\S]*?-----END (?:TRUSTED )?CERTIFICATE-----/g) ?? [];
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text))
    return {
      state: 'bad',
      found: 'The bundle holds a private key',
      why: `Everything that trusts ${path} would carry that key. Name a file of certificates alone in "extraCaBundle".`,
    };
  if (blocks.length === 0) return { state: 'bad', found: 'The bundle holds no certificate', why: brokenBundle(path, 'it is no PEM file') };
  let ends = Infinity;
  for (const block of blocks) {
    try {
      ends = Math.min(ends, new X509Certificate(block).validToDate.getTime());
    } catch (error) {
      return { state: 'bad', found: 'The bundle is damaged', why: brokenBundle(path, (error as Error).message) };
    }
  }
  const found = `${blocks.length} extra ${blocks.length === 1 ? 'authority' : 'authorities'}, valid until ${new Date(ends).toISOString().slice(0, 10)}`;
  if (ends < now)
    return { state: 'warn', found, why: `A certificate in ${path} has expired: what it signs is refused in builds and workspaces. Put its successor there.` };
  if (ends < now + expiryWarningMs) return { state: 'warn', found, why: `A certificate in ${path} expires soon. Put its successor there in time.` };
  return { state: 'ok', found };
}

function brokenBundle(path: string, reason: string): string {
  return `${path}: ${reason}. Images cannot be built and downloads fail. Correct the file, or empty "extraCaBundle" in the settings.`;
}

/** Those below what is wanted: name, value, wanted. */
async function findLowLimits(): Promise<readonly (readonly [string, number, number])[]> {
  const all = await Promise.all(
    Object.entries(watchesWanted).map(
      async ([name, wanted]) => [name, Number(await readFile(`/proc/sys/${name.replaceAll('.', '/')}`, 'utf8')), wanted] as const,
    ),
  );
  return all.filter(([, value, wanted]) => value < wanted);
}

function watchesProbe(): Probe {
  return {
    id: 'watches',
    group: 'computer',
    title: 'File watchers',
    async look() {
      const missing = await findLowLimits();
      if (missing.length === 0) return { state: 'ok', found: 'Enough for large projects' };
      const command = `sysctl -w ${missing.map(([name, , wanted]) => `${name}=${wanted}`).join(' ')}`;
      return {
        state: 'warn',
        found: missing.map(([name, value]) => `${name} is ${value}`).join(', '),
        why: 'Development servers in workspaces share these limits of the kernel, and fail with ENOSPC or EMFILE when they are used up.',
        fix: { id: 'watches/raise', label: 'Raise until the next boot', command: isRoot() ? command : `sudo ${command}` },
      };
    },
    fixes: { 'watches/raise': async () => runAsRoot(['sysctl', '-w', ...(await findLowLimits()).map(([name, , wanted]) => `${name}=${wanted}`)]) },
  };
}

/** Bytes that this user may still write there; undefined where that cannot be told. */
export async function readFree(path: string): Promise<number | undefined> {
  const found = await statfs(path).catch(() => null);
  return found === null ? undefined : found.bavail * found.bsize;
}

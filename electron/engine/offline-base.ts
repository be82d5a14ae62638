import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { AppError } from '../../shared/errors.ts';

const suite = 'trixie';
/** debootstrap fetches about 70 MB and takes 20 s on two cores; this is a limit for hangs on slow lines. */
const timeoutMs = 20 * 60_000;

/** What public slim images leave out too; dpkg honours it in every image built on top. */
const dpkgExcludes = ['doc/*', 'man/*', 'info/*', 'locale/*', 'lintian/*'].map((pattern) => `path-exclude /usr/share/${pattern}`);
const keptCopyrights = 'path-include /usr/share/doc/*/copyright';
type OfflineBaseOptions = {
  /** Debian's name: `amd64`, `arm64`. */
  readonly architecture: string;
  /** Receives the root file system as a tar; what it returns is awaited. */
  readonly use: (tar: Readable) => Promise<void>;
  readonly onProgress: (line: string) => void;
  readonly signal: AbortSignal;
};

/** Debian's name of an architecture as `docker info` names it (`x86_64`, `aarch64`). */
export function debianArchitecture(engineArchitecture: string): string {
  return { x86_64: 'amd64', aarch64: 'arm64' }[engineArchitecture] ?? engineArchitecture;
}

/** Debian 13 from Debian's own packages. Needs Linux, root and `debootstrap`; throws `image/offline-base-impossible` where that is missing. */
export async function makeOfflineBase(options: OfflineBaseOptions): Promise<void> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) throw new AppError('image/offline-base-impossible', 'Making one needs Linux and root.');
  const folder = await mkdtemp(path.join(tmpdir(), 'forgehold-base-'));
  try {
    await run('debootstrap', ['--variant=minbase', `--arch=${options.architecture}`, suite, folder], options);
    await completeSources(folder);
    await writeFile(path.join(folder, 'etc/dpkg/dpkg.cfg.d/slim'), `${[...dpkgExcludes, keptCopyrights].join('\n')}\n`);
    options.onProgress('Importing the offline base image…');
    const left = [
      './var/cache/apt/archives/*.deb',
      './var/lib/apt/lists/*',
      './var/log/*.log',
      './usr/share/doc/*',
      './usr/share/man/*',
      './usr/share/locale/*',
    ];
    await pipeTar(folder, left, options);
  } finally {
    await unmountBelow(folder);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** debootstrap has written down the mirror that it used, and that alone: updates and security fixes belong beside it. */
async function completeSources(folder: string): Promise<void> {
  const file = path.join(folder, 'etc/apt/sources.list');
  const mirror = /^deb (?:\[[^\]]*\] )?(\S+) /m.exec(await readFile(file, 'utf8'))?.[1]?.replace(/\/$/, '');
  if (mirror === undefined) throw new AppError('image/offline-base-impossible', 'debootstrap did not say which mirror it used.');
  await rm(file);
  await writeFile(path.join(folder, 'etc/apt/sources.list.d/debian.sources'), describeSources(mirror));
}

/** In deb822. Debian's security fixes lie beside the archive on its own mirrors; another layout goes without. */
export function describeSources(mirror: string): string {
  const archive = describeSource(mirror, `${suite} ${suite}-updates`);
  return mirror.endsWith('/debian') ? `${archive}\n${describeSource(`${mirror}-security`, `${suite}-security`)}` : archive;
}

function describeSource(uri: string, suites: string): string {
  return ['Types: deb', `URIs: ${uri}`, `Suites: ${suites}`, 'Components: main', 'Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg', ''].join('\n');
}

async function pipeTar(folder: string, excludes: readonly string[], options: OfflineBaseOptions): Promise<void> {
  const tar = spawn('tar', ['-C', folder, '--numeric-owner', '--one-file-system', ...excludes.map((pattern) => `--exclude=${pattern}`), '-c', '.'], {
    signal: options.signal,
    timeout: timeoutMs,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  await Promise.all([ended(tar, 'tar', []), options.use(tar.stdout)]);
}

async function run(command: string, argv: readonly string[], { onProgress, signal }: OfflineBaseOptions): Promise<void> {
  const child = spawn(command, argv, { signal, timeout: timeoutMs, stdio: ['ignore', 'pipe', 'pipe'] });
  const tail: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    for (const line of text.split('\n').filter(Boolean)) {
      tail.push(line);
      if (tail.length > 20) tail.shift();
      onProgress(line);
    }
  });
  await ended(child, command, tail);
}

/** Resolves at status 0. An aborted child is waited for too: what it still writes would be in the way of cleaning up. */
function ended(child: ChildProcess, command: string, tail: string[]): Promise<void> {
  child.stderr?.setEncoding('utf8').on('data', (text: string) => tail.push(...text.split('\n').filter(Boolean)));
  let failure: NodeJS.ErrnoException | undefined;
  child.once('error', (error) => (failure = error));
  return new Promise((resolve, reject) => {
    child.once('close', (code) => {
      if (code === 0) return resolve();
      const reason =
        failure?.code === 'ENOENT'
          ? `Making one needs ${command}: apt-get install ${command}.`
          : `${command} failed with status ${code}: ${tail.at(-1) ?? 'no output'}.`;
      reject(new AppError('image/offline-base-impossible', reason, { cause: failure, details: { log: tail.slice(-20) } }));
    });
  });
}

/** An interrupted debootstrap leaves /proc and /sys mounted in the folder; deleting through them would be a disaster. */
async function unmountBelow(folder: string): Promise<void> {
  const mounts = await readFile('/proc/self/mounts', 'utf8');
  const below = mounts
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((target) => target.startsWith(`${folder}/`));
  for (const target of below.toReversed()) await ended(spawn('umount', [target], { stdio: ['ignore', 'ignore', 'pipe'] }), 'umount', []);
}

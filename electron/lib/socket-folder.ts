import { lstatSync, mkdirSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { AppError } from '../../shared/errors.ts';

/** Between making a socket and listening on it, its owner looks dead; that takes microseconds. */
const youngMs = 60_000;
/** To accept a connection; a live owner's backlog does it without it. */
const answerMs = 2_000;

/** Where sockets lie whose paths must be short: a folder of this user's alone. */
export function findSocketFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const runtime = environment['XDG_RUNTIME_DIR'];
  return runtime ? join(runtime, 'forgehold') : join(tmpdir(), `forgehold-${process.getuid?.() ?? 0}`);
}

/** The same without links on its way, whether it is there or not. */
export function resolveSocketFolder(folder = findSocketFolder()): string {
  try {
    return join(realpathSync(dirname(folder)), basename(folder));
  } catch {
    // Where nothing is, nothing listens either.
    return folder;
  }
}

/** The folder, made where it is missing. @throws AppError `ipc/foreign-folder` */
export function ensureSocketFolder(folder = findSocketFolder()): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  refuseForeignFolder(folder);
  return folder;
}

/**
 * In a shared temporary folder somebody else may have been first, and would then be asked in our stead.
 *
 * @throws AppError `ipc/foreign-folder`
 */
export function refuseForeignFolder(folder: string): void {
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  if (!stat) return;
  if (stat.isDirectory() && stat.uid === process.getuid?.() && (stat.mode & 0o077) === 0) return;
  throw new AppError('ipc/foreign-folder', `${folder} is not a folder of yours alone (mode 0700). Remove it, or use a data folder with a shorter path.`, {
    details: { path: folder },
  });
}

/** Removes sockets in the folder that nobody listens on any more: a killed core leaves its own. Answers their names. */
export async function sweepSockets(folder = findSocketFolder(), now = Date.now()): Promise<readonly string[]> {
  if (!lstatSync(folder, { throwIfNoEntry: false })) return [];
  refuseForeignFolder(folder);
  const swept = await Promise.all(
    readdirSync(folder).map(async (name) => {
      const path = join(folder, name);
      if (!isOldSocket(path, now) || !(await isDeserted(path))) return [];
      rmSync(path, { force: true });
      return [name];
    }),
  );
  return swept.flat();
}

function isOldSocket(path: string, now: number): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat?.isSocket() === true && now - stat.mtimeMs > youngMs;
}

/** Only a refused connection is proof: an owner that is merely busy, or stopped, has a backlog. */
function isDeserted(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const answer = (deserted: boolean): void => {
      socket.destroy();
      resolve(deserted);
    };
    socket.setTimeout(answerMs, () => answer(false));
    socket.once('connect', () => answer(false));
    socket.once('error', (error: NodeJS.ErrnoException) => answer(error.code === 'ECONNREFUSED'));
  });
}

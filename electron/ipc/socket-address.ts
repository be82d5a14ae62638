import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ensureSocketFolder, findSocketFolder, refuseForeignFolder } from '../lib/socket-folder.ts';

/** `sun_path` holds 104 bytes on macOS and 108 on Linux, with its closing NUL (unix(4), unix(7)). */
const maxPath = 100;

/** Where the core of a data folder answers. Both sides work it out, so nothing has to be written down. */
export type SocketAddress = {
  readonly path: string;
  /** A folder outside the data folder that must be ours alone; null when the socket lies in the data folder. */
  readonly folder: string | null;
};

export function findSocketAddress(
  dataFolder: string,
  platform: NodeJS.Platform = process.platform,
  environment: NodeJS.ProcessEnv = process.env,
): SocketAddress {
  const root = resolveExisting(dataFolder);
  const name = createHash('sha256').update(root).digest('hex').slice(0, 32);
  if (platform === 'win32') return { path: `\\\\.\\pipe\\forgehold-${name}`, folder: null };
  const path = join(root, 'core.sock');
  if (Buffer.byteLength(path) <= maxPath) return { path, folder: null };
  const folder = findSocketFolder(environment);
  return { path: join(folder, `${name.slice(0, 16)}.sock`), folder };
}

/** @throws AppError `ipc/foreign-folder` when somebody else may have put the socket there */
export function secureSocketFolder({ folder }: SocketAddress, make: boolean): void {
  if (folder === null) return;
  if (make) ensureSocketFolder(folder);
  else refuseForeignFolder(folder);
}

function resolveExisting(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    // Not made yet: then nothing answers there either, under any name.
    return resolve(folder);
  }
}

import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { AppError } from '../../shared/errors.ts';

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
  const folder = environment['XDG_RUNTIME_DIR'] ? join(environment['XDG_RUNTIME_DIR'], 'forgehold') : join(tmpdir(), `forgehold-${process.getuid?.() ?? 0}`);
  return { path: join(folder, `${name.slice(0, 16)}.sock`), folder };
}

/**
 * Makes the folder where there is none. In a shared temporary folder somebody else may have been first, and would then be asked in our stead.
 *
 * @throws AppError `ipc/foreign-folder`
 */
export function secureSocketFolder(address: SocketAddress, make: boolean): void {
  if (!address.folder) return;
  if (make) mkdirSync(address.folder, { recursive: true, mode: 0o700 });
  const stat = lstatSync(address.folder, { throwIfNoEntry: false });
  if (!stat) return;
  if (stat.isDirectory() && stat.uid === process.getuid?.() && (stat.mode & 0o077) === 0) return;
  throw new AppError(
    'ipc/foreign-folder',
    `${address.folder} is not a folder of yours alone (mode 0700). Remove it, or use a data folder with a shorter path.`,
    {
      details: { path: address.folder },
    },
  );
}

function resolveExisting(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    // Not made yet: then nothing answers there either, under any name.
    return resolve(folder);
  }
}

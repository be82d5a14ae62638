import { constants, createWriteStream } from 'node:fs';
import { type FileHandle, lstat, open, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** Of a file that is read whole: those we read so hold a line or two. */
const maxBytes = 1024 * 1024;

/**
 * Reads a file of a folder that a stranger may have made; undefined when it is absent or no plain file. A link is not followed
 * (it could lead to any file of this computer), and a named pipe, which nobody may ever write to, does not hold us up.
 *
 * @param folder Without symbolic links.
 */
export async function readOwnFile(folder: string, name: string): Promise<Buffer | undefined> {
  await using file = await openOwn(folder, name);
  if (!file) return undefined;
  const { bytesRead, buffer } = await file.handle.read(Buffer.alloc(Math.min(maxBytes, (await file.handle.stat()).size)), 0);
  return buffer.subarray(0, bytesRead);
}

/** The same for copying, of any size. Says whether there was such a file. */
export async function copyOwnFile(folder: string, name: string, target: string): Promise<boolean> {
  await using file = await openOwn(folder, name);
  if (!file) return false;
  await pipeline(file.handle.createReadStream({ autoClose: false }), createWriteStream(target));
  return true;
}

/** What lies at a place where a plain file of at most `limit` bytes is hoped for. */
export type Looked =
  | { readonly kind: 'file'; readonly content: Buffer }
  | { readonly kind: 'absent' }
  | { readonly kind: 'refused'; readonly why: 'a link' | 'no plain file' | 'too large' | 'unreadable' };

/** As `readOwnFile`, and says why it read nothing. `name` may lie deeper: no folder on its way is a link either. */
export async function lookAtOwnFile(folder: string, name: string, limit: number): Promise<Looked> {
  const path = join(folder, name);
  try {
    const before = await lstat(path);
    if (before.isSymbolicLink() || (await realpath(path)) !== path) return { kind: 'refused', why: 'a link' };
    if (!before.isFile()) return { kind: 'refused', why: 'no plain file' };
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stats = await handle.stat();
      // Something else may have been put there since.
      if (!stats.isFile()) return { kind: 'refused', why: 'no plain file' };
      if (stats.ino !== before.ino || stats.dev !== before.dev) return { kind: 'refused', why: 'unreadable' };
      if (stats.size > limit) return { kind: 'refused', why: 'too large' };
      // It may grow while it is read.
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(limit + 1), 0, limit + 1, 0);
      return bytesRead > limit ? { kind: 'refused', why: 'too large' } : { kind: 'file', content: buffer.subarray(0, bytesRead) };
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (['ENOENT', 'ENOTDIR'].includes(code)) return { kind: 'absent' };
    if (code === 'ELOOP') return { kind: 'refused', why: 'a link' };
    if (['EACCES', 'EPERM', 'ENXIO', 'EIO', 'EISDIR', 'ENAMETOOLONG'].includes(code)) return { kind: 'refused', why: 'unreadable' };
    throw error;
  }
}

type Open = AsyncDisposable & { readonly handle: FileHandle };

async function openOwn(folder: string, name: string): Promise<Open | null> {
  const path = join(folder, name);
  try {
    if ((await realpath(path)) !== path) return null;
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const file = { handle, [Symbol.asyncDispose]: () => handle.close() };
    if ((await handle.stat()).isFile()) return file;
    await handle.close();
    return null;
  } catch (error) {
    // ENXIO: a socket.
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}

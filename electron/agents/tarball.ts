import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { Readable, Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract, type Header, pack, type Pack } from 'tar-stream';
import { AppError } from '../../shared/errors.ts';
import type { PinnedPackage } from './pins.ts';

/** The largest of our packages has 175 MB, and 420 MB unpacked: what is far beyond is not it. */
const maxBytes = 1024 ** 3;
const maxUnpackedBytes = 2 * 1024 ** 3;

/** Writes a download to `file`. Throws `tools/integrity` when it is not, byte for byte, what was pinned. */
export async function saveVerified(
  source: Readable,
  file: string,
  pinned: PinnedPackage,
  onBytes: (total: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const hash = createHash('sha512');
  let total = 0;
  const check = new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      hash.update(chunk);
      total += chunk.byteLength;
      onBytes(total);
      done(total > maxBytes ? mismatch(pinned, `more than ${maxBytes} bytes`) : null, chunk);
    },
  });
  await pipeline(Readable.from(source), check, createWriteStream(file, { flags: 'wx', mode: 0o600 }), { signal });
  const found = `sha512-${hash.digest('base64')}`;
  if (found !== pinned.integrity) throw mismatch(pinned, found);
}

function mismatch(pinned: PinnedPackage, found: string): AppError {
  return new AppError(
    'tools/integrity',
    `${pinned.name} ${pinned.version} is not the file that Forgehold was tested with, so it was not installed. Check which registry npm is set to.`,
    { details: { package: pinned.name, version: pinned.version, expected: pinned.integrity, found } },
  );
}

/**
 * The tar that becomes the tool's folder: the kept files of a verified tarball, owned by root, folders first.
 * npm's tarballs hold regular files only, below one top folder.
 */
export function repack(file: string, pinned: Pick<PinnedPackage, 'root' | 'keep' | 'name' | 'version'>, executable: string): Readable {
  const archive = pack();
  const folders = new Set<string>();
  let unpacked = 0;
  let complete = false;
  const reader = extract();
  async function copy(): Promise<void> {
    for await (const entry of reader) {
      const name = keptName(entry.header, pinned);
      unpacked += entry.header.size ?? 0;
      if (unpacked > maxUnpackedBytes) throw new Error(`The tarball unpacks to more than ${maxUnpackedBytes} bytes.`);
      if (name === null) {
        entry.resume();
        continue;
      }
      addFolders(archive, folders, name);
      // npm sets the right to run at its own installation; not every package has it in its tarball.
      complete ||= name === executable;
      const mode = ((entry.header.mode ?? 0) & 0o100) === 0 && name !== executable ? 0o644 : 0o755;
      await pipeline(entry, archive.entry({ name, mode, size: entry.header.size ?? 0, mtime: new Date(0), uid: 0, gid: 0 }));
    }
    if (!complete) throw otherLayout(pinned, executable);
    archive.finalize();
  }
  pipeline(createReadStream(file), createGunzip(), reader).catch((error: Error) => archive.destroy(error));
  copy().catch((error: Error) => archive.destroy(error));
  return Readable.from(archive, { objectMode: false });
}

function otherLayout({ name, version }: Pick<PinnedPackage, 'name' | 'version'>, executable: string): AppError {
  return new AppError('tools/layout', `${name} ${version} holds no program "${executable}" at the expected place. Choose another version.`, {
    details: { package: name, version, executable },
  });
}

/** `package/vendor/x/bin/codex` → `bin/codex`; null for what is not kept. */
function keptName(header: Header, { root, keep }: Pick<PinnedPackage, 'root' | 'keep'>): string | null {
  if (header.type !== 'file') return null;
  const below = header.name.slice(header.name.indexOf('/') + 1);
  if (!below.startsWith(root)) return null;
  const name = below.slice(root.length);
  if (name.split('/').includes('..')) return null;
  return keep.some((kept) => (kept === './' ? true : kept.endsWith('/') ? name.startsWith(kept) : name === kept)) ? name : null;
}

function addFolders(archive: Pack, folders: Set<string>, name: string): void {
  const parts = name.split('/').slice(0, -1);
  for (const index of parts.keys()) {
    const folder = `${parts.slice(0, index + 1).join('/')}/`;
    if (folders.has(folder)) continue;
    folders.add(folder);
    archive.entry({ name: folder, type: 'directory', mode: 0o755, mtime: new Date(0), uid: 0, gid: 0 });
  }
}

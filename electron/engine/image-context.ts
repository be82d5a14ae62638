import { createHash } from 'node:crypto';
import { readFile, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';

export type ContextFile = {
  /** Relative to the folder, with `/`. */
  readonly name: string;
  readonly content: Uint8Array;
  readonly executable: boolean;
};

/** Every regular file under `folder`, sorted by name, so that equal folders give equal hashes on every machine. */
export async function readContext(folder: string): Promise<readonly ContextFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const full = path.join(entry.parentPath, entry.name);
        const [content, { mode }] = await Promise.all([readFile(full), stat(full)]);
        return { name: path.relative(folder, full).split(path.sep).join('/'), content, executable: (mode & 0o100) !== 0 };
      }),
  );
  return files.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** 12 hex digits over names, modes, contents and the base image's reference. Lengths are hashed too, so that no two inputs run together. */
export function hashContext(files: readonly ContextFile[], baseImage: string): string {
  const hash = createHash('sha256').update(`${baseImage}\n`);
  for (const file of files) hash.update(`${JSON.stringify(file.name)} ${file.executable} ${file.content.byteLength}\n`).update(file.content);
  return hash.digest('hex').slice(0, 12);
}

/** A tar with neutral owners and times. */
export async function packContext(files: readonly ContextFile[]): Promise<Uint8Array> {
  const archive = pack();
  for (const file of files) archive.entry({ name: file.name, mode: file.executable ? 0o755 : 0o644, mtime: new Date(0) }, Buffer.from(file.content));
  archive.finalize();
  return await buffer(archive);
}

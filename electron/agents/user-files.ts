import type { Stats } from 'node:fs';
import { lstat, readdir, readFile, readlink, realpath } from 'node:fs/promises';
import path from 'node:path';

/** What a person writes by hand stays far below; what is above is no instruction for an agent. */
const maxFileBytes = 1024 * 1024;
const maxTotalBytes = 32 * 1024 * 1024;
const maxFiles = 2_000;
const maxDepth = 8;
/** As Linux counts before it gives up with ELOOP. */
const maxLinks = 40;
const ignored = new Set(['.git', 'node_modules']);

export type UserFile = { readonly name: string; readonly content: Uint8Array; readonly executable: boolean };
export type UserFiles = {
  readonly files: readonly UserFile[];
  /** What is there and was left out, by its place, each with the reason. */
  readonly skipped: readonly { readonly path: string; readonly why: string }[];
};

/**
 * Reads `names` (files or folders) of `folder`, symlinks followed, absent ones tolerated. A link is the user's own word as long as no
 * part of its way lies in a folder that an agent may write: there, the agent could point it at any file of the host.
 */
export async function readUserFiles(folder: string, names: readonly string[], agentWritable: readonly string[]): Promise<UserFiles> {
  const reader = new UserFileReader(await Promise.all(agentWritable.map((root) => realpath(root).catch(() => path.resolve(root)))));
  for (const name of names) await reader.read(path.join(folder, name), name, 0);
  return { files: reader.files, skipped: reader.skipped };
}

class UserFileReader {
  readonly files: UserFile[] = [];
  readonly skipped: { readonly path: string; readonly why: string }[] = [];
  readonly #refused: readonly string[];
  #bytes = 0;

  constructor(refused: readonly string[]) {
    this.#refused = refused;
  }

  async read(source: string, name: string, depth: number): Promise<void> {
    const real = await resolveOutside(source, this.#refused);
    if (real === null) return;
    if (real === 'refused') return void this.skipped.push({ path: source, why: 'It leads into a folder that an agent may write.' });
    if (real.stats.isFile()) return this.#readFile(real.path, name, real.stats);
    if (!real.stats.isDirectory()) return void this.skipped.push({ path: source, why: 'It is neither a file nor a folder.' });
    if (depth === maxDepth) return void this.skipped.push({ path: source, why: `It lies deeper than ${maxDepth} folders.` });
    const entries = await readdir(real.path).catch((error: Error) => void this.skipped.push({ path: source, why: error.message }));
    for (const entry of (entries ?? []).toSorted()) {
      if (!ignored.has(entry)) await this.read(path.join(real.path, entry), `${name}/${entry}`, depth + 1);
    }
  }

  async #readFile(file: string, name: string, { size, mode }: Stats): Promise<void> {
    if (size > maxFileBytes) return void this.skipped.push({ path: file, why: `It is larger than ${maxFileBytes} bytes.` });
    if (this.files.length === maxFiles || this.#bytes + size > maxTotalBytes) return void this.skipped.push({ path: file, why: 'There is too much in all.' });
    try {
      const content = await readFile(file);
      this.#bytes += content.byteLength;
      this.files.push({ name, content, executable: (mode & 0o100) !== 0 });
    } catch (error) {
      this.skipped.push({ path: file, why: error instanceof Error ? error.message : String(error) });
    }
  }
}

/** The place behind `source`, every link of the way looked at; null when there is none. `refused` are real paths. */
export async function resolveOutside(source: string, refused: readonly string[]): Promise<{ readonly path: string; readonly stats: Stats } | 'refused' | null> {
  let ahead = path.resolve(source).split(path.sep).filter(Boolean);
  let place: string = path.parse(path.resolve(source)).root;
  let stats = await lstat(place);
  for (let links = 0; ;) {
    const [part, ...rest] = ahead;
    if (part === undefined) return { path: place, stats };
    ahead = rest;
    const next = path.resolve(place, part);
    if (refused.some((root) => isInside(next, root))) return 'refused';
    const found = await lstat(next).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'EACCES') return null;
      throw error;
    });
    if (found === null) return null;
    if (!found.isSymbolicLink()) {
      place = next;
      stats = found;
      continue;
    }
    if ((links += 1) > maxLinks) return null;
    const target = await readlink(next);
    if (path.isAbsolute(target)) place = path.parse(target).root;
    ahead = [...target.split(path.sep).filter(Boolean), ...rest];
  }
}

/** The default file systems of macOS and Windows do not tell capitals apart. */
const fold = (text: string): string => (process.platform === 'linux' ? text : text.toLowerCase());

function isInside(place: string, root: string): boolean {
  const relative = path.relative(fold(root), fold(place));
  return relative === '' || (!relative.startsWith(`..${path.sep}`) && relative !== '..' && !path.isAbsolute(relative));
}

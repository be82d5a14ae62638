import { type Dirent, lstatSync, readdirSync, type Stats } from 'node:fs';
import { parentPort } from 'node:worker_threads';

/** Of `stat`, whatever the file system's own blocks are (stat(2)). */
const blockBytes = 512;

parentPort?.on('message', (folder: string) => parentPort?.postMessage({ folder, bytes: measure(folder) }));

/** Follows no link and leaves the file system nowhere; what cannot be looked at, because an agent took its own rights away, counts nothing. */
function measure(folder: string): number {
  const root = look(folder);
  if (!root) return 0;
  const seen = new Set<string>();
  const folders: string[] = [];
  let bytes = 0;
  function add(path: string): void {
    const found = look(path);
    if (!found || found.dev !== root!.dev) return;
    if (found.nlink > 1 && !found.isDirectory()) {
      const name = `${found.dev}:${found.ino}`;
      if (seen.has(name)) return;
      seen.add(name);
    }
    bytes += found.blocks * blockBytes;
    if (found.isDirectory()) folders.push(path);
  }
  add(folder);
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) for (const entry of list(next)) add(`${next}/${entry.name}`);
  return bytes;
}

function look(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    // Deeper than a path can say, or without rights: of no known size.
    return undefined;
  }
}

function list(path: string): readonly Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch {
    // Gone meanwhile, or without rights: of no known size.
    return [];
  }
}

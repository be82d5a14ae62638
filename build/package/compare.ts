import { createHash } from 'node:crypto';
import { globSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { extractFile, listPackage, statFile } from '@electron/asar';

/** Every file of a packaged app with the hash of what it holds, those in its archive by their own names (`app.asar/dist/…`). */
export function readTree(folder: string): ReadonlyMap<string, string> {
  const tree = new Map<string, string>();
  for (const entry of globSync('**/*', { cwd: folder, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    const name = path.relative(folder, file);
    if (entry.isSymbolicLink()) tree.set(name, `-> ${readlinkSync(file)}`);
    else if (entry.isFile()) tree.set(name, hash(readFileSync(file)));
    if (entry.name === 'app.asar') for (const [inner, sum] of readArchive(file)) tree.set(`${name}${inner}`, sum);
  }
  return tree;
}

/** Names of what one build has and the other has not, or has otherwise. */
export function compareTrees(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): readonly string[] {
  const names = new Set([...one.keys(), ...other.keys()]);
  return [...names].filter((name) => one.get(name) !== other.get(name)).sort();
}

function readArchive(archive: string): readonly (readonly [string, string])[] {
  const files = listPackage(archive, { isPack: false }).filter((file) => 'size' in statFile(archive, file.slice(1)));
  return files.map((file) => [file, hash(extractFile(archive, file.slice(1)))]);
}

function hash(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The folder that has package.json, `resources/` and `dist/`: the checkout, or the archive of the packaged app. Looked for upwards,
 * since a bundle moves this code to another depth.
 */
export const appFolder = findAppFolder(import.meta.dirname);

/** Of package.json. */
export function readAppVersion(): string {
  const { version } = JSON.parse(readFileSync(join(appFolder, 'package.json'), 'utf8')) as { readonly version: string };
  return version;
}

function findAppFolder(from: string): string {
  if (existsSync(join(from, 'package.json'))) return from;
  const above = dirname(from);
  if (above === from) throw new Error(`${import.meta.dirname} belongs to no app: no package.json above it.`);
  return findAppFolder(above);
}

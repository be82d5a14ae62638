import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { modulesFolder, projectFolder } from './paths.mjs';
import { run, step } from './run.mjs';

export type Bundle = {
  /** `the renderer`. */
  readonly name: string;
  /** Vite's configurations, in this order. */
  readonly configs: readonly string[];
  /** Files and folders that it is made of, besides the configurations. */
  readonly inputs: readonly string[];
  /** A file that is there when it is built. */
  readonly result: string;
  /** Beside the bundle, not in it: what is in it is served, or shipped. */
  readonly stamp: string;
};

/** Builds a bundle when something it is made of has changed since. Paths are relative to the project. */
export async function ensureBundle({ name, configs, inputs, result, stamp }: Bundle): Promise<void> {
  const hash = hashInputs([...inputs, ...configs, 'package-lock.json']);
  const [page, stampFile] = [path.join(projectFolder, result), path.join(projectFolder, stamp)];
  if (existsSync(page) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === hash) return;
  await step(`Building ${name}`, async () => {
    for (const config of configs)
      await run(process.execPath, [path.join(modulesFolder, 'vite/bin/vite.js'), 'build', '--config', config], { cwd: projectFolder });
    writeFileSync(stampFile, hash);
  });
}

function hashInputs(inputs: readonly string[]): string {
  const hash = createHash('sha256');
  for (const input of inputs) for (const file of listFiles(path.join(projectFolder, input))) hash.update(`${file}\n`).update(readFileSync(file));
  return hash.digest('hex');
}

function listFiles(place: string): readonly string[] {
  if (!statSync(place).isDirectory()) return [place];
  const entries = readdirSync(place, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

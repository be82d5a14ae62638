import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { modulesFolder, projectFolder } from './paths.mjs';
import { run, step } from './run.mjs';

const inputs = ['renderer', 'shared', 'build/vite.renderer.ts', 'package-lock.json'];
const page = path.join(projectFolder, 'dist/renderer/index.html');
/** Beside the bundle, not in it: what is in it is served. */
const stampFile = path.join(projectFolder, 'dist/renderer.inputs');

/** Builds the renderer when something it is made of has changed since. */
export async function ensureRenderer(): Promise<void> {
  const stamp = hashInputs();
  if (existsSync(page) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  await step('Building the renderer', async () => {
    await run(process.execPath, [path.join(modulesFolder, 'vite/bin/vite.js'), 'build', '--config', 'build/vite.renderer.ts'], { cwd: projectFolder });
    writeFileSync(stampFile, stamp);
  });
}

function hashInputs(): string {
  const hash = createHash('sha256');
  for (const input of inputs) for (const file of listFiles(path.join(projectFolder, input))) hash.update(`${file}\n`).update(readFileSync(file));
  return hash.digest('hex');
}

function listFiles(place: string): readonly string[] {
  if (!statSync(place).isDirectory()) return [place];
  const entries = readdirSync(place, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

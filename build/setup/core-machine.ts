import path from 'node:path';
import { openEngine } from './docker.ts';
import { ensureBaseTools } from './images.ts';
import { ensurePrograms, git } from './packages.ts';
import { projectFolder } from './paths.mjs';
import { ensureRenderer } from './renderer.ts';
import { become } from './run.mjs';

/** Makes the machine ready for the core. Images and agents are its own work, with progress on its screen. */
export async function ensureCoreMachine(): Promise<void> {
  await ensurePrograms([git]);
  const engine = await openEngine();
  try {
    await ensureBaseTools(engine);
  } finally {
    engine.close();
  }
  await ensureRenderer();
}

/** Puts the server shell in our place. */
export function becomeServer(args: readonly string[]): void {
  become(process.execPath, [...process.execArgv, path.join(projectFolder, 'electron/serve.ts'), ...args]);
}

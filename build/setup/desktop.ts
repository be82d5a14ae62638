import { ensureBundle } from './bundle.ts';
import { ensureRenderer } from './renderer.ts';

/** Everything that Electron loads from the project's folder: its main process, its preload and the page. */
export async function ensureDesktop(): Promise<void> {
  await ensureRenderer();
  await ensureBundle({
    name: 'the desktop shell',
    configs: ['build/vite.main.ts', 'build/vite.preload.ts'],
    inputs: ['electron', 'shared', 'resources', 'build/vite'],
    result: 'dist/desktop/preload.cjs',
    stamp: 'dist/desktop.inputs',
  });
}

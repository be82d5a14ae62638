import { ensureBundle } from './bundle.ts';

/** The page that every shell shows. */
export function ensureRenderer(): Promise<void> {
  return ensureBundle({
    name: 'the renderer',
    configs: ['build/vite.renderer.ts'],
    inputs: ['renderer', 'shared'],
    result: 'dist/renderer/index.html',
    stamp: 'dist/renderer.inputs',
  });
}

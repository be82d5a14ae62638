import { globSync } from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'vite';

const started = /(new URL\('[a-z-]+-worker)\.ts(', import\.meta\.url\))/g;

/**
 * Makes `new Worker(new URL('x-worker.ts', import.meta.url))` start a bundle of its own, `x-worker.js` beside the others. Vite itself does
 * so for pages only.
 */
export function bundleWorkers(): Plugin {
  return {
    name: 'forgehold:workers',
    enforce: 'pre',
    transform(code, id) {
      if (!id.endsWith('.ts') || !code.includes('-worker.ts')) return null;
      return { code: code.replaceAll(started, '$1.js$2'), map: null };
    },
    generateBundle(_, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== 'chunk') continue;
        for (const [, named = ''] of file.code.matchAll(/new URL\(["'`]([^"'`:]+)["'`], import\.meta\.url\)/g))
          if (!(named in bundle)) this.error(`${file.fileName} names ${named}, and there is no such bundle`);
      }
    },
  };
}

/** Entries, by name, for every file that is started as a worker. */
export function findWorkers(folder: string): Record<string, string> {
  return Object.fromEntries(globSync(`${folder}/**/*-worker.ts`).map((file) => [path.basename(file, '.ts'), file]));
}

import { defineConfig } from 'vite';

/** The preload of every window: one CommonJS file, since a sandboxed page's preload can load no other. */
export default defineConfig({
  ssr: { target: 'node', noExternal: true },
  build: {
    ssr: true,
    outDir: 'dist/desktop',
    /** The main process's bundle lies there already. */
    emptyOutDir: false,
    target: 'chrome130',
    minify: false,
    sourcemap: true,
    rolldownOptions: {
      input: { preload: 'electron/preload.ts' },
      external: ['electron'],
      output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
    },
  },
});

import { defineConfig } from 'vite';
import { bundleWorkers, findWorkers } from './vite/bundle-workers.ts';
import { leaveOutUnused } from './vite/leave-out.ts';

/**
 * The desktop's main process with the core in it, and what its program answers on a command line. Dependencies are bundled; only the
 * keychain's native part stays outside, as a package beside the bundle (`build/package/contents.ts`).
 */
export default defineConfig({
  plugins: [bundleWorkers(), leaveOutUnused()],
  ssr: { target: 'node', noExternal: true },
  build: {
    ssr: true,
    outDir: 'dist/desktop',
    emptyOutDir: true,
    /** The oldest that the shell must load in: its tests also run on Electron 33. */
    target: 'node20',
    minify: false,
    sourcemap: true,
    chunkSizeWarningLimit: 8000,
    rolldownOptions: {
      input: { main: 'electron/main.ts', ...findWorkers('electron') },
      external: ['electron', '@napi-rs/keyring', /\.node$/],
      /** All in one folder, so that a file finds its neighbours whichever bundle it is in. */
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
    },
  },
});

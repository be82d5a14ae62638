import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/**
 * The one renderer bundle, served by every shell. The shell puts a fresh nonce in place of `__CSP_NONCE__` on each load,
 * so the page needs neither 'unsafe-inline' nor a list of hashes.
 */
export default defineConfig({
  root: new URL('../renderer/', import.meta.url).pathname,
  plugins: [react()],
  html: { cspNonce: '__CSP_NONCE__' },
  build: {
    outDir: '../dist/renderer',
    emptyOutDir: true,
    target: 'chrome132',
    /** Fonts as files: the policy allows fonts from the app itself only. */
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
  },
});

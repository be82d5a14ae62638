import { defineConfig } from 'vitest/config';

/** Limits for hangs on a small, busy machine; never a measure of speed. */
const quick = { testTimeout: 60_000 };
/** Real engines and browsers, one file at a time. */
const slow = { testTimeout: 120_000, hookTimeout: 300_000, fileParallelism: false, retry: 0 };

export default defineConfig({
  test: {
    reporters: ['default'],
    projects: [
      { test: { name: 'unit', include: ['{electron,shared,renderer,build,tests/bench}/**/*.test.{ts,tsx}'], ...quick } },
      { test: { name: 'integration', include: ['tests/integration/**/*.test.ts'], globalSetup: ['tests/setup.ts'], ...slow } },
      { test: { name: 'security', include: ['tests/security/**/*.test.ts'], globalSetup: ['tests/setup.ts'], ...slow } },
      { test: { name: 'e2e', include: ['tests/e2e/**/*.test.ts'], globalSetup: ['tests/setup.ts'], ...slow } },
    ],
  },
});

import { defineConfig } from 'vitest/config';
import { findElectron } from './build/setup/electron.ts';

/** Keys of tests are no business of the keychain of whoever runs them; the keychain's own tests bring a session of their own. */
const env = { FORGEHOLD_KEYCHAIN: 'off' };
/** Limits for hangs on a small, busy machine; never a measure of speed. */
const quick = { env, testTimeout: 60_000 };
const slow = { env, testTimeout: 180_000, hookTimeout: 300_000, retry: 0 };
/**
 * Real engines: most of the time is waiting for them, so two files run at once. Each has an installation of its own, sees nothing of the
 * others' objects, and must not count on what the whole machine does or has.
 */
const engines = { ...slow, maxWorkers: 2, sequence: { groupOrder: 1 } };
/** A browser loads both cores of a small machine: one file at a time, and nothing beside it. */
const browsers = { ...slow, setupFiles: ['tests/e2e/on-failure.ts'], maxWorkers: 1, sequence: { groupOrder: 2 } };

/** Specs that are run twice: in the browser, and in the window of the desktop app. */
const inBoth = ['first-light-browser', 'keyboard', 'terminal', 'house', 'projects-page', 'settings-pages'];
/** The window's pictures are for the documentation: taken when they are asked for. */
if (process.env.SCREENS) inBoth.push('pictures');
/** A pattern that no name fits: every spec is then reported as skipped, by its name. */
const withoutElectron = findElectron({ forTests: true }) ? {} : { testNamePattern: /$^/ };

export default defineConfig({
  test: {
    reporters: ['default'],
    projects: [
      { test: { name: 'unit', include: ['{electron,shared,renderer,build,tests/bench}/**/*.test.{ts,tsx}'], ...quick } },
      { test: { name: 'integration', include: ['tests/integration/**/*.test.ts'], globalSetup: ['tests/setup.ts'], ...engines } },
      { test: { name: 'security', include: ['tests/security/**/*.test.ts'], globalSetup: ['tests/setup.ts'], ...engines } },
      { test: { name: 'e2e', include: ['tests/e2e/**/*.test.ts'], globalSetup: ['tests/setup.ts'], ...browsers } },
      {
        test: {
          name: 'desktop',
          include: ['tests/desktop/**/*.test.ts', ...inBoth.map((name) => `tests/e2e/${name}.test.ts`)],
          globalSetup: ['tests/setup.ts'],
          ...browsers,
          ...withoutElectron,
          env: { ...env, FORGEHOLD_TEST_SHELL: 'desktop' },
        },
      },
    ],
  },
});

import { ensureBrowser } from './browser.ts';
import { openEngine } from './docker.ts';
import { ensureBaseTools, ensureImages } from './images.ts';
import { ensurePrograms, git } from './packages.ts';
import { ensureRenderer } from './renderer.ts';

/**
 * Makes the machine ready for these suites of vitest.config.ts; none named means all. Real engine, images, browser:
 * a suite that needs one fails without it, it does not skip.
 */
export async function ensureTestMachine(suites: readonly string[]): Promise<void> {
  const needs = (suite: string): boolean => suites.length === 0 || suites.includes(suite);
  await ensurePrograms([git]);
  if (needs('e2e')) {
    await ensureBrowser();
    await ensureRenderer();
  }
  if (!needs('integration') && !needs('security') && !needs('e2e')) return;
  const engine = await openEngine();
  try {
    await ensureBaseTools(engine);
    await ensureImages(engine);
  } finally {
    engine.close();
  }
}

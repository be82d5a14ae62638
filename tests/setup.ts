import path from 'node:path';
import { createImages, imageNames } from '../electron/engine/images.ts';
import { createTestEngine } from './fixtures/engine.ts';

const resourcesFolder = path.join(import.meta.dirname, '../resources');

/** Runs once before the suites that need a real engine: says in one sentence what is missing, instead of a hundred failures. */
export async function setup(): Promise<void> {
  const { engine, cleanUp } = createTestEngine();
  try {
    await engine.info();
    const images = createImages({ engine, resourcesFolder, extraCaBundle: () => '' });
    for (const name of imageNames) {
      if (!(await images.find(name))) throw new Error(`The ${name} image is not built. Run the tests through "npm test -- --project …": it does the set-up.`);
    }
  } catch (error) {
    throw new Error(`These tests need a machine that is set up: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  } finally {
    await cleanUp();
  }
}

import path from 'node:path';
import { offlineBase, publicBase } from '../../electron/engine/base-image.ts';
import { createImages, imageNames } from '../../electron/engine/images.ts';
import type { Engine } from '../../electron/engine/types.ts';
import { AppError } from '../../shared/errors.ts';
import { canInstall, debootstrap, ensurePrograms } from './packages.ts';
import { projectFolder } from './paths.mjs';
import { SetupError, say, step } from './run.mjs';

const resourcesFolder = path.join(projectFolder, 'resources');

/** Gives this machine what a base image may have to be made with. A registry is tried first, when it comes to that. */
export async function ensureBaseTools(engine: Engine): Promise<void> {
  if (canInstall() && !(await engine.imageId(offlineBase)) && !(await engine.imageId(publicBase))) await ensurePrograms([debootstrap]);
}

/** Builds the images that are not there yet. */
export async function ensureImages(engine: Engine): Promise<void> {
  const images = createImages({ engine, resourcesFolder, extraCaBundle: () => '' });
  for (const name of imageNames) {
    if (await images.find(name)) continue;
    try {
      await step(`Building the ${name} image`, () => images.ensure(name, sayMilestone));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      throw new SetupError(`${error.message}\n${JSON.stringify(error.details, null, 2)}`, { cause: error });
    }
  }
}

/** One line per step of a build; what apt and debootstrap say goes unsaid. */
function sayMilestone(line: string): void {
  if (/^(Step \d|Pulling|Building|Importing)|could not/.test(line)) say(`  ${line.split('\n', 1)[0]?.slice(0, 140)}`);
}

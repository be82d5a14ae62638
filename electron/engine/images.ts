import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { SharedWork } from '../lib/shared-work.ts';
import { ensureBaseImage, offlineBase, publicBase } from './base-image.ts';
import { type ContextFile, hashContext, packContext, readContext } from './image-context.ts';
import type { Engine } from './types.ts';

/** Builds of an image that stay beside a new one: of another release, another CA bundle, a checkout under work. */
const keptBuilds = 3;

/** The folders of resources/images. */
export const imageNames = ['agent', 'gateway'] as const;
export type ImageName = (typeof imageNames)[number];

export type Images = {
  /** The tag of the image when it is there already. */
  readonly find: (name: ImageName) => Promise<string | null>;
  /**
   * The tag of the image, present afterwards: `forgehold/<name>:<hash of files, extra CAs and base>`. A present image answers
   * without building; concurrent callers share one build, and it is aborted when the last of them aborts.
   * Throws `image/no-base`, `image/extra-ca-unreadable`, and what the engine's build throws (the step's log in its details).
   */
  readonly ensure: (name: ImageName, onProgress: (line: string) => void, signal?: AbortSignal) => Promise<string>;
};

export type ImagesOptions = {
  readonly engine: Pick<Engine, 'imageId' | 'removeOldImages' | 'pullImage' | 'importImage' | 'buildImage' | 'info'>;
  /** Holds `images/<name>/Dockerfile`. */
  readonly resourcesFolder: string;
  /** The setting of that name, read at each use: a PEM file on the host, or ''. */
  readonly extraCaBundle: () => string;
};

/** Images are data: a folder in resources/, built when its hash has no image yet, shared by all installations of one engine. */
export function createImages({ engine, resourcesFolder, extraCaBundle }: ImagesOptions): Images {
  const builds = new SharedWork<string>();

  function read(name: ImageName): Promise<readonly ContextFile[]> {
    return readImageFiles(path.join(resourcesFolder, 'images', name), extraCaBundle());
  }
  async function findPresent(name: ImageName, files: readonly ContextFile[]): Promise<string | null> {
    for (const base of [offlineBase, publicBase]) {
      const tag = tagOf(name, files, base);
      if (await engine.imageId(tag)) return tag;
    }
    return null;
  }
  async function build(name: ImageName, files: readonly ContextFile[], onProgress: (line: string) => void, signal: AbortSignal): Promise<string> {
    const base = await ensureBaseImage(engine, onProgress, signal);
    const tag = tagOf(name, files, base);
    onProgress(`Building ${tag} on ${base}…`);
    await engine.buildImage(await packContext(files), { tag, buildArgs: { BASE_IMAGE: base }, onProgress, signal });
    await removeOldBuilds(tag, onProgress);
    return tag;
  }
  /** Room on the user's disk is worth a try, not a failed start. */
  async function removeOldBuilds(tag: string, onProgress: (line: string) => void): Promise<void> {
    try {
      for (const old of await engine.removeOldImages(tag, keptBuilds)) onProgress(`Removed ${old}, which ${tag} replaces.`);
    } catch (error) {
      onProgress(`Older images could not be removed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return {
    find: async (name) => findPresent(name, await read(name)),
    async ensure(name, onProgress, signal) {
      const files = await read(name);
      const present = await findPresent(name, files);
      if (present) return present;
      return builds.run(hashContext(files, name), (progress, all) => build(name, files, progress, all), onProgress, signal);
    },
  };
}

function tagOf(name: ImageName, files: readonly ContextFile[], base: string): string {
  return `forgehold/${name}:${hashContext(files, base)}`;
}

async function readImageFiles(folder: string, caBundle: string): Promise<readonly ContextFile[]> {
  const files = await readContext(folder);
  if (!caBundle) return files;
  try {
    return [...files, { name: 'extra-ca.crt', content: await readFile(caBundle), executable: false }];
  } catch (cause) {
    throw new AppError('image/extra-ca-unreadable', `The extra CA bundle ${caBundle} cannot be read. Correct the setting "extraCaBundle", or empty it.`, {
      cause,
    });
  }
}

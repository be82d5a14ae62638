import { AppError } from '../../shared/errors.ts';
import { debianArchitecture, makeOfflineBase } from './offline-base.ts';
import type { Engine } from './types.ts';

/** What images are built from where a registry answers. */
export const publicBase = 'debian:trixie-slim';
/** Made from Debian's packages where none does. Present, it is used without network. */
export const offlineBase = 'forgehold/base:trixie';

type BaseEngine = Pick<Engine, 'imageId' | 'pullImage' | 'importImage' | 'info'>;

/**
 * The reference of a base image that is present afterwards: a local one, else the public one pulled, else one made here from
 * Debian's packages (Linux, root, debootstrap). Throws `image/no-base`, which says what to do.
 */
export async function ensureBaseImage(engine: BaseEngine, onProgress: (line: string) => void, signal: AbortSignal): Promise<string> {
  for (const reference of [offlineBase, publicBase]) if (await engine.imageId(reference)) return reference;
  try {
    onProgress(`Pulling ${publicBase}…`);
    await engine.pullImage(publicBase, onProgress, signal);
    return publicBase;
  } catch (error) {
    signal.throwIfAborted();
    onProgress(`${publicBase} could not be pulled (${messageOf(error)}). Making an offline base image from Debian's packages…`);
    await makeBaseHere(engine, onProgress, signal, error);
    return offlineBase;
  }
}

async function makeBaseHere(engine: BaseEngine, onProgress: (line: string) => void, signal: AbortSignal, pullError: unknown): Promise<void> {
  try {
    const { architecture } = await engine.info();
    await makeOfflineBase({ architecture: debianArchitecture(architecture), use: (tar) => engine.importImage(tar, offlineBase), onProgress, signal });
  } catch (error) {
    signal.throwIfAborted();
    throw new AppError(
      'image/no-base',
      `There is no base image: ${publicBase} could not be pulled, and an offline one could not be made (${messageOf(error)}) ` +
        `Let the Docker engine reach a registry, or load an image of Debian 13 and name it: docker tag <image> ${offlineBase}`,
      { cause: error, details: { pullError: messageOf(pullError) } },
    );
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

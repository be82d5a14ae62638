import type { Readable } from 'node:stream';
import type { ImageInspectInfo } from 'dockerode';
import { AppError } from '../../shared/errors.ts';
import type { Connection } from './connection.ts';
import { isAbsent } from './errors.ts';
import { requireImageReference } from './image-reference.ts';
import { followProgress } from './progress.ts';
import type { Engine } from './types.ts';

type ImageStore = Pick<Engine, 'imageId' | 'imageFacts' | 'removeOldImages' | 'pullImage' | 'buildImage' | 'importImage'>;

/** Only such a tag is ours to remove; `createImages` makes no other. */
export const ownTag = /^(forgehold\/[a-z0-9-]+):[0-9a-f]{12}$/;

/** The engine's images. They are shared with the user's other tools, so the jail does not hold them; only own tags are ever removed. */
export function createImageStore(connection: Connection): ImageStore {
  return {
    imageId: async (reference) => (await inspect(connection, reference))?.Id ?? null,

    async imageFacts(reference) {
      const found = await inspect(connection, reference);
      if (found === null) return null;
      const pairs = (found.Config.Env ?? []).map((pair): [string, string] => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]);
      const { Id: id, Os: os, Architecture: architecture } = found;
      return { id, os, architecture, labels: found.Config.Labels ?? {}, env: Object.fromEntries(pairs) };
    },

    removeOldImages: (current, keep) => removeOldImages(connection, current, keep),

    async pullImage(reference, onProgress, signal) {
      requireImageReference(reference);
      await followProgress(
        connection,
        `pull image ${reference}`,
        'engine/pull-failed',
        (docker, abortSignal) => docker.pull(reference, { abortSignal }),
        onProgress,
        signal,
      );
    },

    async buildImage(context, { tag, buildArgs, onProgress, signal }) {
      // No labels of ours: a container inherits its image's, and a user's own container of this image would look like ours.
      // Version 1, the classic builder: dockerode's BuildKit session reads .proto files that a bundle does not have.
      const options = { t: tag, version: '1', buildargs: { ...buildArgs }, forcerm: true } as const;
      const body = context instanceof Uint8Array ? Buffer.from(context.buffer, context.byteOffset, context.byteLength) : context;
      // dockerode takes a buffer too; its types know only paths and streams.
      await followProgress(
        connection,
        `build image ${tag}`,
        'engine/build-failed',
        (docker, abortSignal) => docker.buildImage(body as Readable, { ...options, abortSignal }),
        onProgress,
        signal,
      );
    },

    async importImage(tar, reference) {
      const colon = reference.lastIndexOf(':');
      const [repo, tag] = colon > reference.lastIndexOf('/') ? [reference.slice(0, colon), reference.slice(colon + 1)] : [reference, 'latest'];
      await followProgress(
        connection,
        `import image ${reference}`,
        'engine/import-failed',
        (docker, abortSignal) => docker.importImage(tar, { repo, tag, abortSignal }),
        () => undefined,
      );
    },
  };
}

async function inspect(connection: Connection, reference: string): Promise<ImageInspectInfo | null> {
  requireImageReference(reference);
  try {
    return await connection.request(`look for image ${reference}`, (docker, abortSignal) => docker.getImage(reference).inspect({ abortSignal } as object));
  } catch (error) {
    if (isAbsent(error) || (error instanceof AppError && error.code === 'engine/no-image')) return null;
    throw error;
  }
}

async function removeOldImages(connection: Connection, current: string, keep: number): Promise<readonly string[]> {
  const repository = ownTag.exec(current)?.[1];
  if (repository === undefined) throw new AppError('engine/foreign-image', `${current} is no image that Forgehold builds. Name one of its tags.`);
  const filters = JSON.stringify({ reference: [`${repository}:*`] });
  const images = await connection.request(`list images of ${repository}`, (docker, abortSignal) => docker.listImages({ filters, abortSignal } as object));
  const tags = images
    .toSorted((one, other) => other.Created - one.Created)
    .flatMap(({ RepoTags }) => RepoTags ?? [])
    .filter((tag) => ownTag.exec(tag)?.[1] === repository && tag !== current);
  const removed: string[] = [];
  for (const tag of tags.slice(keep)) if (await removeUnused(connection, tag)) removed.push(tag);
  return removed;
}

/** Without force, so that the engine itself refuses while any container stands on it. */
export async function removeUnused(connection: Connection, tag: string): Promise<boolean> {
  try {
    await connection.request(`remove image ${tag}`, (docker, abortSignal) => docker.getImage(tag).remove({ abortSignal } as object));
    return true;
  } catch (error) {
    if (error instanceof AppError && ['engine/conflict', 'engine/no-image', 'engine/not-found'].includes(error.code)) return false;
    throw error;
  }
}

import type { EngineDiskUse } from '../engine/disk-use.ts';
import { cacheVolumeName } from '../engine/names.ts';
import type { Candidate, DiskHouse } from './disk.ts';
import type { DoctorLog } from './types.ts';

/** Keeps shared things in volumes of the engine, and knows what of them nobody needs: tool versions, package caches. */
export type Keeper = {
  /** What its volumes are called on the screen. */
  readonly title: string;
  /** Whether a volume of this installation is one of its. */
  readonly owns: (volume: string) => boolean;
  readonly candidates: () => Promise<readonly Candidate[]>;
};

const cachePrefix = cacheVolumeName('', '').slice(0, -1);

/** A volume of packages that one project's workspaces share. */
export function isCache(volume: string): boolean {
  return volume.startsWith(cachePrefix);
}

/** `npm (3f2a…)`: the package manager, and the project's id. */
export function cacheOf(volume: string): string {
  const [projectId = '', ...name] = volume.slice(cachePrefix.length).split('-');
  return `${name.join('-')} of project ${projectId}`;
}

/** A build takes minutes; one whose last step is this old was given up. */
const abandonedBuildMs = 3600 * 1000;

/** Of this installation only, but for images: those Forgehold builds are shared by all installations of one engine, and come again when they are needed. */
export async function findEngineCandidates(
  { engine, currentImages, keepers }: DiskHouse,
  use: EngineDiskUse,
  isKnown: (workspaceId: string) => boolean,
  log: DoctorLog,
): Promise<readonly Candidate[]> {
  const [current, leftovers, ...kept] = await Promise.all([
    currentImages(),
    engine.buildLeftovers(abandonedBuildMs),
    ...keepers.map(({ title, candidates }) =>
      candidates().catch((error: unknown) => {
        log.warn({ error, keeper: title }, 'What of a volume may go could not be found');
        return [];
      }),
    ),
  ]);
  const images = use.images
    .filter(({ tag, used }) => !used && !current.includes(tag) && !tag.startsWith('forgehold/base:'))
    .map(({ tag, own }): Candidate => {
      const why = 'No container uses it, and this version of Forgehold needs another. It is built again if it is ever needed.';
      return { id: `image:${tag}`, label: `Image ${tag}`, bytes: own, why, remove: () => engine.removeImage(tag) };
    });
  const broken = leftovers.map(({ id, bytes }): Candidate => {
    const why = "Left by a build of Forgehold's that was broken off.";
    return { id: `build:${id}`, label: `Broken-off build ${id.slice(7, 19)}`, bytes, why, remove: () => engine.removeBuildLeftover(id) };
  });
  const throwaway = use.containers
    .filter(({ role, status }) => (role === 'installer' || role === 'probe') && (status === 'exited' || status === 'dead'))
    .map(({ id, name, bytes }): Candidate => {
      const remove = async (): Promise<boolean> => (await engine.inspectContainer(id)) !== null && engine.removeContainer(id).then(() => true);
      return { id: `container:${id}`, label: `Container ${name}`, bytes, why: 'A helper of Forgehold that has done its work.', remove };
    });
  // A volume with a clone in it may hold work that lies nowhere else; only the wall's configuration is known to hold none.
  const volumes = use.volumes
    .filter(({ name, workspaceId }) => workspaceId !== undefined && name.startsWith('forge-wall-') && !isKnown(workspaceId))
    .map(({ name, workspaceId, bytes }): Candidate => {
      const remove = async (): Promise<boolean> => !isKnown(workspaceId!) && engine.removeVolume(name).then(() => true);
      return { id: `volume:${name}`, label: `Volume ${name}`, bytes, why: 'Configuration of a workspace that is gone.', remove };
    });
  const caches = use.volumes
    .filter(({ name, used }) => isCache(name) && !used)
    .map(({ name, bytes }): Candidate => {
      const why = 'Packages that were fetched. Nothing uses them now; they are fetched again, which takes time.';
      const remove = (): Promise<boolean> => engine.removeVolume(name).then(() => true);
      return { id: `volume:${name}`, label: `Package cache ${cacheOf(name)}`, bytes, why, remove };
    });
  return [...images, ...broken, ...throwaway, ...volumes, ...caches, ...kept.flat()];
}

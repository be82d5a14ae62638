import { AppError } from '../../shared/errors.ts';
import type { Project } from '../../shared/model/project.ts';
import type { Mount } from '../engine/objects.ts';
import { ensureCaches, planCaches, refuseUnknownCaches } from './caches.ts';
import { type MountSource, planMounts } from './mounts.ts';
import type { CompleteOptions } from './options.ts';
import type { WorkspaceRecord } from './records.ts';
import type { WorkspaceParts, WorkspacesOptions } from './types.ts';

type Parts = Pick<WorkspaceParts, 'engine' | 'mountSurroundings'>;

/** What the options add to a container besides what every workspace has. */
export type Extras = {
  readonly mounts: readonly Mount[];
  readonly env: Readonly<Record<string, string>>;
  readonly owned: readonly string[];
  /** Where the sources of its mounts lead now. */
  readonly sources: readonly MountSource[];
};

/** Looked at anew at each start. @throws mount/…, engine/… */
export async function prepareExtras(parts: Parts, record: WorkspaceRecord): Promise<Extras> {
  const { projectId, effective } = record;
  const { path, clone } = record.project;
  const project = { inside: path, onHost: clone === undefined ? path : null };
  const { mounts, sources } = await planMounts(effective.mounts, project, await parts.mountSurroundings());
  const caches = planCaches(projectId, effective.caches);
  await ensureCaches(parts.engine, projectId, effective.caches);
  return { mounts: [...caches.mounts, ...mounts], env: caches.env, owned: caches.owned, sources };
}

/** Labels of ours, of the engine and its tools, and of image standards: they steer programs. */
const reservedLabels = [
  'dev.forgehold',
  'com.docker',
  'io.docker',
  'desktop.docker.io',
  'org.opencontainers',
  'org.dockerproject',
  'io.podman',
  'io.containerd',
];

/**
 * Refuses what can be known to be wrong before anything is made.
 * @throws workspace/reserved-label, workspace/bad-folder, cache/unknown, mount/…, network/unfit
 */
export async function refuseBadOptions(
  parts: Parts & Pick<WorkspacesOptions, 'site'>,
  project: Pick<Project, 'kind' | 'path'>,
  options: CompleteOptions,
): Promise<void> {
  const label = Object.keys(options.labels).find((name) => reservedLabels.some((prefix) => name === prefix || name.startsWith(`${prefix}.`)));
  if (label !== undefined)
    throw new AppError('workspace/reserved-label', `The label ${label} is read by programs that trust it. Choose a name of your own.`, { details: { label } });
  if (options.workingFolder.split('/').some((part) => part === '.' || part === '..'))
    throw new AppError('workspace/bad-folder', `The working folder ${options.workingFolder} is given without "." and "..".`, {
      details: { workingFolder: options.workingFolder },
    });
  refuseUnknownCaches(options.caches);
  if (options.mounts.length > 0 && parts.site?.local === false)
    throw new AppError('mount/remote-engine', `The engine ${parts.site.title} runs on another machine, where folders of this one cannot be mounted.`, {
      details: { engine: parts.site.title },
    });
  const place = { inside: project.path, onHost: project.kind === 'folder' ? project.path : null };
  await planMounts(options.mounts, place, await parts.mountSurroundings());
  await refuseUnfitNetworks(parts, options.networks);
}

async function refuseUnfitNetworks({ engine }: Parts, networks: CompleteOptions['networks']): Promise<void> {
  for (const { name } of networks) {
    const found = await engine.foreignNetwork(name);
    if (found === null)
      throw new AppError(
        'network/no-such-network',
        `The engine has no network named ${name}. Make it: docker network create --internal --opt com.docker.network.bridge.inhibit_ipv4=true ${name}`,
        { details: { network: name } },
      );
    if (found.unfit !== null) throw new AppError('network/unfit', found.unfit, { details: { network: name } });
  }
}

import presets from '../../resources/presets/caches.json' with { type: 'json' };
import { AppError } from '../../shared/errors.ts';
import { cacheVolumeName } from '../engine/names.ts';
import type { Mount } from '../engine/objects.ts';
import type { Engine } from '../engine/types.ts';

/** Of the container: outside the home, whose folders the engine would make as root. */
const folderOf = (name: string): string => `/var/cache/forgehold/${name}`;
const known: Readonly<Record<string, { readonly env: Readonly<Record<string, string>> }>> = presets;

/** What there is to choose from. */
export function listCaches(): { readonly id: string; readonly title: string }[] {
  return Object.entries(presets).map(([id, { title }]) => ({ id, title }));
}

/** @throws cache/unknown */
export function refuseUnknownCaches(names: readonly string[]): void {
  const unknown = names.find((name) => !Object.hasOwn(known, name));
  if (unknown === undefined) return;
  throw new AppError('cache/unknown', `There is no cache named ${unknown}. Choose among ${Object.keys(known).join(', ')}.`, { details: { name: unknown } });
}

export type CachePlan = {
  readonly mounts: readonly Mount[];
  readonly env: Readonly<Record<string, string>>;
  /** Folders that shall be the agent's. */ readonly owned: readonly string[];
};

/** One volume for each project and package manager (`docs/adr/0010-caches-of-a-project.md`): workspaces of one project share it, no other project sees it. */
export function planCaches(projectId: string, names: readonly string[]): CachePlan {
  const unique = [...new Set(names)];
  return {
    mounts: unique.map((name) => ({ kind: 'volume', source: cacheVolumeName(projectId, name), target: folderOf(name), readOnly: false })),
    env: Object.assign({}, ...unique.map((name) => environmentOf(name))) as Record<string, string>,
    owned: unique.map(folderOf),
  };
}

function environmentOf(name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(known[name]?.env ?? {}).map(([variable, value]) => [variable, value.replaceAll('{folder}', folderOf(name))]));
}

export async function ensureCaches(engine: Pick<Engine, 'ensureVolume'>, projectId: string, names: readonly string[]): Promise<void> {
  await Promise.all(names.map((name) => engine.ensureVolume(cacheVolumeName(projectId, name), { projectId })));
}

/** When the project goes; its containers are gone already. */
export async function removeCaches(engine: Pick<Engine, 'listVolumes' | 'removeVolume'>, projectId: string): Promise<void> {
  const prefix = cacheVolumeName(projectId, '');
  const caches = (await engine.listVolumes({ projectId })).filter(({ name }) => name.startsWith(prefix));
  for (const { name } of caches) await engine.removeVolume(name);
}

import { access, constants, lstat, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { MountOption } from '../../shared/model/options.ts';
import type { Mount } from '../engine/objects.ts';
import { explainTarget, judgeMount, type MountSurroundings, type Verdict } from './mount-rules.ts';
import { contains } from './project-path.ts';
import type { WorkspaceRecord } from './records.ts';

/** A mount as it was when the container was made: what the user wrote, and where that led. */
export type MountSource = { readonly source: string; readonly resolved: string };

/**
 * Where a path of the host leads, and whether that may be mounted.
 * @throws mount/not-found, mount/not-readable, mount/loop, mount/not-a-folder, mount/path
 */
export async function checkMount(source: string, readOnly: boolean, surroundings: MountSurroundings): Promise<Verdict & { readonly resolved: string }> {
  const details = { source };
  if (!isAbsolute(source)) throw new AppError('mount/path', `Give the whole path of what is mounted, beginning with "/": ${source}`, { details });
  // What is refused by its name is refused whether it is there or not.
  const named = judgeMount(trimmed(source), readOnly, surroundings);
  if (named.kind === 'refused') return { ...named, resolved: source };
  const resolved = await realpath(source).catch((error: unknown) => {
    throw explain(error, source);
  });
  if (/[\n\r\0]/.test(resolved)) throw new AppError('mount/path', `The path of ${JSON.stringify(source)} holds a line break. Rename the folder.`, { details });
  const verdict = judgeMount(resolved, readOnly, surroundings);
  if (verdict.kind === 'refused') return { ...verdict, resolved };
  const entry = await stat(resolved);
  if (!entry.isDirectory() && !entry.isFile())
    return { kind: 'refused', reason: `${resolved} is a socket, a pipe or a device. Only folders and plain files are mounted.`, resolved };
  await access(resolved, entry.isDirectory() ? constants.R_OK | constants.X_OK : constants.R_OK).catch((error: unknown) => {
    throw explain(error, resolved);
  });
  return { ...verdict, resolved };
}

export type MountPlan = { readonly mounts: readonly Mount[]; readonly sources: readonly MountSource[] };

/**
 * The mounts that the options ask for, checked as if for the first time: what is writable to some agent may have changed since.
 *
 * @param project The project's folder in the container, and on the host (absent for a clone).
 * @throws mount/refused, mount/needs-confirmation, mount/target, and as `checkMount` does
 */
export async function planMounts(
  options: readonly MountOption[],
  project: { readonly inside: string; readonly onHost: string | null },
  surroundings: MountSurroundings,
): Promise<MountPlan> {
  const planned: { readonly option: MountOption; readonly target: string; readonly resolved: string }[] = [];
  for (const option of options) {
    const target = trimmed(option.target ?? option.source);
    const others = planned.map((one) => one.target);
    const wrong = explainTarget(target, project.inside, others);
    if (wrong !== null) throw new AppError('mount/target', wrong, { details: { source: option.source, target } });
    const verdict = await checkMount(option.source, option.readOnly, surroundings);
    const { resolved } = verdict;
    const details = { source: option.source, resolved };
    if (verdict.kind === 'refused') throw new AppError('mount/refused', verdict.reason, { details });
    if (verdict.kind === 'confirm' && option.confirmed !== resolved)
      throw new AppError('mount/needs-confirmation', `${verdict.reason} Type ${resolved} to confirm that the agent gets it.`, {
        details: { ...details, reason: verdict.reason },
      });
    planned.push({ option, target, resolved });
  }
  for (const { target } of planned) await requireMountPoint(target, project, planned);
  const mounts = await Promise.all(planned.map((one) => mountsOf(one, surroundings.data)));
  return { mounts: mounts.flat(), sources: planned.map(({ option, resolved }) => ({ source: option.source, resolved })) };
}

/** The mount itself, and what is covered in it: Forgehold's own folder, and the git dir of a repository, whose hooks the user's git would run. */
async function mountsOf(
  { option, target, resolved }: { readonly option: MountOption; readonly target: string; readonly resolved: string },
  data: string,
): Promise<readonly Mount[]> {
  const main: Mount = { kind: 'bind', source: resolved, target, readOnly: option.readOnly };
  if (contains(resolved, data)) return [main, { kind: 'tmpfs', target: join(target, relative(resolved, data)), sizeMb: 1, mode: 0o000, noExec: true }];
  if (option.readOnly) return [main];
  const git = await lstat(join(resolved, '.git')).catch(() => null);
  if (git === null) return [main];
  if (git.isDirectory() || git.isFile()) return [main, { kind: 'bind', source: join(resolved, '.git'), target: join(target, '.git'), readOnly: true }];
  throw new AppError('mount/refused', `${resolved}/.git is a link: where it leads would lie open to the agent. Mount the folder read-only.`, {
    details: { source: option.source, resolved },
  });
}

/** The engine would make a missing mount point, as root, in the user's own folder. */
async function requireMountPoint(
  target: string,
  project: { readonly inside: string; readonly onHost: string | null },
  planned: readonly { readonly target: string; readonly resolved: string }[],
): Promise<void> {
  const own = project.onHost === null ? [] : [{ target: project.inside, resolved: project.onHost }];
  const holder = [...own, ...planned].find((one) => one.target !== target && contains(one.target, target));
  if (holder === undefined) return;
  const place = join(holder.resolved, target.slice(holder.target.length));
  const real = await realpath(place).catch(() => null);
  if (real === place) return;
  throw new AppError('mount/target', `There is no ${place} to mount on. Make that folder first, or mount to a place outside of ${holder.target}.`, {
    details: { target, place },
  });
}

/** Resolved sources that its agent may write. */
export function writableSources({ effective, mountSources = [] }: Pick<WorkspaceRecord, 'effective' | 'mountSources'>): readonly string[] {
  const writable = new Set(effective.mounts.filter(({ readOnly }) => !readOnly).map(({ source }) => source));
  return mountSources.filter(({ source }) => writable.has(source)).map(({ resolved }) => resolved);
}

export type StaleMount = { readonly source: string; readonly was: string; /** null: it leads nowhere. */ readonly now: string | null };

/** What no longer leads where it led when the container was made. */
export async function findStaleMounts(sources: readonly MountSource[] | undefined): Promise<readonly StaleMount[]> {
  const looked = await Promise.all(
    (sources ?? []).map(async ({ source, resolved }) => ({ source, was: resolved, now: await realpath(source).catch(() => null) })),
  );
  return looked.filter(({ was, now }) => was !== now);
}

/** @throws workspace/stale-mounts */
export function refuseStaleMounts(stale: readonly StaleMount[]): void {
  if (stale.length === 0) return;
  const list = stale.map(({ source, was, now }) => (now === null ? `${source} is gone` : `${source} leads to ${now}, and led to ${was}`));
  throw new AppError(
    'workspace/stale-mounts',
    `Mounted folders are not what they were: ${list.join('; ')}. Recreate the workspace to take them as they are now.`,
    {
      details: { mounts: stale },
    },
  );
}

/** Without the slashes at its end, which mean nothing. */
function trimmed(path: string): string {
  return path.replace(/\/+$/, '') || '/';
}

function explain(error: unknown, source: string): unknown {
  const options = { details: { source }, cause: error };
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new AppError('mount/not-found', `There is no ${source} on this computer. Make it first, or correct the path.`, options);
    case 'EACCES':
    case 'EPERM':
      return new AppError('mount/not-readable', `You may not read ${source}. Change its permissions, or mount something else.`, options);
    case 'ELOOP':
      return new AppError('mount/loop', `${source} is a symbolic link that leads in a circle.`, options);
    case 'ENAMETOOLONG':
      return new AppError('mount/not-found', 'Nothing on this computer has so long a path.', options);
    case undefined:
    default:
      return error;
  }
}

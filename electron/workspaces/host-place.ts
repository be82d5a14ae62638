import { mkdir, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { containerPaths } from '../engine/names.ts';
import type { Mount } from '../engine/objects.ts';
import { type GitDirOptions, gitMounts, releaseObjects, seedGitDir } from './git-dir.ts';
import { findHostWork } from './host-work.ts';
import type { Attempt, Place } from './place.ts';
import { confirmProjectPath } from './project-path.ts';
import type { WorkspaceRecord } from './records.ts';
import { removeTree } from './remove-tree.ts';
import { hasEmptyGitDir, readRepository } from './repository.ts';
import type { WorkspaceParts } from './types.ts';

type Parts = Pick<WorkspaceParts, 'folders' | 'log'>;

/** A folder of the host at its own path, with a git dir and a home of the workspace's own (design.md section 8). */
export function createHostPlace(parts: Parts, record: WorkspaceRecord): Place {
  const git = gitOptions(parts, record);
  const home = parts.folders.home(record.workspaceId);
  return {
    workingDir: record.project.path,
    folders: [git.target, home],
    owned: [],
    domains: [],
    prepare: (signal) => prepare(record.project.path, home, git, signal),
    findWork: (all) => findHostWork(all, record, git),
    remove: (attempt, shared) => remove(parts, record, attempt, shared),
  };
}

function gitOptions(parts: Parts, record: WorkspaceRecord): Omit<GitDirOptions, 'repository'> {
  const place = { projectId: record.projectId, name: record.project.name };
  return {
    workspaceId: record.workspaceId,
    project: record.project.path,
    target: parts.folders.gitDir(place, record.workspaceId),
    masks: `${parts.folders.workspace(record.workspaceId)}/masks`,
  };
}

async function prepare(project: string, home: string, git: Omit<GitDirOptions, 'repository'>, signal: AbortSignal): Promise<readonly Mount[]> {
  await confirmProjectPath(project);
  await mkdir(home, { recursive: true, mode: 0o700 });
  const options = { ...git, repository: await readRepository(project, signal) };
  await seedGitDir(options, signal);
  return [
    { kind: 'bind', source: project, target: project, readOnly: false },
    { kind: 'bind', source: home, target: containerPaths.home, readOnly: false },
    ...(await gitMounts(options)),
  ];
}

async function remove(parts: Parts, record: WorkspaceRecord, attempt: Attempt, shared: boolean): Promise<void> {
  const { workspaceId, project } = record;
  const { target } = gitOptions(parts, record);
  await attempt(() => removeTree(target));
  await attempt(() => removeTree(`${target}.draft`));
  await attempt(() => removeIfEmpty(dirname(target)));
  await attempt(() => removeTree(parts.folders.workspace(workspaceId)));
  // A repository that is broken, locked or away keeps its few refs; that is no reason to keep a workspace.
  await releaseObjects(project.path, workspaceId).catch((error: unknown) =>
    parts.log.warn({ workspaceId, error }, 'Refs of a workspace stay in the repository of the user'),
  );
  if (!shared) await attempt(() => removeMountPoint(project.path));
}

/** The empty `.git` that a workspace of a folder without git was mounted on; one that was filled since is the user's. */
async function removeMountPoint(project: string): Promise<void> {
  if (await hasEmptyGitDir(project)) await removeIfEmpty(join(project, '.git'));
}

async function removeIfEmpty(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch (error) {
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

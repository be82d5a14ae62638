import { chmod, lstat, readdir, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gitOptions } from './bring-up.ts';
import { releaseObjects } from './git-dir.ts';
import type { WorkspaceRecord } from './records.ts';
import { hasEmptyGitDir } from './repository.ts';
import type { WorkspaceParts } from './types.ts';

/**
 * Removes all that a workspace has: container first, so that it never runs without its wall; then wall, folders, refs in
 * the user's repository, keys. Absent things are fine. What fails does not keep the rest from going; the first failure is thrown.
 *
 * @param shared Another workspace of the same project exists.
 */
export async function dismantle(parts: WorkspaceParts, record: WorkspaceRecord, shared: boolean): Promise<void> {
  const { workspaceId, projectId, project } = record;
  const failures: unknown[] = [];
  async function attempt(work: () => Promise<void> | void): Promise<void> {
    try {
      await work();
    } catch (error) {
      failures.push(error);
    }
  }
  parts.terminals.disconnect(workspaceId, 'removed');
  parts.vault.set({ agent: record.agent, workspaceId }, null);
  await attempt(() => removeObjects(parts, { workspaceId, projectId }));
  // Its folders are mounts of the container: while that may still stand, they stay.
  if (failures.length === 0) {
    await attempt(() => removeTree(gitOptions(parts, record).target));
    await attempt(() => removeTree(`${gitOptions(parts, record).target}.draft`));
    await attempt(() => removeIfEmpty(dirname(gitOptions(parts, record).target)));
    await attempt(() => removeTree(parts.folders.workspace(workspaceId)));
    // A repository that is broken, locked or away keeps its few refs; that is no reason to keep a workspace.
    await releaseObjects(project.path, workspaceId).catch((error: unknown) =>
      parts.log.warn({ workspaceId, error }, 'Refs of a workspace stay in the repository of the user'),
    );
    if (!shared) await attempt(() => removeMountPoint(project.path));
  }
  if (failures.length > 0) throw failures[0];
}

/** The engine's part of it, for objects whose record is gone as well. */
export async function removeObjects(
  parts: Pick<WorkspaceParts, 'engine' | 'wall'>,
  ids: { readonly workspaceId: string; readonly projectId: string },
): Promise<void> {
  const containers = await parts.engine.listContainers({ workspaceId: ids.workspaceId });
  for (const container of containers.filter((one) => one.role !== 'gateway')) await parts.engine.removeContainer(container.id);
  await parts.wall.remove(ids);
}

/** An agent may have taken its own rights from a folder; they are given back, since the host's user owns it. Follows no link. */
export async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true, maxRetries: 2 });
  } catch (error) {
    if (!['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    await openFolders(path);
    await rm(path, { recursive: true, force: true });
  }
}

async function openFolders(path: string): Promise<void> {
  if (!(await lstat(path)).isDirectory()) return;
  await chmod(path, 0o700);
  for (const name of await readdir(path)) await openFolders(join(path, name));
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

import { execFile } from 'node:child_process';
import { rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
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

/** Minutes, not hours: a home can hold a million files on a slow disk, and nobody waits longer. Milliseconds. */
const removalTimeoutMs = 600_000;

/**
 * Removes a folder that an agent could write; follows no link. An agent may have taken its own rights from a folder (they are given
 * back, since the host's user owns it), or have nested folders deeper than a path can say: the system's own tools go step by step.
 */
export async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true, maxRetries: 2 });
  } catch (error) {
    if (!['EACCES', 'EPERM', 'ENAMETOOLONG'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    const options = { timeout: removalTimeoutMs };
    await run('chmod', ['-R', 'u+rwx', '--', path], options).catch(() => {
      // What could not be changed is what the removal itself then names.
    });
    await run('rm', ['-rf', '--', path], options);
  }
}

const run = promisify(execFile);

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

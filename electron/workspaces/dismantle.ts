import { placeOf } from './place.ts';
import type { WorkspaceRecord } from './records.ts';
import type { WorkspaceParts } from './types.ts';

/**
 * Removes all that a workspace has: container first, so that it never runs without its wall; then wall, folders, refs in
 * the user's repository, keys. Absent things are fine. What fails does not keep the rest from going; the first failure is thrown.
 *
 * @param shared Another workspace of the same project exists.
 */
export async function dismantle(parts: WorkspaceParts, record: WorkspaceRecord, shared: boolean): Promise<void> {
  const { workspaceId, projectId } = record;
  const failures: unknown[] = [];
  async function attempt(work: () => Promise<void> | void): Promise<void> {
    try {
      await work();
    } catch (error) {
      failures.push(error);
    }
  }
  parts.terminals.disconnect(workspaceId, 'removed');
  await attempt(() => parts.vault.set({ agent: record.agent, workspaceId }, null));
  await attempt(() => removeObjects(parts, { workspaceId, projectId }));
  // Its folders and volumes are mounts of the container: while that may still stand, they stay.
  if (failures.length === 0) await placeOf(parts, record).remove(attempt, shared);
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

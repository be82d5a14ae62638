import { holdsWork } from '../engine/names.ts';
import type { EngineEvent } from '../engine/types.ts';
import { isPassing } from './agent-container.ts';
import type { Book } from './book.ts';
import { removeObjects } from './dismantle.ts';
import { lookerPrefix } from './looker.ts';
import type { WorkspaceParts } from './types.ts';

/** Objects of this installation that carry a workspace nobody knows: left by a core whose data folder was put back. Clones stay: they may hold work. */
export async function removeOrphans(parts: WorkspaceParts, book: Book): Promise<void> {
  const { engine } = parts;
  const containers = await engine.listContainers();
  const volumes = (await engine.listVolumes()).filter(({ name }) => !holdsWork(name));
  const objects = [...containers, ...(await engine.listNetworks()), ...volumes];
  const orphans = new Map<string, string>();
  for (const { id, name } of containers) if (name.startsWith(lookerPrefix)) await engine.removeContainer(id);
  for (const { id, name, workspaceId, projectId } of containers)
    if (workspaceId && projectId && isPassing(name, { projectId, workspaceId })) removeStraggler(parts, book, { projectId, workspaceId }, id);
  for (const { workspaceId, projectId } of objects) if (workspaceId && projectId && !isKnown(book, workspaceId)) orphans.set(workspaceId, projectId);
  for (const [workspaceId, projectId] of orphans) {
    parts.log.info({ workspaceId }, 'Removing objects of a workspace that is not known');
    await removeObjects(parts, { workspaceId, projectId });
  }
}

/** The engine may finish what a core had asked for after that one died and this one looked: a container of nobody comes into being. */
export async function removeLateOrphan(parts: WorkspaceParts, book: Book, { name, belonging: { workspaceId, projectId } }: EngineEvent): Promise<void> {
  if (!workspaceId || !projectId || name.startsWith(lookerPrefix) || isKnown(book, workspaceId)) return;
  try {
    await removeObjects(parts, { workspaceId, projectId });
  } catch (error) {
    parts.log.warn({ workspaceId, error }, 'A container without a workspace could not be removed');
  }
}

/** One of another engine's too: two addresses may lead to one engine. */
function isKnown(book: Book, workspaceId: string): boolean {
  return book.find(workspaceId) !== undefined || book.records.isKnown(workspaceId);
}

type Ids = { readonly projectId: string; readonly workspaceId: string };

/** Half made, or half replaced, and no record tells of it: left by a core that died, or whose data folder was put back. */
function removeStraggler(parts: WorkspaceParts, book: Book, ids: Ids, containerId: string): void {
  const { workspaceId } = ids;
  const entry = book.find(workspaceId);
  if (entry === undefined) return;
  void book.queue.run(workspaceId, async () => {
    try {
      // Meanwhile it may have got the name for good.
      const now = await parts.engine.inspectContainer(containerId);
      if (entry.record.swap === undefined && now !== null && isPassing(now.name, ids)) await parts.engine.removeContainer(containerId);
    } catch (error) {
      parts.log.warn({ workspaceId, error }, 'A container that was left half made could not be removed');
    }
  });
}

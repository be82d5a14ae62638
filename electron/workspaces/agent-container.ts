import { containerName } from '../engine/names.ts';
import type { ContainerInfo } from '../engine/objects.ts';
import type { Engine } from '../engine/types.ts';

type Ids = { readonly projectId: string; readonly workspaceId: string };

/** While one container takes the place of another (`swap.ts`): the one that is being made, and the one that goes. */
export function nextName(ids: Ids): string {
  return `${agentName(ids)}-next`;
}

export function pastName(ids: Ids): string {
  return `${agentName(ids)}-replaced`;
}

export function agentName({ projectId, workspaceId }: Ids): string {
  return containerName('agent', projectId, workspaceId);
}

/** Whether a container is on its way in or out, and not the workspace's own yet or any more. */
export function isPassing(name: string, ids: Ids): boolean {
  return name === nextName(ids) || name === pastName(ids);
}

/** The agent container of a workspace. One that someone has renamed is found by its labels, and gets its name back. */
export async function findAgent(engine: Pick<Engine, 'inspectContainer' | 'listContainers' | 'renameContainer'>, ids: Ids): Promise<ContainerInfo | null> {
  const name = agentName(ids);
  const found = await engine.inspectContainer(name);
  if (found?.workspaceId === ids.workspaceId) return found;
  const all = await engine.listContainers({ workspaceId: ids.workspaceId, role: 'agent' });
  const renamed = all.find((one) => !isPassing(one.name, ids));
  if (renamed === undefined) return null;
  await engine.renameContainer(renamed.id, name);
  return { ...renamed, name };
}

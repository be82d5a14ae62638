import type { ChangedAll } from '../../shared/contract/workspaces.ts';
import { AppError, toWireError } from '../../shared/errors.ts';
import type { Workspace } from '../../shared/model/workspace.ts';
import { findAgent } from './agent-container.ts';
import type { Entry } from './book.ts';
import { raiseWall } from './bring-up.ts';
import { placeOf } from './place.ts';
import type { WorkspaceParts } from './types.ts';

/** Looks at what the engine has of a workspace, and makes it known. */
type Look = (entry: Entry) => Promise<void>;

/**
 * In its turn: freezes the agent container of a running workspace. It waits for a self-test that is under way: one that is frozen in
 * the middle would take silence for a proof.
 */
export async function pause({ engine, wall }: WorkspaceParts, entry: Entry, look: Look): Promise<void> {
  const { record, state } = entry;
  const { workspaceId } = record;
  if (state.kind === 'paused') return;
  if (state.kind !== 'running')
    throw new AppError('workspace/not-running', 'Only a running workspace can be paused, and this one does not run.', { details: { workspaceId } });
  await wall.quietly(workspaceId, async () => {
    const info = await findAgent(engine, record);
    if (info?.status === 'running') await engine.pauseContainer(info.id);
  });
  await look(entry);
}

/**
 * In its turn: lets a paused workspace go on. A wall that has stood all the while is still proven; any other is raised before the
 * first process moves, and proven by the look.
 */
export async function resume(parts: WorkspaceParts, entry: Entry, look: Look, signal: AbortSignal): Promise<void> {
  const { record } = entry;
  const { workspaceId } = record;
  if (parts.wall.state(workspaceId).kind !== 'standing') await raiseWall(parts, record, placeOf(parts, record), () => {}, signal);
  const info = await findAgent(parts.engine, record);
  if (info?.status === 'paused') await parts.engine.unpauseContainer(info.id);
  await look(entry);
  const { state } = entry;
  if (state.kind === 'running') return;
  if (signal.aborted) throw signal.reason;
  const why = (state.kind === 'stopped' || state.kind === 'unknown') && state.reason !== undefined ? ` ${state.reason}` : '';
  throw new AppError('workspace/not-resumed', `It could not go on.${why}`, { details: { workspaceId } });
}

/** Does the same to several workspaces at once; one that fails keeps no other from it. */
export async function changeAll(workspaces: readonly Workspace[], change: (workspaceId: string) => Promise<Workspace>): Promise<ChangedAll> {
  const results = await Promise.allSettled(workspaces.map(({ workspaceId }) => change(workspaceId)));
  return {
    workspaces: results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])),
    failures: results.flatMap((result, at) =>
      result.status === 'rejected' ? [{ workspaceId: workspaces[at]!.workspaceId, error: toWireError(result.reason) }] : [],
    ),
  };
}

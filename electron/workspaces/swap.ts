import type { ContainerInfo } from '../engine/objects.ts';
import { agentName, findAgent, nextName, pastName } from './agent-container.ts';
import type { Book, Entry } from './book.ts';
import { raiseWall } from './bring-up.ts';
import { placeOf } from './place.ts';
import type { Swap, WorkspaceRecord } from './records.ts';
import type { WorkspaceParts } from './types.ts';

/**
 * How one agent container takes the place of another. Both have the same address, home and git dir, so only one of them can run:
 *
 * 1. the intent is written down (`proven: false`)
 * 2. the new one is made, as `…-next`, while the old one still runs
 * 3. the old one is stopped, the new one started; its wall is tested and its agent set up
 * 4. `proven: true` is written down: the point of no return
 * 5. the old one becomes `…-replaced`, the new one gets the name, the old one goes
 *
 * Whoever finds an intent that nobody works on undoes it (before 4) or finishes it (after 4). Each step of either may be repeated.
 */
export function planSwap(old: ContainerInfo, after: Swap['after'] | 'as-before'): Swap {
  const before = old.status === 'running' || old.status === 'paused' || old.status === 'restarting' ? 'running' : 'stopped';
  return { oldId: old.id, before, after: after === 'as-before' ? before : after, proven: false };
}

/**
 * Brings a swap that nobody works on to its end, one way or the other, and starts or stops what is left. What runs then has its wall,
 * which is not tested yet. It may be repeated until it succeeds: the intent goes last.
 */
export async function mendSwap(parts: WorkspaceParts, book: Book, entry: Entry): Promise<void> {
  const { record } = entry;
  const { swap, workspaceId } = record;
  if (swap === undefined) return;
  parts.terminals.disconnect(workspaceId, 'stopped');
  await (swap.proven ? finishSwap(parts, record, swap) : undoSwap(parts, record, swap));
  // Someone who stops or removes it does not want it back first.
  const shall = entry.leaving === true ? 'stopped' : swap.proven ? swap.after : swap.before;
  const agent = await findAgent(parts.engine, record);
  // One that is paused still is as it was.
  if (shall === 'running' && agent !== null && agent.status !== 'running' && agent.status !== 'paused') {
    await raiseWall(parts, record, placeOf(parts, record), () => {}, AbortSignal.timeout(raiseTimeoutMs));
    await parts.engine.startContainer(agent.id);
  }
  if (shall === 'stopped') {
    if (agent !== null) await parts.engine.stopContainer(agent.id, graceSeconds);
    await parts.wall.lower(workspaceId);
  }
  delete entry.containerId;
  book.save(entry, { swap: undefined, stopped: shall === 'stopped' });
}

/** The image of a gateway may have to be built. */
const raiseTimeoutMs = 600_000;
const graceSeconds = 30;

type Parts = Pick<WorkspaceParts, 'engine'>;

/** The new one gets the name, and the old one goes. Idempotent. */
export async function finishSwap({ engine }: Parts, record: WorkspaceRecord, swap: Swap): Promise<void> {
  const fresh = await engine.inspectContainer(nextName(record));
  const old = await engine.inspectContainer(swap.oldId);
  if (fresh !== null) {
    if (old !== null && old.name !== pastName(record)) await engine.renameContainer(old.id, pastName(record));
    await engine.renameContainer(fresh.id, agentName(record));
  }
  if (old !== null) await engine.removeContainer(old.id);
}

/** The new one goes, and the old one has its name. Idempotent; starts nothing. */
export async function undoSwap({ engine }: Parts, record: WorkspaceRecord, swap: Swap): Promise<void> {
  const fresh = await engine.inspectContainer(nextName(record));
  if (fresh !== null && fresh.id !== swap.oldId) await engine.removeContainer(fresh.id);
  const old = await engine.inspectContainer(swap.oldId);
  if (old !== null && old.name !== agentName(record)) await engine.renameContainer(old.id, agentName(record));
}

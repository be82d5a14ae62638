import type { ContainerInfo, ContainerSpec } from '../engine/objects.ts';
import type { Engine } from '../engine/types.ts';
import { agentName, findAgent, nextName } from './agent-container.ts';
import type { WorkspaceRecord } from './records.ts';

/** What becomes of a container that stands already (`swap.ts`). */
export type Replacement = {
  /** It is replaced even when it is as it should be. */
  readonly force: boolean;
  /** Writes the intent down, before anything is made. */
  readonly plan: (old: ContainerInfo) => void;
};

export type Placed = {
  readonly containerId: string;
  /** The one it takes the place of, when it is made anew: it may still run, and must be stopped before this one starts. */
  readonly old: ContainerInfo | null;
};

type Wanted = {
  readonly spec: ContainerSpec;
  /** Makes a container, whole, or leaves none. */
  readonly make: (spec: ContainerSpec) => Promise<string>;
  readonly replacement: Replacement;
  readonly report: (line: string) => void;
};

/**
 * The container that shall be started: the one that stands, or a new one. A new one has a passing name until it is whole, so that
 * what a crash leaves half made is never taken for the workspace's own.
 */
export async function placeContainer(engine: Engine, record: WorkspaceRecord, { spec, make, replacement, report }: Wanted): Promise<Placed> {
  const standing = await findAgent(engine, record);
  if (standing !== null && !replacement.force && (standing.status === 'running' || isAsMade(standing, spec, record))) {
    // Paused, or begun by the engine after an end: it is started by us, from its beginning.
    const isOwnRun = standing.status === 'running' && (standing.restartCount === 0 || standing.startedAt === record.preparedAt);
    if (!isOwnRun) await engine.stopContainer(standing.id, 1);
    return { containerId: standing.id, old: null };
  }
  if (standing !== null) {
    if (!replacement.force) report('It is made anew: its settings, image or network have changed.');
    replacement.plan(standing);
  }
  const leftover = await engine.inspectContainer(nextName(record));
  if (leftover !== null) await engine.removeContainer(leftover.id);
  const containerId = await make({ ...spec, name: nextName(record) });
  if (standing === null) await engine.renameContainer(containerId, agentName(record));
  return { containerId, old: standing };
}

/** One that someone has paused, or joined to another network or taken from one, is not. */
function isAsMade(standing: ContainerInfo, spec: ContainerSpec, { effective }: WorkspaceRecord): boolean {
  const own = [...(spec.network === 'none' ? [] : [spec.network.name]), ...effective.networks.map(({ name }) => name)];
  return standing.status !== 'paused' && standing.spec === spec.spec && own.toSorted().join() === Object.keys(standing.networks).toSorted().join();
}

import { containerPaths, homeVolumeName, workVolumeName } from '../engine/names.ts';
import { findAgent } from './agent-container.ts';
import { findCloneWork } from './clone-work.ts';
import { cloneInside } from './clone.ts';
import type { Work } from './host-work.ts';
import type { Place, PlaceParts } from './place.ts';
import type { WorkspaceRecord } from './records.ts';
import type { WorkspaceParts } from './types.ts';

/**
 * Two volumes of the engine, and nothing on the host: so it works on a remote engine too. Each workspace has a clone of its own,
 * which it may do anything to.
 */
export function createClonePlace(parts: PlaceParts, record: WorkspaceRecord, clone: NonNullable<WorkspaceRecord['project']['clone']>): Place {
  const { projectId, workspaceId, project } = record;
  const { engine, wall } = parts;
  const work = workVolumeName(projectId, workspaceId);
  const home = homeVolumeName(projectId, workspaceId);
  const name = project.path.slice(containerPaths.clones.length + 1);
  return {
    // Not the clone itself: it is not there when the container starts, and an agent may have put something else in its place.
    workingDir: containerPaths.clones,
    folders: [],
    owned: [containerPaths.clones, containerPaths.home],
    domains: [new URL(clone.url).hostname],
    async prepare() {
      await Promise.all([work, home].map((volume) => engine.ensureVolume(volume, { projectId, workspaceId })));
      return [
        { kind: 'volume', source: work, target: containerPaths.clones, readOnly: false, empty: true },
        { kind: 'volume', source: home, target: containerPaths.home, readOnly: false, empty: true },
      ];
    },
    fill: {
      step: { id: 'clone', label: `Clone ${project.name}` },
      run: (container, report, signal) => cloneInside({ engine, wall, container, url: clone.url, folder: containerPaths.clones, name }, report, signal),
    },
    ...(clone.keep === 'temporary' && { rest: (all: WorkspaceParts) => letGo(all, record) }),
    findWork: (all) => findCloneWork(all, record),
    async remove(attempt) {
      await attempt(() => engine.removeVolume(work));
      await attempt(() => engine.removeVolume(home));
    },
  };
}

/** A temporary clone goes, with the container that holds its volume; unless work in it lies nowhere else. The home stays. */
async function letGo(parts: WorkspaceParts, record: WorkspaceRecord): Promise<string | null> {
  const { engine } = parts;
  const work = await findCloneWork(parts, record);
  if (work.length > 0) return `The temporary clone is kept, since it holds work that lies nowhere else: ${[...new Set(work.map(describeWork))].join('; ')}.`;
  const agent = await findAgent(engine, record);
  if (agent !== null) await engine.removeContainer(agent.id);
  await engine.removeVolume(workVolumeName(record.projectId, record.workspaceId));
  return null;
}

function describeWork({ kind, branch, worktree, commits, reason }: Work): string {
  switch (kind) {
    case 'unpushed':
      return `commits that were not pushed${branch === undefined ? '' : ` on ${branch}`} (${commits?.length ?? 0})`;
    case 'uncommitted':
      return `changes that are not committed${worktree === 'main' ? '' : ` (${worktree})`}`;
    case 'stashed':
      return `stashes (${commits?.length ?? 0})`;
    case 'unknown':
      return `it could not be looked at: ${reason ?? 'for an unknown reason'}`;
    default:
      return kind;
  }
}

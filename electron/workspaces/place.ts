import type { Removal } from '../../shared/model/removal.ts';
import type { AgentContainer } from '../agents/types.ts';
import type { Mount } from '../engine/objects.ts';
import { createClonePlace } from './clone-place.ts';
import { createHostPlace } from './host-place.ts';
import type { WorkspaceRecord } from './records.ts';
import type { Report, StepDefinition } from './steps.ts';
import type { WorkspaceParts } from './types.ts';

/** Where the files of a workspace lie: its project, its git, its home. How they come there, and how they go. */
export type Place = {
  /** Where the container's first process begins. Always there, whatever the agent does. */
  readonly workingDir: string;
  /** Folders of the host that are the workspace's own. */
  readonly folders: readonly string[];
  /** Folders in the container that begin as root's and shall be the agent's. */
  readonly owned: readonly string[];
  /** Names the project's files come from. */
  readonly domains: readonly string[];
  /** Makes what is missing, before the container; answers its mounts. Idempotent. */
  readonly prepare: (signal: AbortSignal) => Promise<readonly Mount[]>;
  /** Brings the files in, once the wall is proven and before the agent runs. Idempotent. Absent: they are there. */
  readonly fill?: { readonly step: StepDefinition; readonly run: (container: AgentContainer, report: Report, signal: AbortSignal) => Promise<void> };
  /** Work that lies in what goes with the workspace and nowhere else; what cannot be looked at is `unknown`, with the reason. */
  readonly findWork: (parts: WorkspaceParts) => Promise<Removal['work']>;
  /**
   * After a stop that shall last: what is only kept while it runs goes. Answers in a sentence why it stays after all, or null. Its
   * containers are stopped. Absent: all is kept.
   */
  readonly rest?: (parts: WorkspaceParts) => Promise<string | null>;
  /**
   * All of it goes; absent things are fine. The containers are gone already. Each piece is one `attempt`, so that one that fails
   * does not keep the rest.
   *
   * @param shared Another workspace of the same project exists.
   */
  readonly remove: (attempt: Attempt, shared: boolean) => Promise<void>;
};

export type Attempt = (work: () => Promise<void> | void) => Promise<void>;

export type PlaceParts = Pick<WorkspaceParts, 'engine' | 'wall' | 'folders' | 'log'>;

export function placeOf(parts: PlaceParts, record: WorkspaceRecord): Place {
  const { clone } = record.project;
  return clone ? createClonePlace(parts, record, clone) : createHostPlace(parts, record);
}

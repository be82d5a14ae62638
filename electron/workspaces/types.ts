import type { DatabaseSync } from 'node:sqlite';
import type { Project } from '../../shared/model/project.ts';
import type { Workspace } from '../../shared/model/workspace.ts';
import type { AgentHome, AgentRegistry, Tools, Vault } from '../agents/types.ts';
import type { Images } from '../engine/images.ts';
import type { Engine } from '../engine/types.ts';
import type { DataFolder } from '../lib/data-folder.ts';
import type { Wall } from '../network/types.ts';
import type { Terminals } from '../terminals/types.ts';

/** pino's shape. */
export type Log = {
  readonly info: (facts: object, message: string) => void;
  readonly warn: (facts: object, message: string) => void;
  readonly error: (facts: object, message: string) => void;
};

/** Everything a workspace is made of; the other slices, by their types only. */
export type WorkspaceParts = {
  readonly engine: Engine;
  readonly wall: Wall;
  readonly terminals: Pick<Terminals, 'connect' | 'disconnect'>;
  readonly images: Images;
  readonly tools: Tools;
  readonly registry: Pick<AgentRegistry, 'definition'>;
  readonly home: AgentHome;
  readonly vault: Vault;
  readonly folders: Pick<DataFolder, 'gitDir' | 'workspace' | 'home'>;
  /** The host's user: the agent has the same ids, so that files of the project belong to the same one on both sides. */
  readonly hostUser: { readonly uid: number; readonly gid: number };
  readonly log: Log;
};

export type WorkspacesOptions = WorkspaceParts & {
  readonly database: DatabaseSync;
  readonly projects: { readonly get: (projectId: string) => Promise<Project>; readonly touch: (projectId: string) => Promise<void> };
  /** A workspace in its new form, or null when it is gone. */
  readonly onChange: (workspaceId: string, workspace: Workspace | null) => void;
};

import type { DatabaseSync } from 'node:sqlite';
import type { Project } from '../../shared/model/project.ts';
import type { Workspace } from '../../shared/model/workspace.ts';
import type { AgentHome, AgentRegistry, Tools, Vault } from '../agents/types.ts';
import type { Images } from '../engine/images.ts';
import type { OwnImages } from '../engine/own-image.ts';
import type { Engine } from '../engine/types.ts';
import type { DataFolder } from '../lib/data-folder.ts';
import type { Wall } from '../network/types.ts';
import type { Terminals } from '../terminals/types.ts';
import type { MountSurroundings } from './mount-rules.ts';
import type { Layer } from './options.ts';

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
  readonly terminals: Pick<Terminals, 'connect' | 'pause' | 'disconnect' | 'list'>;
  readonly images: Images;
  readonly ownImages: OwnImages;
  /** Holds `images/agent`. */
  readonly resourcesFolder: string;
  /** What decides whether a folder of the host may be mounted. */
  readonly mountSurroundings: () => Promise<MountSurroundings>;
  readonly tools: Tools;
  readonly registry: Pick<AgentRegistry, 'definition' | 'all' | 'title'>;
  readonly home: AgentHome;
  readonly vault: Vault;
  readonly folders: Pick<DataFolder, 'gitDir' | 'workspace' | 'home'>;
  /** The host's user: the agent has the same ids, so that files of the project belong to the same one on both sides. */
  readonly hostUser: { readonly uid: number; readonly gid: number };
  readonly log: Log;
};

/** Where the workspaces of one service run. */
export type EngineSite = {
  /** What its engine is called. */
  readonly title: string;
  /** Whether folders of this machine can be mounted there. */
  readonly local: boolean;
  /** Whether a project that names this engine has its workspaces here. */
  readonly owns: (engineId: string) => boolean;
};

export type WorkspacesOptions = WorkspaceParts & {
  /** Absent: this machine's engine, and all workspaces there are. */
  readonly site?: EngineSite;
  readonly database: DatabaseSync;
  readonly projects: { readonly get: (projectId: string) => Promise<Project>; readonly touch: (projectId: string) => Promise<void> };
  /** Lines to be run once in a new container of the project; absent: none. */
  readonly postCreateOf?: (projectId: string) => Promise<readonly string[]>;
  /** The layers of options below a workspace's own, the strongest first: the project's file (once seen), its preset, the installation's defaults. */
  readonly layersOf: (projectId: string) => Promise<readonly Layer[]>;
  /** A workspace in its new form, or null when it is gone. */
  readonly onChange: (workspaceId: string, workspace: Workspace | null) => void;
};

import type { Dispose } from '../../shared/disposable.ts';
import type { Agent, AgentType } from '../../shared/model/agent.ts';
import type { Secret } from '../../shared/secret.ts';
import type { Mount } from '../engine/types.ts';
import type { Launch } from '../terminals/types.ts';

/** What lies in the tools volume: Node, and the CLI of each agent type that has one. */
export type Tool = 'node' | Exclude<AgentType, 'shell'>;

/** Node and the agent CLIs in the installation's tools volume, mounted read-only at `toolsPath` in every workspace. */
export type Tools = {
  /** Learns the engine's platform and what lies complete in the volume. To be called when the engine is reached; `ensure` does it if nobody did. */
  readonly refresh: (signal?: AbortSignal) => Promise<void>;
  /** Makes sure the tool lies complete in the volume; concurrent calls share one installation. Offline when it is there already. `shell` needs nothing. */
  readonly ensure: (tool: Tool | AgentType, onProgress: (line: string, progress?: number) => void, signal?: AbortSignal) => Promise<void>;
  /** As of the last look; a volume that vanished since is noticed by the next `refresh` or `ensure`. */
  readonly installed: (tool: Tool | AgentType) => boolean;
  readonly version: (tool: Tool | AgentType) => string | undefined;
  /** Folder of the tool inside a workspace: `<toolsPath>/<tool>/<version>/<platform>`. Throws `tools/platform-unknown` before the first `refresh`. */
  readonly path: (tool: Tool) => string;
  readonly mount: () => Mount;
  /** Something was installed, or found missing. */
  readonly onChange: (listener: () => void) => Dispose;
};

/** Whose key: the installation's for an agent type, or one workspace's own, which goes before it. */
export type KeyOwner = { readonly agent: AgentType; readonly workspaceId?: string };

/** API keys, in memory for the life of the core. */
export type Vault = {
  readonly set: (owner: KeyOwner, key: Secret<string> | null) => void;
  /** The workspace's own key, else the installation's. */
  readonly get: (owner: KeyOwner) => Secret<string> | null;
  /** A key was set or forgotten: deliver it to the running workspaces it concerns. */
  readonly onChange: (listener: (owner: KeyOwner) => void) => Dispose;
};

export type AgentOptions = { readonly skipPermissions: boolean; readonly model?: string; readonly extraArguments: readonly string[] };

/** Everything the workspaces slice needs to know of an agent type: data and pure functions. */
export type AgentDefinition = {
  readonly agent: AgentType;
  readonly title: string;
  /** Environment variables of its API key; a workspace's `env` that names one goes to the vault instead. */
  readonly keyNames: readonly string[];
  /** Rules a new workspace gets. */
  readonly domains: readonly string[];
  /** Added to the container's environment: no self-update, no needless traffic. */
  readonly environment: Readonly<Record<string, string>>;
  /** `resume`: go on with the working folder's last session where there is one; a fresh one begins when there is none or it cannot be resumed. */
  readonly launch: (context: {
    /** `Tools.path` of this agent; unused by `shell`. */
    readonly program: string;
    readonly workingDir: string;
    readonly options: AgentOptions;
    readonly resume: boolean;
  }) => Launch;
};

export type AgentRegistry = {
  readonly definition: (agent: AgentType) => AgentDefinition;
  readonly list: () => readonly Agent[];
};

/** A running agent container, as the agents slice needs to know it. */
export type AgentContainer = {
  readonly containerId: string;
  readonly workspaceId: string;
  readonly agent: AgentType;
  /** `uid:gid` of the agent. */
  readonly user: string;
};

/**
 * What the agent finds in its container. The home folder is a bind mount that the agent may write, so the host touches nothing
 * inside it: everything is seeded by a process in the container, with the agent's own power.
 */
export type AgentHome = {
  /**
   * After each start, before the first terminal: launcher, the user's own files (read-only copies), configuration that keeps dialogs away, key.
   * Idempotent; Node must be in the tools volume. `workingDirs`: folders the agent may be started in, which it shall trust.
   */
  readonly prepare: (container: AgentContainer, workingDirs: readonly string[], signal?: AbortSignal) => Promise<void>;
  /** Writes the vault's key to the tmpfs of a running container, or removes it when the vault has none. For `Vault.onChange`. */
  readonly deliverKey: (container: AgentContainer) => Promise<void>;
};

import type { Dispose } from '../../shared/disposable.ts';
import type { Agent, AgentType } from '../../shared/model/agent.ts';
import type { KeychainState, KeyKept } from '../../shared/model/keychain.ts';
import type { Secret } from '../../shared/secret.ts';
import type { Mount } from '../engine/objects.ts';
import type { Launch } from '../terminals/types.ts';

/** What lies in the tools volume, by name: Node, and the CLI of each agent type that has one, under the agent type's name. */
export type Tool = string;

export type ToolContent = {
  /** `<tool>/<version>/<platform>`. */
  readonly folder: string;
  readonly tool: Tool;
  readonly version: string;
  readonly bytes: number;
  /** What workspaces get that ask for no version of their own. */
  readonly usual: boolean;
};

/** Node and the agent CLIs in the installation's tools volume, mounted read-only at `toolsPath` in every workspace. */
export type Tools = {
  /** Learns the engine's platform and what lies complete in the volume. To be called when the engine is reached; `ensure` does it if nobody did. */
  readonly refresh: (signal?: AbortSignal) => Promise<void>;
  /**
   * Makes sure the tool lies complete in the volume, in `version` (empty: the default one); concurrent calls share one installation.
   * Offline when it is there already. What has no tool (`shell`, an agent of the image) needs nothing. Throws `tools/…`.
   */
  readonly ensure: (tool: Tool, onProgress: (line: string, progress?: number) => void, signal?: AbortSignal, version?: string) => Promise<void>;
  /** As of the last look; a volume that vanished since is noticed by the next `refresh` or `ensure`. */
  readonly installed: (tool: Tool, version?: string) => boolean;
  /** What it is by default. */
  readonly version: (tool: Tool) => string | undefined;
  /** Folder of the tool inside a workspace: `<toolsPath>/<tool>/<version>/<platform>`. Throws `tools/platform-unknown` before the first `refresh`. */
  readonly path: (tool: Tool, version?: string) => string;
  readonly mount: () => Mount;
  /** What lies complete in the volume, with its size on disk. Starts a container; empty when there is no volume. */
  readonly contents: (signal?: AbortSignal) => Promise<readonly ToolContent[]>;
  /** Removes these folders of `contents`. The caller knows that no workspace uses them. */
  readonly prune: (folders: readonly string[], signal?: AbortSignal) => Promise<void>;
  /** Something was installed, or found missing. */
  readonly onChange: (listener: () => void) => Dispose;
};

/** Whose key: the installation's for an agent type, or one workspace's own, which goes before it. */
export type KeyOwner = { readonly agent: AgentType; readonly workspaceId?: string };

/** API keys: in memory for the life of the core, and in the OS keychain beyond it, where there is one. */
export type Vault = {
  /** With a name only the key of that variable; without one it takes the place of all that the owner has. */
  readonly set: (owner: KeyOwner, key: Secret<string> | null, name?: string) => void;
  /** The workspace's own keys, else the installation's, by the names of their variables. One that was given without a name has ''. */
  readonly all: (owner: KeyOwner) => ReadonlyMap<string, Secret<string>>;
  /** A key was set or forgotten: deliver it to the running workspaces it concerns. */
  readonly onChange: (listener: (owner: KeyOwner) => void) => Dispose;
  /** Where the installation's key of an agent type is; `undefined`: there is none. */
  readonly kept: (agent: AgentType) => KeyKept | undefined;
  /** As of the last look. */
  readonly keychain: () => KeychainState;
  /** The keychain, or what is in it, changed. */
  readonly onKeychain: (listener: (state: KeychainState) => void) => Dispose;
  /** Waits until what was given is written and what is kept is read; never for a person, and a few seconds at most. */
  readonly settled: () => Promise<KeychainState>;
  /** Looks again, without a dialog; as `settled`. */
  readonly look: () => Promise<KeychainState>;
  /** Looks again, and lets the keychain ask for its password; as `settled`. */
  readonly unlock: () => Promise<KeychainState>;
  /** A workspace starts that uses these keys: as `settled`, and as `unlock` where one of them is locked away, unless that was declined before. False: one of them could not be read so far. */
  readonly need: (owner: KeyOwner) => Promise<boolean>;
  /** Every key of this installation, also one in the keychain that nobody knows of. What cannot go now goes when the keychain lets us. */
  readonly forgetAll: () => Promise<KeychainState>;
  /** Writes what can be written at once. A dialog that is open closes. */
  readonly close: () => Promise<void>;
};

export type Session = 'resume' | 'fork' | 'new';

export type AgentOptions = { readonly skipPermissions: boolean; readonly model?: string; readonly extraArguments: readonly string[] };

/** What stays on the host, and why. */
export type Dropped = { readonly path: string; readonly what: string; readonly why: string };

export type UserFileRules = {
  /** Below the home, on both sides. */
  readonly folder: string;
  /** Instructions: files and folders, as read-only copies. */
  readonly names: readonly string[];
  /** What the agent may change: a copy for each workspace, renewed as long as the agent leaves it as it is. */
  readonly copied?: readonly string[];
  /** Settings may name hooks and helpers that run programs: only what a filter lets through, as such a copy. */
  readonly settings?: {
    readonly name: string;
    readonly filter: (text: string) => { readonly text: string | null; readonly dropped: readonly Omit<Dropped, 'path'>[] };
  };
};

/** Everything the workspaces slice needs to know of an agent type: data and pure functions. */
export type AgentDefinition = {
  readonly agent: AgentType;
  readonly title: string;
  /** Environment variables of its API key; a workspace's `env` that names one goes to the vault instead. */
  readonly keyNames: readonly string[];
  /** What the agent sees of the user's own files. */
  readonly userFiles: UserFileRules | null;
  /** Rules a new workspace gets. */
  readonly domains: readonly string[];
  /** Added to the container's environment: no self-update, no needless traffic. */
  readonly environment: Readonly<Record<string, string>>;
  /**
   * `resume`: go on with the working folder's last session where there is one; `fork`: with a copy of it, the session itself stays as it is.
   * A fresh one begins when there is none or it cannot be gone on with.
   */
  readonly launch: (context: {
    readonly tools: Pick<Tools, 'path'>;
    /** Of its CLI; empty: the default one. Unused by what is in the image. */
    readonly version: string;
    readonly workingDir: string;
    readonly options: AgentOptions;
    readonly session: Session;
  }) => Launch;
};

export type AgentRegistry = {
  /** Throws `agents/unknown`. */
  readonly definition: (agent: AgentType) => AgentDefinition;
  readonly all: () => readonly AgentDefinition[];
  /** Of an agent type that nobody knows any more: its name. */
  readonly title: (agent: AgentType) => string;
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

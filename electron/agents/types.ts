import type { Dispose } from '../../shared/disposable.ts';
import type { Agent, AgentType } from '../../shared/model/agent.ts';
import type { Secret } from '../../shared/secret.ts';
import type { Mount } from '../engine/types.ts';
import type { Launch } from '../terminals/types.ts';

/** Node and the agent CLIs in the installation's tools volume, mounted read-only at `toolsPath` in every workspace. */
export type Tools = {
  /** Makes sure the tool lies complete in the volume; concurrent calls share one installation. Offline when it is there already. */
  readonly ensure: (tool: 'node' | AgentType, onProgress: (line: string, progress?: number) => void, signal?: AbortSignal) => Promise<void>;
  readonly installed: (tool: 'node' | AgentType) => boolean;
  readonly version: (tool: 'node' | AgentType) => string | undefined;
  /** Folder of the tool inside a workspace: `<toolsPath>/<tool>/<version>/<platform>`. */
  readonly path: (tool: 'node' | AgentType) => string;
  readonly mount: () => Mount;
};

/** API keys, in memory for the life of the core. */
export type Vault = {
  readonly set: (agent: AgentType, key: Secret<string> | null) => void;
  readonly get: (agent: AgentType) => Secret<string> | null;
  readonly onChange: (listener: (agent: AgentType) => void) => Dispose;
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
  /** `resume`: the worktree has a session to go on with. */
  readonly launch: (context: {
    readonly tools: string;
    readonly home: string;
    readonly workingDir: string;
    readonly options: AgentOptions;
    readonly resume: boolean;
  }) => Launch;
};

export type AgentRegistry = {
  readonly definition: (agent: AgentType) => AgentDefinition;
  readonly list: () => readonly Agent[];
};

import type { Duplex, Readable } from 'node:stream';
import type { Dispose } from '../../shared/disposable.ts';
import type { EngineState } from '../../shared/model/engine.ts';

export type Role = 'agent' | 'gateway' | 'installer' | 'probe';

/** What an object belongs to; becomes its labels. `spec` is a hash of what it was made from. */
export type Belonging = { readonly projectId?: string; readonly workspaceId?: string; readonly role?: Role; readonly spec?: string };

export type Mount =
  | { readonly kind: 'bind'; readonly source: string; readonly target: string; readonly readOnly: boolean }
  | { readonly kind: 'volume'; readonly source: string; readonly target: string; readonly readOnly: boolean }
  | {
      readonly kind: 'tmpfs';
      readonly target: string;
      readonly sizeMb: number;
      /** Octal, as a number: 0o700. */ readonly mode: number;
      readonly uid?: number;
      readonly gid?: number;
      /** No programs may be started from it. */ readonly noExec?: boolean;
    };

export type ContainerSpec = Belonging & {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly entrypoint?: readonly string[];
  /** `uid:gid`. */
  readonly user: string;
  readonly workingDir?: string;
  readonly hostname?: string;
  readonly env: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  /** The network it is created on; `address` fixes its IPv4 there. `none`: no network at all. */
  readonly network: { readonly name: string; readonly address?: string; readonly aliases?: readonly string[] } | 'none';
  readonly dns?: readonly string[];
  readonly readOnlyRoot: boolean;
  readonly capabilities: readonly string[];
  /** JSON of a seccomp profile; absent: the engine's default. */
  readonly seccomp?: string;
  readonly sysctls?: Readonly<Record<string, string>>;
  readonly cpus?: number;
  readonly memoryMb?: number;
  readonly pidsLimit?: number;
  readonly restart: 'no' | 'unless-stopped';
  readonly tty?: boolean;
  readonly stopGraceSeconds?: number;
};

export type ContainerInfo = Belonging & {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly imageId: string;
  readonly status: 'created' | 'running' | 'paused' | 'restarting' | 'exited' | 'dead' | 'removing';
  readonly exitCode: number;
  readonly oomKilled: boolean;
  readonly startedAt: string;
  readonly restartCount: number;
  /** Network name → IPv4 (empty while stopped). */
  readonly networks: Readonly<Record<string, string>>;
};

export type NetworkSpec = Belonging & {
  readonly name: string;
  readonly internal: boolean;
  /** CIDR. Absent: the engine chooses. */
  readonly subnet?: string;
  readonly gateway?: string;
  readonly options: Readonly<Record<string, string>>;
};
export type NetworkInfo = Belonging & {
  readonly id: string;
  readonly name: string;
  readonly subnets: readonly string[];
  readonly containers: readonly string[];
};
export type VolumeInfo = Belonging & { readonly name: string };

export type ExecResult = { readonly exitCode: number; readonly stdout: string; readonly stderr: string };
export type ExecOptions = {
  readonly user?: string;
  readonly workingDir?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | Uint8Array;
  /** Milliseconds; after it the process is ended and `engine/exec-timeout` thrown. Default 30,000. */
  readonly timeoutMs?: number;
  /** Per stream; more is cut and the process ended. Default 8 MiB. */
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
};

/** A long-lived exec. `close` ends its processes, not only the stream. */
export type ExecSession = {
  /** stdin and stdout; reading slower slows the process. */
  readonly stream: Duplex;
  readonly stderr: Readable;
  readonly exited: Promise<number | null>;
  readonly close: () => Promise<void>;
};

export type EngineEvent = {
  readonly type: 'container' | 'network' | 'volume';
  /** `start`, `die`, `oom`, `stop`, `kill`, `destroy`, `rename`, `connect`, `disconnect`, … */
  readonly action: string;
  readonly id: string;
  readonly belonging: Belonging;
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Nanoseconds since the epoch, as the engine counts. */
  readonly timeNano: bigint;
};

/** Where the engine's own remarks go; pino's shape. */
export type EngineLog = { readonly debug: (facts: object, message: string) => void; readonly warn: (facts: object, message: string) => void };

export type LogOptions = { readonly tail?: number; readonly since?: number; readonly follow?: boolean };

/**
 * The label jail: everything made here carries `dev.forgehold.managed=1` and the installation's label, and nothing
 * without both can be seen, stopped or removed. Every request has a timeout. Absent things are `null` or tolerated, not errors.
 */
export type Engine = {
  readonly installation: string;
  readonly state: () => EngineState;
  readonly onState: (listener: (state: EngineState) => void) => Dispose;
  /** Normalised events of our own objects; after a reconnect those missed are delivered (`since`). */
  readonly onEvent: (listener: (event: EngineEvent) => void) => Dispose;
  readonly info: () => Promise<{
    readonly cpus: number;
    readonly memoryMb: number;
    readonly rootless: boolean;
    readonly architecture: string;
    readonly operatingSystem: string;
    readonly securityOptions: readonly string[];
  }>;

  readonly createContainer: (spec: ContainerSpec) => Promise<string>;
  readonly startContainer: (id: string) => Promise<void>;
  /** Graceful; then kill. */
  readonly stopContainer: (id: string, graceSeconds: number) => Promise<void>;
  readonly removeContainer: (id: string) => Promise<void>;
  readonly renameContainer: (id: string, name: string) => Promise<void>;
  readonly waitContainer: (id: string, options?: { readonly timeoutMs?: number; readonly signal?: AbortSignal }) => Promise<number>;
  readonly inspectContainer: (idOrName: string) => Promise<ContainerInfo | null>;
  readonly listContainers: (filter?: Belonging) => Promise<readonly ContainerInfo[]>;
  /** A tar stream, unpacked at `path`. */
  readonly putArchive: (id: string, tar: Readable | Uint8Array, path: string) => Promise<void>;
  /** One file of a container, running or not. Throws `engine/no-file` when it is longer, or no file. */
  readonly readFile: (id: string, path: string, maxBytes: number) => Promise<Uint8Array>;
  /** stdout and stderr, demultiplexed, closing the reader ends the request. */
  readonly logs: (id: string, options?: LogOptions) => Promise<{ readonly stdout: Readable; readonly stderr: Readable; readonly close: () => void }>;

  readonly exec: (id: string, argv: readonly string[], options?: ExecOptions) => Promise<ExecResult>;
  readonly openExec: (id: string, argv: readonly string[], options?: Pick<ExecOptions, 'user' | 'workingDir' | 'env'>) => Promise<ExecSession>;

  readonly ensureNetwork: (spec: NetworkSpec) => Promise<NetworkInfo>;
  readonly connectNetwork: (
    network: string,
    containerId: string,
    options: { readonly address?: string; readonly aliases?: readonly string[] },
  ) => Promise<void>;
  readonly removeNetwork: (name: string) => Promise<void>;
  readonly listNetworks: (filter?: Belonging) => Promise<readonly NetworkInfo[]>;
  /** Subnets of all the engine's networks, whoever made them: only to choose a free one. */
  readonly usedSubnets: () => Promise<readonly string[]>;

  readonly ensureVolume: (name: string, belonging: Belonging) => Promise<void>;
  readonly removeVolume: (name: string) => Promise<void>;
  readonly listVolumes: (filter?: Belonging) => Promise<readonly VolumeInfo[]>;

  readonly imageId: (reference: string) => Promise<string | null>;
  /**
   * Removes builds of the product's own that others have replaced: tags `forgehold/<name>:<12 hex digits>`, but for `current`, the
   * `keep` newest (the engine may serve another release, or another CA bundle), and what a container uses. Answers the removed tags.
   */
  readonly removeOldImages: (current: string, keep: number) => Promise<readonly string[]>;
  readonly pullImage: (reference: string, onProgress: (line: string) => void, signal?: AbortSignal) => Promise<void>;
  /** Classic build endpoint. `context` is a tar. The failing step's log is in the error's details. */
  readonly buildImage: (
    context: Readable | Uint8Array,
    options: {
      readonly tag: string;
      readonly buildArgs: Readonly<Record<string, string>>;
      readonly onProgress: (line: string) => void;
      readonly signal?: AbortSignal;
    },
  ) => Promise<void>;
  readonly importImage: (tar: Readable, reference: string) => Promise<void>;

  readonly close: () => void;
};

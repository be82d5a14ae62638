import type { Readable } from 'node:stream';
import type { Dispose } from '../../shared/disposable.ts';
import type { EngineState } from '../../shared/model/engine.ts';
import type { EngineDiskUse } from './disk-use.ts';
import type { ExecOptions, ExecResult, ExecSession } from './exec-types.ts';
import type { Belonging, ContainerInfo, ContainerSpec, ForeignNetwork, ImageFacts, NetworkInfo, NetworkSpec, VolumeInfo } from './objects.ts';

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

/** Some bytes of a log: whole lines or parts of one. */
export type LogPiece = { readonly source: 'stdout' | 'stderr'; readonly bytes: Buffer };

/**
 * The label jail: everything made here carries `dev.forgehold.managed=1` and the installation's label, and nothing
 * without both can be seen, stopped or removed. Every request has a timeout. Absent things are `null` or tolerated, not errors.
 */
export type Engine = {
  readonly installation: string;
  /** Addresses of the machine the engine runs on, as far as they are known; null when it is this one. */
  readonly hostAddresses: () => readonly string[] | null;
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
    /** Whether the engine keeps containers to such limits; some kernels and rootless engines take them and do nothing. */
    readonly enforces: { readonly memory: boolean; readonly cpus: boolean; readonly pids: boolean };
    readonly cgroupVersion: string;
    /** Where it keeps its things, on its own machine. */
    readonly rootFolder: string;
    /** Its clock, ISO 8601. */
    readonly time: string;
  }>;

  readonly createContainer: (spec: ContainerSpec) => Promise<string>;
  readonly startContainer: (id: string) => Promise<void>;
  /** Freezes all its processes, by the kernel's freezer. Throws `engine/not-frozen` on a machine that is too busy, `engine/failed` when they are frozen already. */
  readonly pauseContainer: (id: string) => Promise<void>;
  /** Throws `engine/failed` when it is not paused. */
  readonly unpauseContainer: (id: string) => Promise<void>;
  /** Graceful; then kill. A paused one is let go on by the engine itself, once the signal is there, so it hears it. */
  readonly stopContainer: (id: string, graceSeconds: number) => Promise<void>;
  readonly removeContainer: (id: string) => Promise<void>;
  readonly renameContainer: (id: string, name: string) => Promise<void>;
  /** Changes the limits of a container, running or not. Throws `engine/failed` when it uses more memory than that already. */
  readonly updateContainer: (id: string, limits: { readonly cpus: number; readonly memoryMb: number; readonly pidsLimit: number }) => Promise<void>;
  readonly waitContainer: (id: string, options?: { readonly timeoutMs?: number; readonly signal?: AbortSignal }) => Promise<number>;
  readonly inspectContainer: (idOrName: string) => Promise<ContainerInfo | null>;
  readonly listContainers: (filter?: Belonging) => Promise<readonly ContainerInfo[]>;
  /** A tar stream, unpacked at `path`. */
  readonly putArchive: (id: string, tar: Readable | Uint8Array, path: string) => Promise<void>;
  /**
   * One file at an absolute path, running or not; its parents are made. File and made parents belong to `user` (`uid:gid`). What lies in
   * a tmpfs of the container is out of reach: use a program there. Throws `engine/bad-path`, `engine/no-file` (a folder is there),
   * `engine/size-differs` (what was at the path is gone then).
   */
  readonly putFile: (
    id: string,
    path: string,
    content: Uint8Array | { readonly stream: Readable; readonly bytes: number },
    options: { readonly user: string; /** Octal, as a number; default 0o644. */ readonly mode?: number },
  ) => Promise<void>;
  /** One file of a container, running or not. Throws `engine/no-file` when it is longer, or no file. */
  readonly readFile: (id: string, path: string, maxBytes: number) => Promise<Uint8Array>;
  /** stdout and stderr, demultiplexed, closing the reader ends the request. */
  readonly logs: (id: string, options?: LogOptions) => Promise<{ readonly stdout: Readable; readonly stderr: Readable; readonly close: () => void }>;

  /** A log in the order in which the engine wrote it down; reading slower slows it. Leaving the loop, or aborting `signal`, ends the request. */
  readonly readLog: (id: string, options?: LogOptions & { readonly signal?: AbortSignal }) => AsyncIterable<LogPiece>;

  readonly exec: (id: string, argv: readonly string[], options?: ExecOptions) => Promise<ExecResult>;
  readonly openExec: (id: string, argv: readonly string[], options?: Pick<ExecOptions, 'user' | 'workingDir' | 'env'>) => Promise<ExecSession>;

  readonly ensureNetwork: (spec: NetworkSpec) => Promise<NetworkInfo>;
  readonly connectNetwork: (
    network: string,
    containerId: string,
    options: { readonly address?: string; readonly aliases?: readonly string[] },
  ) => Promise<void>;
  /** A network that is not ours, as it is. Null: there is none of that name. Throws `engine/network-ambiguous` when there are two. */
  readonly foreignNetwork: (name: string) => Promise<ForeignNetwork | null>;
  /**
   * The one door in the jail: joins a container of ours to a network of the user's, when nobody gets out or to the host over it. Nothing
   * else is done to such a network. Throws `engine/no-network`, `engine/network-unfit`.
   */
  readonly joinForeignNetwork: (name: string, containerId: string, aliases: readonly string[]) => Promise<void>;
  readonly removeNetwork: (name: string) => Promise<void>;
  readonly listNetworks: (filter?: Belonging) => Promise<readonly NetworkInfo[]>;
  /** Subnets of all the engine's networks, whoever made them: only to choose a free one. */
  readonly usedSubnets: () => Promise<readonly string[]>;

  readonly ensureVolume: (name: string, belonging: Belonging) => Promise<void>;
  readonly removeVolume: (name: string) => Promise<void>;
  readonly listVolumes: (filter?: Belonging) => Promise<readonly VolumeInfo[]>;

  readonly imageId: (reference: string) => Promise<string | null>;
  /** Null: the engine has no such image. */
  readonly imageFacts: (reference: string) => Promise<ImageFacts | null>;
  /**
   * Removes builds of the product's own that others have replaced: tags `forgehold/<name>:<12 hex digits>`, but for `current`, the
   * `keep` newest (the engine may serve another release, or another CA bundle), and what a container uses. Answers the removed tags.
   */
  readonly removeOldImages: (current: string, keep: number) => Promise<readonly string[]>;
  /** What takes room: our containers and volumes, and the images Forgehold builds. The engine may walk its disk for minutes. */
  readonly diskUse: () => Promise<EngineDiskUse>;
  /** Removes one tag of Forgehold's own builds; false when a container uses it, or it is gone. Throws `engine/foreign-image` for any other. */
  readonly removeImage: (tag: string) => Promise<boolean>;
  /** Untagged images that broken-off builds of Forgehold's images left, made so long ago; a younger one may be a step of a build under way. `bytes`: with what they share. */
  readonly buildLeftovers: (olderThanMs: number) => Promise<readonly { readonly id: string; readonly bytes: number }[]>;
  readonly removeBuildLeftover: (id: string) => Promise<boolean>;
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

export type Role = 'agent' | 'gateway' | 'installer' | 'probe';

/** What an object belongs to; becomes its labels. `spec` is a hash of what it was made from. */
export type Belonging = { readonly projectId?: string; readonly workspaceId?: string; readonly role?: Role; readonly spec?: string };

export type Mount =
  | { readonly kind: 'bind'; readonly source: string; readonly target: string; readonly readOnly: boolean }
  | {
      readonly kind: 'volume';
      readonly source: string;
      readonly target: string;
      readonly readOnly: boolean;
      /** What the image has at this place does not come into a new volume. */ readonly empty?: boolean;
    }
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
  /** `uid:gid`, of its first process and of whatever is started in it without a user. */
  readonly user: string;
  /**
   * Programs started in it as root have its capabilities; without, engines give them to nobody but a root of the container's own.
   * Needs `entrypoint`. Nothing in `env` may reach the loader: root's first program obeys it.
   */
  readonly rootHasPowers?: boolean;
  readonly workingDir?: string;
  readonly hostname?: string;
  readonly env: Readonly<Record<string, string>>;
  /** Variables of the image that the container does not get, unless `env` sets them. */
  readonly unsetEnv?: readonly string[];
  /** Supplementary groups: names of the image's, or ids. */
  readonly groups?: readonly string[];
  /** The user's own labels; ours go before them. */
  readonly labels?: Readonly<Record<string, string>>;
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
  /** Of its last run; the year 1 while it never ended. */
  readonly finishedAt: string;
  /** By the engine itself since it was last started by someone. */
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

/** A network that the user made. */
export type ForeignNetwork = {
  readonly id: string;
  readonly name: string;
  /** The address the engine keeps for its bridge, IPv4; absent where it has none. */
  readonly bridgeAddress?: string;
  /** Why no workspace may join it: it has a way out, or the host can be reached over it; null when it may. */
  readonly unfit: string | null;
};

/** What an image says of itself. All of it is its maker's word. */
export type ImageFacts = {
  readonly id: string;
  readonly os: string;
  readonly architecture: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
};

import type { Dispose } from '../../shared/disposable.ts';
import type { Blocked, Decision, Rule } from '../../shared/model/domain.ts';
import type { SelfTestReport } from '../../shared/model/selftest.ts';
import type { NetworkMode, WallState } from '../../shared/model/workspace.ts';

export type WallSpec = { readonly projectId: string; readonly workspaceId: string; readonly mode: NetworkMode };

/** pino's shape. */
export type WallLog = { readonly debug: (facts: object, message: string) => void; readonly warn: (facts: object, message: string) => void };

/** What the agent container needs to know of its wall. */
export type WallSite = {
  readonly network: string;
  /** IPv4 of the agent on the private network; fixed. */
  readonly agentAddress: string;
  /** IPv4 of the gateway: the container's only DNS server. */
  readonly gatewayAddress: string;
  /** PEM of the workspace's own CA, which the container must trust so that a refusal over TLS can be read. */
  readonly caCertificate: string;
  /** Seccomp profile (JSON) the agent container must run under. */
  readonly seccomp: string;
  readonly sysctls: Readonly<Record<string, string>>;
};

/**
 * The wall of every workspace: private network, gateway container, rules, decisions, self-test.
 * Rules and mode are kept in the database; the gateway's maps follow them.
 */
export type Wall = {
  /** Makes network, configuration volume and gateway, or adopts those that stand; starts the gateway and waits until it answers. Idempotent. */
  readonly raise: (spec: WallSpec, onDetail: (line: string) => void, signal?: AbortSignal) => Promise<WallSite>;
  /** Stops the gateway; the agent container is stopped already. */
  readonly lower: (workspaceId: string) => Promise<void>;
  /** Removes gateway, network, volume, rules and decisions. Absent ones are tolerated. */
  readonly remove: (spec: Pick<WallSpec, 'projectId' | 'workspaceId'>) => Promise<void>;
  /** Real connections from inside the agent container; the result becomes the wall's state. One that was aborted changes nothing. */
  readonly test: (workspaceId: string, signal?: AbortSignal) => Promise<SelfTestReport>;
  /** `down` without `healing`: the self-test found a leak. The agent container must be stopped. */
  readonly state: (workspaceId: string) => WallState;
  readonly mode: (workspaceId: string) => NetworkMode;
  readonly setMode: (workspaceId: string, mode: NetworkMode) => Promise<void>;

  readonly rules: (workspaceId: string) => readonly Rule[];
  readonly addRule: (workspaceId: string, pattern: string, options: { readonly allowPrivate: boolean; readonly addedBy: Rule['addedBy'] }) => Promise<Rule>;
  readonly removeRule: (workspaceId: string, pattern: string) => Promise<void>;
  readonly decisions: (
    workspaceId: string,
    query: { readonly limit: number; readonly before?: number; readonly verdict?: Decision['verdict'] },
  ) => readonly Decision[];
  readonly blocked: (workspaceId: string) => readonly Blocked[];
  readonly dismiss: (workspaceId: string, host: string) => void;

  /** State, mode or rules of a workspace's wall changed. */
  readonly onChange: (listener: (workspaceId: string) => void) => Dispose;
  readonly onDecision: (listener: (decision: Decision) => void) => Dispose;
  readonly onBlocked: (listener: (workspaceId: string) => void) => Dispose;
  readonly close: () => void;
};

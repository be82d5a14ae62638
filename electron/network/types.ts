import type { Dispose } from '../../shared/disposable.ts';
import type { Answer, Blocked, Decision, HttpRule, Rule, RuleScope } from '../../shared/model/domain.ts';
import type { SelfTestReport } from '../../shared/model/selftest.ts';
import type { NetworkMode } from '../../shared/model/workspace-parts.ts';
import type { WallState } from '../../shared/model/workspace.ts';

export type WallSpec = {
  readonly projectId: string;
  readonly workspaceId: string;
  readonly mode: NetworkMode;
  /** Where the project lies in the container: what runs there belongs to the worktree `main`. */
  readonly projectFolder?: string;
};

/** Whose list: a workspace's, a project's, or with neither the one for all projects. A workspace also serves for its project. */
export type Owner = { readonly workspaceId?: string | undefined; readonly projectId?: string | undefined };

/** What is left out is as the contract's `domains.add` has it; `scope` follows from the owner. */
export type RuleOptions = {
  readonly addedBy: Rule['addedBy'];
  readonly allowPrivate: boolean;
  readonly verdict?: Rule['verdict'] | undefined;
  readonly ports?: readonly number[] | undefined;
  readonly http?: HttpRule | undefined;
  readonly quiet?: boolean | undefined;
  readonly scope?: RuleScope | undefined;
  /** Takes it away after so many minutes. */
  readonly minutes?: number | undefined;
  /** Takes it away then; instead of `minutes`. */
  readonly expiresAt?: string | undefined;
  readonly note?: string | undefined;
  /** Id of the preset, when `addedBy` is `preset`. */
  readonly preset?: string | undefined;
};
/** `pattern` as it is typed: a port may stand with the name. */
export type RuleInput = RuleOptions & { readonly pattern: string };

export type DecisionQuery = {
  /** Without it, of all workspaces. */
  readonly workspaceId?: string | undefined;
  readonly limit: number;
  /** Of one workspace: those before this one. */
  readonly before?: number | undefined;
  /** Those before this time. */
  readonly until?: string | undefined;
  readonly verdict?: Decision['verdict'] | undefined;
  /** A part of host, program or worktree; any case. */
  readonly search?: string | undefined;
  /** Those of quiet deny rules too. */
  readonly quiet?: boolean | undefined;
};

/** A time of learning, under way or to be reviewed. `until`: when it ended, or will by itself. */
export type Learning = { readonly since: string; readonly until: string; readonly running: boolean };

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
  /** Does something to the agent container while no test and no change of the wall is under way. Throws what `work` throws. */
  readonly quietly: <T>(workspaceId: string, work: () => Promise<T>) => Promise<T>;
  /** `down` without `healing`: the self-test found a leak. The agent container must be stopped. */
  readonly state: (workspaceId: string) => WallState;
  readonly mode: (workspaceId: string) => NetworkMode;
  /** `minutes`: of learning, which goes back to restricted by itself. */
  readonly setMode: (workspaceId: string, mode: NetworkMode, minutes?: number) => Promise<void>;

  /** What holds there: its own rules, the project's, and those for all projects. */
  readonly rules: (workspaceId: string) => readonly Rule[];
  /** The rules of one list alone. Of a workspace: `once`, `session`, `workspace`. */
  readonly rulesOf: (owner: Owner) => readonly Rule[];
  readonly allRules: () => readonly Rule[];
  /** The same, with `hits` and `lastHitAt`. */
  readonly counted: (rules: readonly Rule[]) => readonly Rule[];
  readonly addRule: (workspaceId: string, pattern: string, options: RuleOptions) => Promise<Rule>;
  /** All or, when one of them cannot be, none; each gateway is told once. The same rule again takes the new rest. */
  readonly addRules: (owner: Owner, inputs: readonly RuleInput[]) => Promise<readonly Rule[]>;
  /** What `addRules` would add, without doing it. Throws for one that cannot be. */
  readonly draftRule: (owner: Owner, input: RuleInput) => Rule;
  /** Of the workspace's own list. Throws `domain/not-found` when it is not there. */
  readonly removeRule: (workspaceId: string, pattern: string) => Promise<readonly Rule[]>;
  /** Answers those that were there. */
  readonly removeRules: (ids: readonly string[]) => Promise<readonly Rule[]>;
  /** Puts them back as they were; one that has expired meanwhile stays away. */
  readonly restoreRules: (rules: readonly Rule[]) => Promise<void>;
  /** The project is gone: so are its rules. */
  readonly forgetProject: (projectId: string) => Promise<void>;

  readonly decisions: (query: DecisionQuery) => readonly Decision[];
  /** Newest first. */
  readonly blocked: (workspaceId: string) => readonly Blocked[];
  readonly answer: (
    workspaceId: string,
    blocked: { readonly host: string; readonly port: number; readonly answer: Answer; readonly allowPrivate: boolean },
  ) => Promise<Rule>;
  readonly dismiss: (workspaceId: string, host: string) => void;

  /** The time of learning that runs or waits for its review. */
  readonly learning: (workspaceId: string) => Learning | null;
  /** What was let out in that time, and what was refused for its address; oldest first. */
  readonly seenWhileLearning: (workspaceId: string) => readonly Decision[];
  /** Back to restricted, if it runs; the review stays. */
  readonly endLearning: (workspaceId: string) => Promise<void>;
  /** Forgets the review. Learning that runs goes on, from now. */
  readonly discardLearned: (workspaceId: string) => void;
  /** The last self-test, however long ago. */
  readonly lastTest: (workspaceId: string) => SelfTestReport | null;

  /** State, mode or rules of a workspace's wall changed. */
  readonly onChange: (listener: (workspaceId: string) => void) => Dispose;
  readonly onDecision: (listener: (decision: Decision) => void) => Dispose;
  readonly onBlocked: (listener: (workspaceId: string) => void) => Dispose;
  readonly close: () => void;
};

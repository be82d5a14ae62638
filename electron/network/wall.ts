import type { DatabaseSync } from 'node:sqlite';
import { createEmitter } from '../../shared/disposable.ts';
import { AppError } from '../../shared/errors.ts';
import type { Decision, Rule } from '../../shared/model/domain.ts';
import type { Engine } from '../engine/types.ts';
import { Callers } from './callers.ts';
import { DecisionStore } from './decision-store.ts';
import { createNetworks } from './networks.ts';
import type { Policy, PolicyChange } from './policy.ts';
import { seccompProfile } from './seccomp.ts';
import { Site, type SiteParts } from './site.ts';
import { WallStore } from './store.ts';
import type { DecisionQuery, Owner, RuleInput, RuleOptions, Wall, WallLog, WallSite, WallSpec } from './types.ts';

export type WallOptions = {
  readonly engine: Engine;
  /** With `networkMigrations` applied. */
  readonly database: DatabaseSync;
  /** Over the same database. */
  readonly policy: Policy;
  /** Tag of the gateway's image, built when it is not there. */
  readonly gatewayImage: (onProgress: (line: string) => void, signal?: AbortSignal) => Promise<string>;
  /** Where private networks may lie, such as `10.213.0.0/16`; read at each use. */
  readonly subnetRange: () => string;
  /** All addresses of this machine; read at each use. */
  readonly hostAddresses: () => readonly string[];
  /** Whether the engine runs on this machine, so that the app can listen where its containers might reach. Default: it does. */
  readonly local?: boolean;
  /** Our own image for the witness of a self-test (`witness.ts`); null, or absent: none is there, and the agent's container alone is asked. */
  readonly witnessImage?: () => Promise<string | null>;
  /** Path of a seccomp profile for agent containers, read at each use; empty: our own. Default: our own. */
  readonly seccompProfile?: () => string;
  readonly log: WallLog;
};

/** How often a standing wall is proven again without cause. */
const RETEST_EVERY = 60 * 60 * 1000;
/** Changes of the blocked names are announced at most this often. */
const BLOCKED_PAUSE = 200;
/** Of learning that nobody gave an end, in minutes (`domains.setMode`). */
const LEARNING = 60;
const sysctls = {
  // No IPv6 at all: the private network has none, and a link-local address is one too many.
  'net.ipv6.conf.all.disable_ipv6': '1',
  'net.ipv6.conf.default.disable_ipv6': '1',
  // The forwarder of TCP by name listens on ports such as 22 of loopback addresses, as the agent's user.
  'net.ipv4.ip_unprivileged_port_start': '0',
};

export function createWall(options: WallOptions): Wall {
  return new Walls(options);
}

class Walls implements Wall {
  readonly #store: WallStore;
  readonly #decisions: DecisionStore;
  readonly #policy: Policy;
  readonly #callers: Callers;
  readonly #sites = new Map<string, Site>();
  readonly #parts: SiteParts;
  readonly #changed = createEmitter<string>();
  readonly #decided = createEmitter<Decision>();
  readonly #blocked = createEmitter<string>();
  readonly #announcing = new Map<string, NodeJS.Timeout>();
  readonly #seccomp: () => string;
  readonly #disposers: (() => void)[] = [];
  readonly onChange = this.#changed.on;
  readonly onDecision = this.#decided.on;
  readonly onBlocked = this.#blocked.on;

  constructor(options: WallOptions) {
    const { engine } = options;
    this.#seccomp = () => seccompProfile(options.seccompProfile?.() ?? '');
    this.#store = new WallStore(options.database);
    this.#decisions = new DecisionStore(options.database);
    this.#policy = options.policy;
    this.#callers = new Callers({
      ...{ engine, decisions: this.#decisions, log: options.log },
      onDecision: (decision) => {
        this.#decided.emit(decision);
        if (decision.verdict === 'blocked') this.#announceBlocked(decision.workspaceId);
      },
    });
    this.#parts = {
      engine,
      store: this.#store,
      decisions: this.#decisions,
      policy: this.#policy,
      networks: createNetworks(options),
      gatewayImage: options.gatewayImage,
      hostAddresses: options.hostAddresses,
      local: options.local ?? true,
      witnessImage: options.witnessImage ?? (async () => null),
      confinement: () => ({ seccomp: this.#seccomp(), sysctls }),
      log: options.log,
      onChange: (workspaceId) => this.#changed.emit(workspaceId),
      onLines: (workspaceId, lines) => {
        const decisions = this.#decisions.record(workspaceId, lines);
        this.#policy.noteUse(decisions);
        for (const decision of decisions) this.#decided.emit(decision);
        this.#callers.ask(workspaceId, lines);
        if (decisions.some(({ verdict }) => verdict === 'blocked')) this.#announceBlocked(workspaceId);
      },
    };
    const retest = setInterval(() => this.#recheck(), RETEST_EVERY).unref();
    this.#disposers.push(
      this.#policy.follow((change) => this.#follow(change)),
      engine.onEvent((event) => this.#callers.onEvent(event)),
      engine.onEvent((event) => this.#sites.get(event.belonging.workspaceId ?? '')?.onEvent(event)),
      engine.onState((state) => state.kind === 'connected' && this.#recheck()),
      () => clearInterval(retest),
    );
  }

  async raise(spec: WallSpec, onDetail: (line: string) => void, signal?: AbortSignal): Promise<WallSite> {
    const { projectId, workspaceId, mode } = spec;
    this.#callers.know(workspaceId, spec.projectFolder);
    const isLearning = mode === 'learning' && this.#store.wall(workspaceId)?.mode !== 'learning';
    this.#store.putWall(workspaceId, { projectId, mode: isLearning ? 'restricted' : mode });
    if (isLearning) await this.#policy.setMode(workspaceId, mode, LEARNING);
    const standing = await this.#site(workspaceId, projectId).raise(onDetail, signal);
    const { gatewayAddress, agentAddress, caCertificate, network } = standing;
    return { network, agentAddress, gatewayAddress, caCertificate, seccomp: this.#seccomp(), sysctls };
  }

  async lower(workspaceId: string): Promise<void> {
    const record = this.#store.wall(workspaceId);
    if (record !== null) await this.#site(workspaceId, record.projectId).lower();
    this.#policy.endSession(workspaceId);
  }

  async remove({ projectId, workspaceId }: Pick<WallSpec, 'projectId' | 'workspaceId'>): Promise<void> {
    await this.#site(workspaceId, projectId).remove();
    this.#sites.delete(workspaceId);
    this.#callers.forget(workspaceId);
    this.#policy.forgetWorkspace(workspaceId);
    this.#announceBlocked(workspaceId);
  }

  test(workspaceId: string, signal?: AbortSignal): ReturnType<Wall['test']> {
    return this.#known(workspaceId).test(signal);
  }

  quietly<T>(workspaceId: string, work: () => Promise<T>): Promise<T> {
    return this.#known(workspaceId).quietly(work);
  }

  state(workspaceId: string): ReturnType<Wall['state']> {
    return this.#sites.get(workspaceId)?.state ?? { kind: 'off' };
  }

  mode(workspaceId: string): ReturnType<Wall['mode']> {
    return this.#store.wall(workspaceId)?.mode ?? 'restricted';
  }

  async setMode(workspaceId: string, mode: ReturnType<Wall['mode']>, minutes = LEARNING): Promise<void> {
    this.#known(workspaceId);
    await this.#policy.setMode(workspaceId, mode, minutes);
  }

  rules(workspaceId: string): ReturnType<Wall['rules']> {
    return this.#policy.rules(workspaceId);
  }

  rulesOf(owner: Owner): ReturnType<Wall['rulesOf']> {
    return this.#policy.rulesOf(owner);
  }

  allRules(): ReturnType<Wall['allRules']> {
    return this.#policy.allRules();
  }

  counted(rules: readonly Rule[]): ReturnType<Wall['counted']> {
    return this.#decisions.counted(rules);
  }

  async addRule(workspaceId: string, pattern: string, options: RuleOptions): ReturnType<Wall['addRule']> {
    const [rule] = await this.addRules({ workspaceId }, [{ ...options, pattern }]);
    return rule!;
  }

  addRules(owner: Owner, inputs: readonly RuleInput[]): ReturnType<Wall['addRules']> {
    return this.#policy.add(owner, inputs);
  }

  draftRule(owner: Owner, input: RuleInput): ReturnType<Wall['draftRule']> {
    return this.#policy.draft(owner, input);
  }

  removeRule(workspaceId: string, pattern: string): ReturnType<Wall['removeRule']> {
    return this.#policy.removePattern(workspaceId, pattern);
  }

  removeRules(ids: readonly string[]): ReturnType<Wall['removeRules']> {
    return this.#policy.remove(ids);
  }

  restoreRules(rules: readonly Rule[]): ReturnType<Wall['restoreRules']> {
    return this.#policy.restore(rules);
  }

  forgetProject(projectId: string): Promise<void> {
    return this.#policy.forgetProject(projectId);
  }

  decisions(query: DecisionQuery): ReturnType<Wall['decisions']> {
    return this.#decisions.decisions(query);
  }

  blocked(workspaceId: string): ReturnType<Wall['blocked']> {
    return this.#decisions.blocked.list(workspaceId);
  }

  answer(workspaceId: string, blocked: Parameters<Wall['answer']>[1]): ReturnType<Wall['answer']> {
    return this.#policy.answer(workspaceId, blocked);
  }

  dismiss(workspaceId: string, host: string): void {
    this.#decisions.blocked.dismiss(workspaceId, host);
    this.#announceBlocked(workspaceId);
  }

  learning(workspaceId: string): ReturnType<Wall['learning']> {
    return this.#policy.learning(workspaceId);
  }

  seenWhileLearning(workspaceId: string): ReturnType<Wall['seenWhileLearning']> {
    const learning = this.#policy.learning(workspaceId);
    return learning === null ? [] : this.#decisions.reached(workspaceId, learning.since, learning.until);
  }

  async endLearning(workspaceId: string): Promise<void> {
    if (this.mode(workspaceId) === 'learning') await this.setMode(workspaceId, 'restricted');
  }

  discardLearned(workspaceId: string): void {
    this.#policy.discardLearned(workspaceId);
  }

  lastTest(workspaceId: string): ReturnType<Wall['lastTest']> {
    return this.#store.lastTest(workspaceId);
  }

  close(): void {
    for (const dispose of this.#disposers) dispose();
    for (const site of this.#sites.values()) site.close();
    this.#callers.close();
    for (const timer of this.#announcing.values()) clearTimeout(timer);
  }

  /** Each gateway of this engine that a change concerns is brought to it. */
  async #follow({ workspaces, unblocked, mode }: PolicyChange): Promise<void> {
    const sites = workspaces.flatMap((workspaceId) => this.#sites.get(workspaceId) ?? []);
    const results = await Promise.allSettled(sites.map((site) => site.apply()));
    for (const workspaceId of workspaces) this.#changed.emit(workspaceId);
    for (const workspaceId of unblocked) this.#announceBlocked(workspaceId);
    for (const result of results) if (result.status === 'rejected') throw result.reason;
    if (mode) for (const site of sites) site.recheck();
  }

  #recheck(): void {
    for (const site of this.#sites.values()) site.recheck();
  }

  #site(workspaceId: string, projectId: string): Site {
    const site = this.#sites.get(workspaceId) ?? new Site(this.#parts, projectId, workspaceId);
    this.#sites.set(workspaceId, site);
    return site;
  }

  #known(workspaceId: string): Site {
    const record = this.#store.wall(workspaceId);
    if (record === null) throw new AppError('workspace/not-found', 'There is no such workspace, or it has no wall yet.', { details: { workspaceId } });
    return this.#site(workspaceId, record.projectId);
  }

  #announceBlocked(workspaceId: string): void {
    if (this.#announcing.has(workspaceId)) return;
    const announce = (): void => {
      this.#announcing.delete(workspaceId);
      this.#blocked.emit(workspaceId);
    };
    this.#announcing.set(workspaceId, setTimeout(announce, BLOCKED_PAUSE).unref());
  }
}

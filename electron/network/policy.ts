import type { DatabaseSync } from 'node:sqlite';
import { createEmitter, type Dispose } from '../../shared/disposable.ts';
import { AppError } from '../../shared/errors.ts';
import type { Answer, Decision, Rule, RuleScope } from '../../shared/model/domain.ts';
import type { NetworkMode } from '../../shared/model/workspace-parts.ts';
import { transaction } from '../lib/database.ts';
import { createAlarm } from './alarm.ts';
import { BlockedStore } from './blocked-store.ts';
import { parseTarget } from './pattern.ts';
import { RuleStore } from './rule-store.ts';
import { draftRule, indexRules, type Place, placeOf, webPorts } from './rule.ts';
import { WallStore } from './store.ts';
import type { Learning, Owner, RuleInput, WallLog } from './types.ts';

/** What a change concerns. `unblocked`: those of them whose blocked names became fewer. `mode`: it is one of mode. */
export type PolicyChange = { readonly workspaces: readonly string[]; readonly unblocked: readonly string[]; readonly mode: boolean };
/** Brings gateways to what holds now; whoever made the change waits for it. */
type Follower = (change: PolicyChange) => Promise<void>;

const MINUTE = 60_000;
/** Rules of one list: a gateway takes them in seconds, and holds them in a few megabytes. */
const RULES_KEPT = 5000;

/** What is to hold in each workspace: rules of every scope, mode, learning; and what of it ends by itself. One for all engines of the core. */
export class Policy {
  readonly #database: DatabaseSync;
  readonly #rules: RuleStore;
  readonly #walls: WallStore;
  readonly #blocked: BlockedStore;
  readonly #effective = new Map<string, readonly Rule[]>();
  readonly #followers = new Set<Follower>();
  readonly #changed = createEmitter<void>();
  readonly #alarm: ReturnType<typeof createAlarm>;
  /** Rules of any list changed, or a review of learning came or went. */
  readonly onRules = (listener: () => void): Dispose => this.#changed.on(listener);

  constructor(database: DatabaseSync, log: WallLog) {
    this.#database = database;
    this.#rules = new RuleStore(database);
    this.#walls = new WallStore(database);
    this.#blocked = new BlockedStore(database);
    this.#alarm = createAlarm(
      () => this.#nextEnd(),
      () => void this.#endWhatIsDue().catch((error: unknown) => log.warn({ error }, 'What has expired could not be taken from a gateway')),
    );
  }

  follow(follower: Follower): Dispose {
    this.#followers.add(follower);
    return () => void this.#followers.delete(follower);
  }

  rules(workspaceId: string): readonly Rule[] {
    const wall = this.#walls.wall(workspaceId);
    if (wall === null) return [];
    const known = this.#effective.get(workspaceId) ?? this.#rules.effective(workspaceId, wall.projectId);
    this.#effective.set(workspaceId, known);
    const now = new Date().toISOString();
    return known.every(({ expiresAt }) => expiresAt === undefined) ? known : known.filter(({ expiresAt }) => expiresAt === undefined || expiresAt > now);
  }

  rulesOf(owner: Owner): readonly Rule[] {
    return this.#rules.of(owner.workspaceId ?? owner.projectId ?? '');
  }

  allRules(): readonly Rule[] {
    return this.#rules.all();
  }

  draft(owner: Owner, input: RuleInput): Rule {
    return draftRule(input, this.#place(owner, input.scope));
  }

  async add(owner: Owner, inputs: readonly RuleInput[]): Promise<readonly Rule[]> {
    const rules = inputs.map((input) => this.draft(owner, input));
    await this.#put(rules);
    return rules;
  }

  async answer(
    workspaceId: string,
    { host, port, answer, allowPrivate }: { host: string; port: number; answer: Answer; allowPrivate: boolean },
  ): Promise<Rule> {
    const scopes = { once: 'once', session: 'session', project: 'project', always: 'global', deny: 'project', 'deny-silently': 'project' } as const;
    const isDenial = answer === 'deny' || answer === 'deny-silently';
    const rest = isDenial ? { verdict: 'deny' as const, quiet: answer === 'deny-silently' } : {};
    const ports = webPorts.includes(port) ? [] : [port];
    const [rule] = await this.add({ workspaceId }, [{ pattern: host, ports, scope: scopes[answer], allowPrivate, addedBy: 'user', ...rest }]);
    return rule!;
  }

  async remove(ids: readonly string[]): Promise<readonly Rule[]> {
    const removed = this.#rules.find(ids);
    transaction(this.#database, () => removed.forEach(({ id }) => this.#rules.delete(id)));
    if (removed.length > 0) await this.#tell(removed);
    return removed;
  }

  /** Of the workspace's own list; a port that is written with the name must be the rule's only one. */
  async removePattern(workspaceId: string, text: string): Promise<readonly Rule[]> {
    const { pattern, port } = parseTarget(text);
    const own = this.#rules
      .of(workspaceId)
      .filter((rule) => rule.pattern === pattern && (port === null || (rule.ports.length === 1 && rule.ports[0] === port)));
    if (own.length === 0) throw new AppError('domain/not-found', `${text.trim()} is not on the list.`, { details: { pattern } });
    return this.remove(own.map(({ id }) => id));
  }

  async restore(rules: readonly Rule[]): Promise<void> {
    const now = Date.now();
    const wanted = rules.filter(({ expiresAt }) => expiresAt === undefined || Date.parse(expiresAt) > now);
    // Whatever a caller hands over is judged like a new one; only when it was added is taken as it is said.
    const drafts = wanted.map(({ addedAt, projectId, workspaceId, ...rule }) => ({ ...this.draft({ projectId, workspaceId }, rule), addedAt }));
    await this.#put(drafts);
  }

  async forgetProject(projectId: string): Promise<void> {
    await this.remove(this.#rules.of(projectId).map(({ id }) => id));
  }

  /** With its decisions, its blocked names and its last test. */
  forgetWorkspace(workspaceId: string): void {
    this.#walls.remove(workspaceId);
    this.#settle();
  }

  /** The workspace has stopped, its gateway too. */
  endSession(workspaceId: string): void {
    const ended = this.#rules.of(workspaceId).filter(({ scope }) => scope === 'session');
    if (ended.length === 0) return;
    transaction(this.#database, () => ended.forEach(({ id }) => this.#rules.delete(id)));
    this.#settle();
  }

  /** Rules that hold once have a minute left from the first connection that they let out. */
  noteUse(decisions: readonly Decision[]): void {
    const used = decisions.filter(({ rule, verdict, time }) => rule !== undefined && verdict === 'allowed' && this.#rules.use(rule, Date.parse(time)));
    if (used.length > 0) this.#settle();
  }

  async setMode(workspaceId: string, mode: NetworkMode, minutes: number): Promise<void> {
    const record = this.#walls.wall(workspaceId);
    if (record === null || (record.mode === mode && mode !== 'learning')) return;
    const now = new Date();
    const since = record.mode === 'learning' && record.learning !== null ? record.learning.since : now.toISOString();
    if (mode === 'learning') this.#walls.setMode(workspaceId, mode, { since, until: new Date(now.getTime() + minutes * MINUTE).toISOString() });
    else this.#walls.setMode(workspaceId, mode, record.mode === 'learning' ? { since, until: now.toISOString() } : record.learning);
    this.#settle();
    await this.#follow({ workspaces: [workspaceId], unblocked: [], mode: true });
  }

  learning(workspaceId: string): Learning | null {
    const record = this.#walls.wall(workspaceId);
    return record === null || record.learning === null ? null : { ...record.learning, running: record.mode === 'learning' };
  }

  discardLearned(workspaceId: string): void {
    const record = this.#walls.wall(workspaceId);
    if (record === null || record.learning === null) return;
    const anew = record.mode === 'learning' ? { since: new Date().toISOString(), until: record.learning.until } : null;
    this.#walls.setMode(workspaceId, record.mode, anew);
    this.#settle();
  }

  close(): void {
    this.#alarm.close();
  }

  /** Whose it will be; `scope` follows from the owner, or must fit it. */
  #place(
    { workspaceId, projectId }: Owner,
    scope: RuleScope = workspaceId !== undefined ? 'workspace' : projectId !== undefined ? 'project' : 'global',
  ): Place {
    if (scope === 'global') return { scope, owner: '' };
    const wall = workspaceId === undefined ? null : this.#walls.wall(workspaceId);
    if (workspaceId !== undefined && wall === null)
      throw new AppError('workspace/not-found', 'There is no such workspace, or it has no wall yet.', { details: { workspaceId } });
    const owner = scope === 'project' ? (projectId ?? wall?.projectId) : workspaceId;
    if (owner === undefined)
      throw new AppError('domain/no-owner', `A rule of scope "${scope}" belongs to a ${scope === 'project' ? 'project' : 'workspace'}. Name it.`);
    return { scope, owner };
  }

  async #put(rules: readonly Rule[]): Promise<void> {
    if (rules.length === 0) return;
    for (const [owner, own] of Map.groupBy(rules, (rule) => placeOf(rule).owner)) this.#refuseTooMany(owner, own);
    const unblocked = transaction(this.#database, () => {
      for (const rule of rules) this.#rules.put(rule);
      return this.#unblock(rules);
    });
    await this.#tell(rules, unblocked);
  }

  #refuseTooMany(owner: string, rules: readonly Rule[]): void {
    const ids = new Set([...this.#rules.of(owner), ...rules].map(({ id }) => id));
    if (ids.size > RULES_KEPT)
      throw new AppError(
        'domain/too-many',
        `A list holds up to ${RULES_KEPT} rules, and this would make it ${ids.size}. Name what belongs together as *.example.com.`,
      );
  }

  /** Takes the names that are answered by these rules off the lists of blocked ones; answers which lists became shorter. */
  #unblock(rules: readonly Rule[]): readonly string[] {
    return this.#concerned(rules).filter((workspaceId) => {
      const projectId = this.#walls.wall(workspaceId)?.projectId;
      const own = rules.filter(
        (rule) => rule.scope === 'global' || rule.workspaceId === workspaceId || (rule.scope === 'project' && rule.projectId === projectId),
      );
      const speakingOf = indexRules(own);
      const answered = this.#blocked
        .list(workspaceId)
        .filter(({ host, port, reason }) =>
          speakingOf(host, port).some(({ verdict, allowPrivate }) => verdict === 'deny' || allowPrivate || reason !== 'refused-address'),
        );
      this.#blocked.forget(
        workspaceId,
        answered.map(({ host }) => host),
      );
      return answered.length > 0;
    });
  }

  #concerned(rules: readonly Rule[]): readonly string[] {
    const places = new Map(rules.map(placeOf).map((place) => [place.owner, place]));
    if (places.has('')) return this.#walls.workspaces();
    return [...new Set([...places.values()].flatMap(({ scope, owner }) => (scope === 'project' ? this.#walls.workspaces(owner) : [owner])))];
  }

  async #tell(rules: readonly Rule[], unblocked: readonly string[] = []): Promise<void> {
    this.#settle();
    await this.#follow({ workspaces: this.#concerned(rules), unblocked, mode: false });
  }

  /** After each write: nothing is taken from memory that is no longer so. */
  #settle(): void {
    this.#effective.clear();
    this.#alarm.set();
    this.#changed.emit();
  }

  /** All gateways are told, also when one does not take it. */
  async #follow(change: PolicyChange): Promise<void> {
    const results = await Promise.allSettled([...this.#followers].map((follower) => follower(change)));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  #nextEnd(): number | null {
    const ends = this.#walls.learning().map(({ until }) => until);
    return [this.#rules.nextExpiry() ?? Infinity, ...ends].reduce<number | null>((least, one) => (one < (least ?? Infinity) ? one : least), null);
  }

  async #endWhatIsDue(): Promise<void> {
    const expired = this.#rules.expired();
    transaction(this.#database, () => expired.forEach(({ id }) => this.#rules.delete(id)));
    const learned = this.#walls.learning().filter(({ until }) => until <= Date.now());
    const told = expired.length > 0 ? this.#tell(expired) : Promise.resolve();
    await Promise.all([told, ...learned.map(({ workspaceId }) => this.setMode(workspaceId, 'restricted', 0))]);
  }
}

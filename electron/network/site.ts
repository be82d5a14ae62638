import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '../../shared/errors.ts';
import type { Attempt, SelfTestReport } from '../../shared/model/selftest.ts';
import type { WallState } from '../../shared/model/workspace.ts';
import { describeWallFailure } from '../../shared/wall-failure.ts';
import { containerName, privateNetworkName, wallVolumeName } from '../engine/names.ts';
import type { EngineEvent } from '../engine/types.ts';
import { DecisionLog } from './decision-log.ts';
import { forwardedNames, Forwarding } from './forwarding.ts';
import type { Decided, Ended } from './log-line.ts';
import { type Gateway, type GatewayParts, raiseGateway } from './raising.ts';
import { Trial, type TrialParts } from './trial.ts';

export type SiteParts = TrialParts &
  GatewayParts & {
    readonly onChange: (workspaceId: string) => void;
    readonly onLines: (workspaceId: string, lines: readonly (Decided | Ended)[]) => void;
  };

/** What stands while the wall is up. */
type Standing = Gateway & { readonly log: DecisionLog };

/** Waits between tries to put a wall back, in milliseconds; the last one goes on. */
const HEAL_PAUSES = [500, 1000, 2000, 5000, 15_000, 60_000];

/** The wall of one workspace. What it does to the gateway runs one after the other. */
export class Site {
  readonly #parts: SiteParts;
  readonly #projectId: string;
  readonly #workspaceId: string;
  readonly #trial: Trial;
  readonly #forwarding: Forwarding;
  #state: WallState = { kind: 'off' };
  #standing: Standing | null = null;
  #wanted = false;
  #healing = false;
  /** Someone asked for a look while one was under way. */
  #again = false;
  #turn: Promise<unknown> = Promise.resolve();
  #flush: Promise<void> | null = null;
  readonly #closed = new AbortController();

  constructor(parts: SiteParts, projectId: string, workspaceId: string) {
    this.#parts = parts;
    this.#projectId = projectId;
    this.#workspaceId = workspaceId;
    this.#trial = new Trial(parts, { projectId, workspaceId });
    this.#forwarding = new Forwarding({ engine: parts.engine, workspaceId, log: parts.log });
  }

  get state(): WallState {
    return this.#state;
  }

  async raise(onDetail: (line: string) => void, signal?: AbortSignal): Promise<Standing> {
    this.#wanted = true;
    return this.#inTurn(() => this.#raise(onDetail, signal));
  }

  async lower(): Promise<void> {
    this.#wanted = false;
    await this.#inTurn(async () => {
      this.#rest();
      const found = await this.#parts.engine.inspectContainer(this.#gatewayName);
      if (found !== null) await this.#parts.engine.stopContainer(found.id, 2);
      this.#set({ kind: 'off' });
    });
  }

  async remove(): Promise<void> {
    this.#wanted = false;
    this.#closed.abort();
    const { engine, networks } = this.#parts;
    await this.#inTurn(async () => {
      this.#rest();
      const found = await engine.inspectContainer(this.#gatewayName);
      if (found !== null) await engine.removeContainer(found.id);
      await engine.removeNetwork(privateNetworkName(this.#projectId, this.#workspaceId));
      await engine.removeVolume(wallVolumeName(this.#projectId, this.#workspaceId));
      await networks.releaseEgress(this.#workspaceId);
      this.#state = { kind: 'off' };
    });
  }

  /** Ends what runs here, and leaves the engine's objects as they are. */
  close(): void {
    this.#wanted = false;
    this.#closed.abort();
    this.#rest();
  }

  test(signal?: AbortSignal): Promise<SelfTestReport> {
    return this.#inTurn(() => this.#test(signal));
  }

  quietly<T>(work: () => Promise<T>): Promise<T> {
    return this.#inTurn(work);
  }

  /**
   * Brings the gateway to the rules and mode of the database, then ends connections that they no longer allow.
   * Calls that come while one waits share the next: a hundred changes at once are two exchanges.
   */
  apply(): Promise<void> {
    this.#flush ??= this.#inTurn(async () => {
      this.#flush = null;
      if (this.#standing === null) return;
      try {
        await this.#standing.enforcement.synchronise();
      } catch (error) {
        // What the gateway holds is unknown: it must not go on with it.
        this.#fall('Its rules could not be written to the gateway.');
        await this.#parts.engine.stopContainer(this.#standing.gateway, 1).catch((cause: unknown) => this.#warn(cause, 'A gateway could not be stopped'));
        void this.#heal();
        throw error;
      }
    }).then(() => this.#forward());
    return this.#flush;
  }

  onEvent(event: EngineEvent): void {
    if (event.type === 'container' && event.belonging.role === 'agent' && (event.action === 'start' || event.action === 'unpause')) {
      this.#forwarding.forget();
      void this.#forward();
    }
    if (event.type === 'network' && event.action === 'connect' && event.belonging.role === 'agent') this.#onJoin(event.name);
    if (event.type !== 'container' || event.name !== this.#gatewayName || !this.#wanted || this.#standing === null) return;
    if (event.action !== 'die' && event.action !== 'destroy' && event.action !== 'oom') return;
    if (this.#standing.gateway !== event.id && !event.id.startsWith(this.#standing.gateway)) return;
    this.#fall('The gateway has ended.');
    void this.#heal();
  }

  /** Somebody joined the agent container to a network: it may lead out. A test that is under way may have looked before. */
  #onJoin(network: string): void {
    void this.#inTurn(async () => this.#standing !== null && !this.#trial.hasSeen(network) && this.recheck());
  }

  /** The engine is there again, or an hour has passed: the wall is looked at anew. */
  recheck(): void {
    if (!this.#wanted || this.#standing === null) return;
    // The look under way may have seen what was before: the engine's return, a change of mode. It is followed by another.
    if (this.#healing) this.#again = true;
    else void this.#heal();
  }

  /** The agent's side of TCP by name. What the container does with it holds nothing up. */
  #forward(): Promise<void> {
    const applied = this.#standing?.enforcement.applied ?? null;
    if (this.#standing === null || applied === null) return Promise.resolve();
    return this.#forwarding.deliver(this.#standing, forwardedNames(applied['tcp.map']));
  }

  get #gatewayName(): string {
    return containerName('gateway', this.#projectId, this.#workspaceId);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #raise(onDetail: (line: string) => void, signal?: AbortSignal): Promise<Standing> {
    const { gateway, settle } = await raiseGateway(this.#parts, { projectId: this.#projectId, workspaceId: this.#workspaceId }, onDetail, signal);
    this.#hangUp();
    const standing: Standing = { ...gateway, log: this.#followLog(gateway.gateway) };
    this.#standing = standing;
    await settle();
    void this.#forward();
    if (this.#state.kind !== 'standing') this.#set({ kind: 'testing' });
    return standing;
  }

  #followLog(gateway: string): DecisionLog {
    const { engine, decisions, log, onLines } = this.#parts;
    return new DecisionLog({
      engine,
      gateway,
      since: () => decisions.readUntil(this.#workspaceId),
      onLines: (lines) => {
        onLines(this.#workspaceId, lines);
        const enforcement = this.#standing?.enforcement;
        if (enforcement !== undefined && lines.some((line) => line.event === 'decided' && enforcement.isOverdue(line)))
          enforcement.endStale().catch((error: unknown) => this.#warn(error, 'A connection could not be ended'));
      },
      log,
    });
  }

  async #test(signal?: AbortSignal): Promise<SelfTestReport> {
    const standing = this.#standing;
    const { engine } = this.#parts;
    const agents = await engine.listContainers({ workspaceId: this.#workspaceId, role: 'agent' });
    const agent = agents.find(({ status }) => status === 'running');
    if (agent === undefined && agents.some(({ status }) => status === 'paused'))
      throw new AppError('network/nothing-to-test', 'The wall is tested from inside the agent container, which is paused. Resume the workspace first.');
    if (standing === null || agent === undefined)
      throw new AppError('network/nothing-to-test', 'The wall is tested from inside the running agent container. Start the workspace first.');
    const startedAt = new Date().toISOString();
    const before = this.#state;
    this.#set({ kind: 'testing' });
    try {
      const { attempts, unproven } = await this.#trial.run(standing, agent, signal);
      const endedAt = new Date().toISOString();
      const failed = attempts.filter(({ result }) => result === 'failed');
      const passed = failed.length === 0;
      const count = attempts.filter(({ result }) => result === 'passed').length;
      if (this.#standing !== standing) throw new AppError('network/gateway-lost', 'The gateway ended during the self-test. It is being put back; test again.');
      const gap = unproven === null ? {} : { unproven };
      if (passed) this.#set({ kind: 'standing', testedAt: endedAt, passed: count, total: attempts.length, ...gap });
      else this.#failTest(failed, before);
      const report = { workspaceId: this.#workspaceId, passed, startedAt, endedAt, attempts: [...attempts], ...gap };
      this.#parts.store.putTest(report);
      return report;
    } catch (error) {
      if (signal?.aborted === true) {
        // Whoever asked has gone: that says nothing of the wall. It is true if the gateway ended meanwhile, too.
        if (this.#state.kind === 'testing') this.#set(before);
      } else if (this.#state.kind === 'testing') {
        this.#fall('The self-test could not be done.');
        if (before.kind === 'standing') void this.#heal();
      }
      throw error;
    }
  }

  /** A leak is not healed here: whoever owns the agent container must stop it. A gateway that does not do its work is put right. */
  #failTest(failed: readonly Attempt[], before: WallState): void {
    const leaks = failed.filter(({ leak }) => leak === true);
    const reason = `The self-test failed: ${describeWallFailure(leaks.length > 0 ? leaks : failed)}.`;
    this.#fall(reason, leaks.length === 0);
    if (leaks.length === 0 && before.kind === 'standing') void this.#heal();
  }

  /** Until it stands again or is no longer wanted. */
  async #heal(): Promise<void> {
    if (this.#healing) return;
    this.#healing = true;
    const { signal } = this.#closed;
    try {
      for (let tries = 0; this.#wanted && !signal.aborted; tries++) {
        try {
          await this.raise(() => undefined, signal);
          const agents = await this.#parts.engine.listContainers({ workspaceId: this.#workspaceId, role: 'agent' });
          // A paused one is out of a test's reach: what was not proven before is when it goes on.
          if (this.#state.kind === 'testing' && agents.some(({ status }) => status === 'paused')) this.#set({ kind: 'off' });
          if (!agents.some(({ status }) => status === 'running')) return;
          const { passed, attempts } = await this.test(signal);
          if (passed || attempts.some(({ leak }) => leak === true)) return;
          // Once may be a busy machine; a gateway that fails again is started anew, which ends the connections it has.
          if (tries > 0 && this.#standing !== null) await this.#parts.engine.stopContainer(this.#standing.gateway, 1);
        } catch (error) {
          if (!this.#wanted || signal.aborted) return;
          this.#warn(error, 'A wall could not be put back yet');
          this.#fall(error instanceof AppError ? error.message : 'The gateway cannot be put back. The log has the details.');
        }
        await wait(HEAL_PAUSES[tries] ?? HEAL_PAUSES.at(-1)!, undefined, { signal, ref: false }).catch(() => undefined);
      }
    } finally {
      this.#healing = false;
      if (this.#again) {
        this.#again = false;
        this.recheck();
      }
    }
  }

  #rest(): void {
    this.#hangUp();
    this.#standing = null;
  }

  #hangUp(): void {
    this.#standing?.log.close();
    this.#standing?.enforcement.close();
  }

  #fall(reason: string, healing = true): void {
    const since = this.#state.kind === 'down' ? this.#state.since : new Date().toISOString();
    this.#set({ kind: 'down', since, reason, healing });
  }

  #set(state: WallState): void {
    this.#state = state;
    this.#parts.onChange(this.#workspaceId);
  }

  #warn(error: unknown, message: string): void {
    this.#parts.log.warn({ error, workspaceId: this.#workspaceId }, message);
  }
}

import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '../../shared/errors.ts';
import type { Attempt, SelfTestReport } from '../../shared/model/selftest.ts';
import type { WallState } from '../../shared/model/workspace.ts';
import { containerName, privateNetworkName, wallVolumeName } from '../engine/names.ts';
import type { Engine, EngineEvent } from '../engine/types.ts';
import { configurationFiles, isStillAllowed, mapFiles, type Refused, refusedRanges } from './configuration.ts';
import { DecisionLog } from './decision-log.ts';
import { ensureGateway } from './gateway.ts';
import type { Decided, Ended } from './log-line.ts';
import { buildMaps, diffCommands, type Maps } from './maps.ts';
import type { Networks } from './networks.ts';
import { applyFiles, endSessions, readRuntime, readSessions, syncRefused } from './runtime.ts';
import { runSelfTest } from './self-test.ts';
import type { WallStore } from './store.ts';
import { parseRange, toAddress } from './subnets.ts';
import type { WallLog } from './types.ts';

export type SiteParts = {
  readonly engine: Engine;
  readonly store: WallStore;
  readonly networks: Networks;
  readonly gatewayImage: (onProgress: (line: string) => void, signal?: AbortSignal) => Promise<string>;
  readonly hostAddresses: () => readonly string[];
  readonly log: WallLog;
  readonly onChange: (workspaceId: string) => void;
  readonly onLines: (workspaceId: string, lines: readonly (Decided | Ended)[]) => void;
};

/** What stands while the wall is up. */
type Standing = {
  readonly network: string;
  readonly gateway: string;
  readonly gatewayAddress: string;
  readonly agentAddress: string;
  readonly bridgeAddress: string;
  readonly egressHost: string;
  readonly refused: Refused;
  readonly nonce: string;
  readonly caCertificate: string;
  readonly log: DecisionLog;
};

/** Waits between tries to put a wall back, in milliseconds; the last one goes on. */
const HEAL_PAUSES = [500, 1000, 2000, 5000, 15_000, 60_000];

/** The wall of one workspace. What it does to the gateway runs one after the other. */
export class Site {
  readonly #parts: SiteParts;
  readonly #projectId: string;
  readonly #workspaceId: string;
  #state: WallState = { kind: 'off' };
  #standing: Standing | null = null;
  /** What the running gateway holds, as far as we know; null when it must be asked. */
  #applied: Maps | null = null;
  #wanted = false;
  #healing = false;
  #turn: Promise<unknown> = Promise.resolve();
  #flush: Promise<void> | null = null;
  readonly #closed = new AbortController();

  constructor(parts: SiteParts, projectId: string, workspaceId: string) {
    this.#parts = parts;
    this.#projectId = projectId;
    this.#workspaceId = workspaceId;
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

  /**
   * Brings the gateway to the rules and mode of the database, then ends connections that they no longer allow.
   * Calls that come while one waits share the next: a hundred changes at once are two exchanges.
   */
  apply(): Promise<void> {
    this.#flush ??= this.#inTurn(async () => {
      this.#flush = null;
      if (this.#standing === null) return;
      try {
        await this.#synchronise(this.#standing);
      } catch (error) {
        // What the gateway holds is unknown: it must not go on with it.
        this.#fall('Its rules could not be written to the gateway.');
        await this.#parts.engine.stopContainer(this.#standing.gateway, 1).catch((cause: unknown) => this.#warn(cause, 'A gateway could not be stopped'));
        void this.#heal();
        throw error;
      }
    });
    return this.#flush;
  }

  /** Ends connections that rules and mode no longer allow. */
  async endStale(): Promise<void> {
    const standing = this.#standing;
    if (standing === null) return;
    const { engine, store } = this.#parts;
    const mode = store.wall(this.#workspaceId)?.mode ?? 'none';
    const rules = store.rules(this.#workspaceId);
    const stale = store.openConnections(this.#workspaceId).filter((connection) => !isStillAllowed(rules, mode, standing.refused, connection));
    if (stale.length === 0) return;
    const keys = new Set(stale.map(({ protocol, sourcePort }) => `${protocol}:${sourcePort}`));
    const sessions = await readSessions(engine, standing.gateway);
    const ours = sessions.filter(({ frontend, sourcePort }) => keys.has(`${frontend}:${sourcePort}`));
    if (ours.length > 0) await endSessions(engine, standing.gateway, ours);
  }

  onEvent(event: EngineEvent): void {
    if (event.type !== 'container' || event.name !== this.#gatewayName || !this.#wanted || this.#standing === null) return;
    if (event.action !== 'die' && event.action !== 'destroy' && event.action !== 'oom') return;
    if (this.#standing.gateway !== event.id && !event.id.startsWith(this.#standing.gateway)) return;
    this.#fall('The gateway has ended.');
    void this.#heal();
  }

  /** The engine is there again, or an hour has passed: the wall is looked at anew. */
  recheck(): void {
    if (this.#wanted && this.#standing !== null) void this.#heal();
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
    const { engine, networks, hostAddresses } = this.#parts;
    const image = await this.#parts.gatewayImage(onDetail, signal);
    const egress = await networks.holdEgress(this.#workspaceId);
    signal?.throwIfAborted();
    const site = await networks.ensurePrivate(this.#projectId, this.#workspaceId);
    signal?.throwIfAborted();
    onDetail(`Private network ${site.network.subnets[0]}`);
    const refused = refusedRanges(hostAddresses(), site.network.subnets);
    const nonce = randomBytes(12).toString('hex');
    const place = { projectId: this.#projectId, workspaceId: this.#workspaceId, image, egress: pick(egress.network), private: pick(site.network) };
    const files = configurationFiles(this.#desired(nonce), refused);
    const gateway = await ensureGateway(engine, { ...place, address: site.gateway }, files, onDetail, signal);
    const [authority, running] = await Promise.all([engine.readFile(gateway, '/cfg/ca.crt', 65_536), readRuntime(engine, gateway)]);
    const span = parseRange(site.network.subnets[0]!)!;
    this.#standing?.log.close();
    const standing: Standing = {
      network: site.network.name,
      gateway,
      gatewayAddress: site.gateway,
      agentAddress: site.agent,
      bridgeAddress: toAddress(span.first + 1),
      egressHost: egress.host,
      refused,
      nonce,
      caCertificate: Buffer.from(authority).toString(),
      log: this.#followLog(gateway),
    };
    this.#standing = standing;
    this.#applied = null;
    await syncRefused(engine, gateway, running.ranges, refused);
    await this.#synchronise(standing, running.maps);
    if (this.#state.kind !== 'standing') this.#set({ kind: 'testing' });
    return standing;
  }

  #followLog(gateway: string): DecisionLog {
    const { engine, store, log, onLines } = this.#parts;
    return new DecisionLog({
      engine,
      gateway,
      since: () => store.readUntil(this.#workspaceId),
      onLines: (lines) => {
        onLines(this.#workspaceId, lines);
        // A connection that was judged a moment before its rule went.
        if (lines.some((line) => line.event === 'decided' && line.verdict === 'allowed' && !this.#isAllowed(line)))
          this.endStale().catch((error: unknown) => this.#warn(error, 'A connection could not be ended'));
      },
      log,
    });
  }

  #isAllowed(line: Decided): boolean {
    const { store } = this.#parts;
    const mode = store.wall(this.#workspaceId)?.mode ?? 'none';
    return this.#standing === null || isStillAllowed(store.rules(this.#workspaceId), mode, this.#standing.refused, line);
  }

  #desired(nonce: string): Maps {
    const { store } = this.#parts;
    return buildMaps(store.rules(this.#workspaceId), store.wall(this.#workspaceId)?.mode ?? 'none', nonce);
  }

  /** Both ways: what the gateway has and should not is taken away, what it lacks is added. Asked again when we did not do it all ourselves. */
  async #synchronise(standing: Standing, read?: Maps): Promise<void> {
    const { engine } = this.#parts;
    const before = this.#applied ?? read ?? (await readRuntime(engine, standing.gateway)).maps;
    const isKnown = this.#applied !== null;
    this.#applied = null;
    const after = this.#desired(standing.nonce);
    const commands = diffCommands(before, after);
    if (commands.length > 0) await applyFiles(engine, standing.gateway, mapFiles(after, isKnown ? before : undefined), commands);
    // What was read and needed no change has been seen to be right already.
    if (!isKnown && commands.length > 0 && diffCommands((await readRuntime(engine, standing.gateway)).maps, after).length > 0)
      throw new AppError('network/gateway-refused', 'The gateway does not hold the rules it was given. It is being started anew; try again in a moment.');
    this.#applied = after;
    await this.endStale();
  }

  async #test(signal?: AbortSignal): Promise<SelfTestReport> {
    const standing = this.#standing;
    const { engine, hostAddresses } = this.#parts;
    const agents = await engine.listContainers({ workspaceId: this.#workspaceId, role: 'agent' });
    const agent = agents.find(({ status }) => status === 'running');
    if (standing === null || agent === undefined)
      throw new AppError('network/nothing-to-test', 'The wall is tested from inside the running agent container. Start the workspace first.');
    const startedAt = new Date().toISOString();
    const before = this.#state;
    this.#set({ kind: 'testing' });
    try {
      const { gateway, gatewayAddress, egressHost, bridgeAddress, nonce } = standing;
      const own = { engine, agent: agent.id, gateway, gatewayAddress, egressHost, bridgeAddress, nonce, hostAddresses: hostAddresses() };
      const attempts = [...(await runSelfTest({ ...own, ...(signal && { signal }) }))];
      const endedAt = new Date().toISOString();
      const failed = attempts.filter(({ result }) => result === 'failed');
      const passed = failed.length === 0;
      const count = attempts.filter(({ result }) => result === 'passed').length;
      if (this.#standing !== standing) throw new AppError('network/gateway-lost', 'The gateway ended during the self-test. It is being put back; test again.');
      if (passed) this.#set({ kind: 'standing', testedAt: endedAt, passed: count, total: attempts.length });
      else this.#failTest(failed, before);
      return { workspaceId: this.#workspaceId, passed, startedAt, endedAt, attempts };
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
    const reason = `The self-test failed: ${(leaks.length > 0 ? leaks : failed).map(({ label }) => label).join('; ')}.`;
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
    }
  }

  #rest(): void {
    this.#standing?.log.close();
    this.#standing = null;
    this.#applied = null;
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

function pick({ id, name }: { readonly id: string; readonly name: string }): { readonly id: string; readonly name: string } {
  return { id, name };
}

import { AppError } from '../../shared/errors.ts';
import type { EngineState } from '../../shared/model/engine.ts';
import type { ContainerInfo } from '../engine/objects.ts';
import type { EngineEvent } from '../engine/types.ts';
import { findAgent } from './agent-container.ts';
import type { Book, Entry } from './book.ts';
import { raiseWall, verify } from './bring-up.ts';
import { explainDeath, readLines } from './death.ts';
import { dismantle, removeObjects } from './dismantle.ts';
import { Health } from './health.ts';
import { deliverOwedKeys } from './key-delivery.ts';
import { removeLateOrphan, removeOrphans } from './orphans.ts';
import { placeOf } from './place.ts';
import { mendSwap } from './swap.ts';
import type { WorkspaceParts } from './types.ts';

/** What an agent container does that changes what is true of its workspace. */
const telling = new Set(['start', 'die', 'destroy', 'unpause', 'pause', 'rename']);

/** Seconds that an agent has to end when its wall does not hold: every one is a second without a wall. */
const UNWALLED_GRACE = 2;

const REMOVED = 'Its container was removed outside Forgehold. Starting the workspace makes a new one.';

/** Milliseconds: the gateway's image may have to be built. */
const RAISE_TIMEOUT = 600_000;

/**
 * Makes what we believe true and what is true safe: at start, when the engine is back, and at each event. Asks the engine and
 * acts on the answer, never on the event itself, so that lost, late and doubled events do no harm.
 */
export class Reconciler {
  readonly #parts: WorkspaceParts;
  readonly #book: Book;
  /** Workspaces whose look at the engine is queued and has not begun. */
  readonly #queued = new Set<string>();
  readonly #health: Health;
  #connected = false;
  #whole: Promise<void> = Promise.resolve();
  readonly #looked = Promise.withResolvers<void>();

  constructor(parts: WorkspaceParts, book: Book) {
    this.#parts = parts;
    this.#book = book;
    this.#health = new Health(parts.engine);
  }

  /** Returns when all is looked at; what fails is logged and seen in the workspace's state. */
  async onEngineState(state: EngineState): Promise<void> {
    if (state.kind === 'connected' && !this.#connected) {
      this.#connected = true;
      this.#whole = this.#all();
      await this.#whole;
      this.#looked.resolve();
    } else if (state.kind === 'unreachable') {
      this.#looked.resolve();
      this.#connected = false;
      for (const entry of this.#book.all()) this.#lose(entry, state.reason);
    }
  }

  onEvent(event: EngineEvent): void {
    const { workspaceId, role } = event.belonging;
    if (event.type !== 'container' || !workspaceId) return;
    if (event.action === 'create') void removeLateOrphan(this.#parts, this.#book, event);
    if (role !== 'agent') return;
    this.#health.onEvent(event);
    const entry = this.#book.find(workspaceId);
    if (!entry) return;
    if (event.action === 'oom') this.#noticeStarvation(entry, event.id);
    if (telling.has(event.action)) void this.settle(entry);
  }

  close(): void {
    this.#looked.resolve();
    this.#health.close();
  }

  /** A wall that leaks stops its agent. One that is merely down lets nothing out by itself, and is being put back. */
  onWallChange(workspaceId: string): void {
    const entry = this.#book.find(workspaceId);
    if (entry?.record.phase === 'ready' && this.#findLeak(entry) !== null) void this.settle(entry);
  }

  #findLeak(entry: Entry): string | null {
    const wall = this.#parts.wall.state(entry.record.workspaceId);
    return wall.kind === 'down' && !wall.healing ? wall.reason : null;
  }

  /** Settles when everything was looked at for the first time, or the engine turned out to be away. */
  looked(): Promise<void> {
    return this.#looked.promise;
  }

  /** Settles when the last look at everything is done. */
  settled(): Promise<void> {
    return this.#whole;
  }

  async #all(): Promise<void> {
    const orphans = removeOrphans(this.#parts, this.#book).catch((error: unknown) =>
      this.#parts.log.error({ error }, 'Objects without a workspace could not be removed'),
    );
    await Promise.all([orphans, ...this.#book.all().map((entry) => this.settle(entry))]);
  }

  /** Queued behind what works on the workspace now; several wishes become one look. */
  async settle(entry: Entry): Promise<void> {
    const { workspaceId } = entry.record;
    if (this.#queued.has(workspaceId)) return;
    this.#queued.add(workspaceId);
    await this.#book.queue.run(workspaceId, async () => {
      this.#queued.delete(workspaceId);
      try {
        await this.look(entry);
      } catch (error) {
        this.#parts.log.warn({ workspaceId, error }, 'A workspace could not be reconciled');
        this.#lose(entry, error instanceof AppError ? error.message : 'Looking at its container failed. The log has the details.');
      }
    });
  }

  /** In its turn: makes true what is believed of one workspace. Does nothing when it is on its way out, or the engine away. */
  async look(entry: Entry): Promise<void> {
    const { record } = entry;
    if (!this.#connected || entry.leaving === true || this.#book.find(record.workspaceId) !== entry) return;
    if (record.phase === 'creating' || record.phase === 'removing') {
      await dismantle(this.#parts, record, this.#isShared(entry));
      this.#book.forget(entry);
      return;
    }
    if (record.phase === 'failed') {
      await removeObjects(this.#parts, record);
      return;
    }
    await mendSwap(this.#parts, this.#book, entry);
    const info = await findAgent(this.#parts.engine, record);
    if (info?.status !== 'running' && info?.status !== 'paused' && info?.status !== 'restarting') return this.#bury(entry, info);
    const leak = this.#findLeak(entry);
    if (leak !== null) return this.#putDown(entry, info, leak);
    if (this.#health.isCrashing(info, entry.record.preparedAt)) return this.#watchCrashes(entry, info);
    if (info.status === 'paused') return this.#freeze(entry);
    const isKnown = entry.containerId === info.id && record.preparedAt === info.startedAt;
    if (entry.state.kind === 'running' && isKnown) return;
    // Its wall is watched while it is paused. One that has stood all the while needs no new proof.
    const isProven = isKnown && this.#parts.wall.state(record.workspaceId).kind === 'standing';
    if (entry.state.kind === 'paused' && isProven) await this.#thaw(entry, info);
    else await this.#adopt(entry, info);
  }

  /** Whoever paused it: it is shown as paused until someone lets it go on. */
  #freeze(entry: Entry): void {
    this.#parts.terminals.pause(entry.record.workspaceId);
    if (entry.state.kind !== 'paused') this.#book.setState(entry, { kind: 'paused' });
  }

  async #thaw(entry: Entry, info: ContainerInfo): Promise<void> {
    await deliverOwedKeys(this.#parts, this.#book, entry);
    await this.#parts.terminals.connect(entry.record.workspaceId, info.id);
    this.#book.setState(entry, { kind: 'running', since: new Date(info.startedAt).toISOString() });
  }

  async #adopt(entry: Entry, info: ContainerInfo): Promise<void> {
    const controller = new AbortController();
    entry.running = { what: 'verifying', controller };
    this.#book.setState(entry, { kind: 'starting', steps: [] });
    try {
      await verify(this.#parts, entry.record, info, controller.signal);
    } catch (error) {
      // Someone stops or removes it, or the app closes: that is no verdict on its wall.
      if (controller.signal.aborted) return;
      this.#parts.log.warn({ workspaceId: entry.record.workspaceId, error }, 'The wall of a running workspace could not be proven');
      await this.#putDown(entry, info, error instanceof AppError ? error.message : 'Its wall could not be proven. The log has the details.');
      return;
    } finally {
      delete entry.running;
    }
    entry.containerId = info.id;
    await deliverOwedKeys(this.#parts, this.#book, entry);
    this.#book.save(entry, { preparedAt: info.startedAt, stopped: false, failure: undefined });
    this.#book.setState(entry, { kind: 'running', since: new Date(info.startedAt).toISOString() });
  }

  /** The engine starts it again and again. Its wall stays up meanwhile; it is tested when the container stays up too. */
  async #watchCrashes(entry: Entry, info: ContainerInfo): Promise<void> {
    const { workspaceId } = entry.record;
    if (entry.state.kind !== 'crashing') {
      this.#parts.log.warn({ workspaceId, exitCode: info.exitCode }, 'An agent container ended by itself, and was started again by the engine');
      this.#down(entry);
    }
    if (this.#parts.wall.state(workspaceId).kind === 'off') {
      try {
        await raiseWall(this.#parts, entry.record, placeOf(this.#parts, entry.record), () => {}, AbortSignal.timeout(RAISE_TIMEOUT));
      } catch (error) {
        this.#parts.log.warn({ workspaceId, error }, 'The wall of a crashing workspace could not be raised');
        return this.#putDown(entry, info, error instanceof AppError ? error.message : 'Its wall could not be raised. The log has the details.');
      }
    }
    this.#book.setState(entry, await this.#health.describe(info, entry.state));
    this.#health.whenSteady(info, () => void this.settle(entry));
  }

  #noticeStarvation(entry: Entry, containerId: string): void {
    const notice = this.#health.noticeStarvation(containerId, entry.record.effective.memoryMb);
    if (notice === null) return;
    this.#parts.log.warn({ workspaceId: entry.record.workspaceId }, 'A program in a workspace ran out of memory');
    if (entry.state.kind === 'running') this.#book.setState(entry, { ...entry.state, notice });
  }

  /** Its wall leaks, or could not be proven: it does not run on. */
  async #putDown(entry: Entry, info: ContainerInfo, reason: string): Promise<void> {
    const { workspaceId } = entry.record;
    this.#parts.log.warn({ workspaceId, reason }, 'A running workspace is stopped because of its wall');
    this.#down(entry);
    this.#book.save(entry, { stopped: true });
    this.#book.setState(entry, { kind: 'stopping' });
    // The engine lets a paused one go on to end it: then every moment is one too many.
    await this.#parts.engine.stopContainer(info.id, info.status === 'paused' ? 0 : UNWALLED_GRACE);
    this.#book.setState(entry, { kind: 'stopped', reason });
    await this.#parts.wall.lower(workspaceId);
  }

  async #bury(entry: Entry, info: ContainerInfo | null): Promise<void> {
    if (entry.state.kind === 'failed') return;
    const { record } = entry;
    // That its container is gone is news for a stopped one too: end and removal are two events. One that is kept only while it runs has none.
    const isTemporary = record.stopped === true && record.project.clone?.keep === 'temporary';
    if (entry.state.kind === 'stopped' && (info !== null || isTemporary || entry.state.reason === REMOVED)) return;
    const unseen = entry.state.kind === 'unknown';
    this.#down(entry);
    await this.#parts.wall.lower(record.workspaceId);
    if (info === null) return this.#book.setState(entry, isTemporary ? { kind: 'stopped' } : { kind: 'stopped', reason: REMOVED });
    if (record.stopped === true || info.status === 'created') return this.#book.setState(entry, { kind: 'stopped' });
    const reason = explainDeath(info, record.effective.memoryMb, await readLines(this.#parts.engine, info.id), unseen);
    this.#book.setState(entry, { kind: 'stopped', exitCode: info.exitCode, reason });
  }

  #down(entry: Entry): void {
    delete entry.containerId;
    this.#parts.terminals.disconnect(entry.record.workspaceId, 'stopped');
  }

  #lose(entry: Entry, reason: string): void {
    if (entry.record.phase !== 'ready' || entry.running) return;
    this.#parts.terminals.disconnect(entry.record.workspaceId, 'unknown');
    this.#book.setState(entry, { kind: 'unknown', reason });
  }

  #isShared(entry: Entry): boolean {
    return this.#book.all().some((other) => other !== entry && other.record.projectId === entry.record.projectId);
  }
}

import { AppError } from '../../shared/errors.ts';
import type { EngineState } from '../../shared/model/engine.ts';
import { containerName } from '../engine/names.ts';
import type { ContainerInfo, EngineEvent } from '../engine/types.ts';
import type { Book, Entry } from './book.ts';
import { verify } from './bring-up.ts';
import { explainDeath, readTail } from './death.ts';
import { dismantle, removeObjects } from './dismantle.ts';
import type { WorkspaceParts } from './types.ts';

/** What an agent container does that changes what is true of its workspace. */
const telling = new Set(['start', 'die', 'destroy', 'unpause', 'pause']);

/** Seconds that an agent has to end when its wall does not hold: every one is a second without a wall. */
const UNWALLED_GRACE = 2;

/**
 * Makes what we believe true and what is true safe: at start, when the engine is back, and at each event. Asks the engine and
 * acts on the answer, never on the event itself, so that lost, late and doubled events do no harm.
 */
export class Reconciler {
  readonly #parts: WorkspaceParts;
  readonly #book: Book;
  /** Workspaces whose look at the engine is queued and has not begun. */
  readonly #queued = new Set<string>();
  #connected = false;
  #whole: Promise<void> = Promise.resolve();

  constructor(parts: WorkspaceParts, book: Book) {
    this.#parts = parts;
    this.#book = book;
  }

  /** Returns when all is looked at; what fails is logged and seen in the workspace's state. */
  async onEngineState(state: EngineState): Promise<void> {
    if (state.kind === 'connected' && !this.#connected) {
      this.#connected = true;
      this.#whole = this.#all();
      await this.#whole;
    } else if (state.kind === 'unreachable') {
      this.#connected = false;
      for (const entry of this.#book.all()) this.#lose(entry, state.reason);
    }
  }

  onEvent(event: EngineEvent): void {
    const { workspaceId, role } = event.belonging;
    if (event.type !== 'container' || role !== 'agent' || !workspaceId || !telling.has(event.action)) return;
    const entry = this.#book.find(workspaceId);
    if (entry) void this.settle(entry);
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

  /** Settles when the last look at everything is done. */
  settled(): Promise<void> {
    return this.#whole;
  }

  async #all(): Promise<void> {
    const orphans = this.#removeOrphans().catch((error: unknown) => this.#parts.log.error({ error }, 'Objects without a workspace could not be removed'));
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
        if (this.#connected && entry.leaving !== true && this.#book.find(workspaceId) === entry) await this.#look(entry);
      } catch (error) {
        this.#parts.log.warn({ workspaceId, error }, 'A workspace could not be reconciled');
        this.#lose(entry, error instanceof AppError ? error.message : 'Looking at its container failed. The log has the details.');
      }
    });
  }

  async #look(entry: Entry): Promise<void> {
    const { record } = entry;
    if (record.phase === 'creating' || record.phase === 'removing') {
      await dismantle(this.#parts, record, this.#isShared(entry));
      this.#book.forget(entry);
      return;
    }
    if (record.phase === 'failed') {
      await removeObjects(this.#parts, record);
      return;
    }
    const info = await this.#parts.engine.inspectContainer(containerName('agent', record.projectId, record.workspaceId));
    if (info?.status !== 'running' && info?.status !== 'paused') return this.#bury(entry, info);
    const leak = this.#findLeak(entry);
    if (leak !== null) return this.#putDown(entry, info, leak);
    if (entry.state.kind === 'running' && entry.containerId === info.id && entry.record.preparedAt === info.startedAt) return;
    if (info.status === 'paused') this.#lose(entry, 'Its container was paused outside Forgehold. Unpause it, or start the workspace anew.');
    else await this.#adopt(entry, info);
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
    this.#book.save(entry, { preparedAt: info.startedAt, stopped: false });
    this.#book.setState(entry, { kind: 'running', since: new Date(info.startedAt).toISOString() });
  }

  /** Its wall leaks, or could not be proven: it does not run on. */
  async #putDown(entry: Entry, info: ContainerInfo, reason: string): Promise<void> {
    const { workspaceId } = entry.record;
    this.#parts.log.warn({ workspaceId, reason }, 'A running workspace is stopped because of its wall');
    this.#down(entry);
    this.#book.save(entry, { stopped: true });
    this.#book.setState(entry, { kind: 'stopping' });
    await this.#parts.engine.stopContainer(info.id, UNWALLED_GRACE);
    this.#book.setState(entry, { kind: 'stopped', reason });
    await this.#parts.wall.lower(workspaceId);
  }

  async #bury(entry: Entry, info: ContainerInfo | null): Promise<void> {
    if (entry.state.kind === 'stopped' || entry.state.kind === 'failed') return;
    const { record } = entry;
    const unseen = entry.state.kind === 'unknown';
    this.#down(entry);
    await this.#parts.wall.lower(record.workspaceId);
    if (info === null)
      return this.#book.setState(entry, { kind: 'stopped', reason: 'Its container was removed outside Forgehold. Starting the workspace makes a new one.' });
    if (record.stopped === true || info.status === 'created') return this.#book.setState(entry, { kind: 'stopped' });
    const reason = explainDeath(info, record.limits.memoryMb, await readTail(this.#parts.engine, info.id), unseen);
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

  /** Objects of this installation that carry a workspace nobody knows: left by a core whose data folder was put back. */
  async #removeOrphans(): Promise<void> {
    const { engine } = this.#parts;
    const objects = [...(await engine.listContainers()), ...(await engine.listNetworks()), ...(await engine.listVolumes())];
    const orphans = new Map<string, string>();
    for (const { workspaceId, projectId } of objects) if (workspaceId && projectId && !this.#book.find(workspaceId)) orphans.set(workspaceId, projectId);
    for (const [workspaceId, projectId] of orphans) {
      this.#parts.log.info({ workspaceId }, 'Removing objects of a workspace that is not known');
      await removeObjects(this.#parts, { workspaceId, projectId });
    }
  }
}

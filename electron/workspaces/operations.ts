import { AppError, toWireError } from '../../shared/errors.ts';
import { containerName } from '../engine/names.ts';
import type { Book, Entry } from './book.ts';
import { bringUp, stepsOf } from './bring-up.ts';
import { dismantle } from './dismantle.ts';
import { StepList } from './steps.ts';
import type { WorkspaceParts } from './types.ts';

/** Seconds an agent has to save its work when it is stopped; then it is killed. */
const STOP_GRACE = 30;

/** The pieces of work on one workspace. The caller queues them: one at a time for each workspace. */
export class Operations {
  readonly #parts: WorkspaceParts;
  readonly #book: Book;

  constructor(parts: WorkspaceParts, book: Book) {
    this.#parts = parts;
    this.#book = book;
  }

  /** Makes a workspace; one that fails leaves its record only, one that is cancelled nothing. `controller` is in `entry.running` already. */
  async create(entry: Entry, controller: AbortController): Promise<void> {
    const steps = new StepList(stepsOf(this.#parts, entry.record), (list) => this.#book.setState(entry, { kind: 'creating', steps: list }));
    try {
      await this.#up(entry, steps, controller.signal);
    } catch (error) {
      await this.#undo(entry, steps, controller.signal.aborted, error);
      throw controller.signal.aborted ? cancelled(error) : error;
    } finally {
      steps.close();
      delete entry.running;
    }
  }

  /** Brings a stopped workspace up. One that fails is stopped again, and says why. */
  async start(entry: Entry, controller: AbortController): Promise<void> {
    const steps = new StepList(stepsOf(this.#parts, entry.record), (list) => this.#book.setState(entry, { kind: 'starting', steps: list }));
    try {
      await this.#up(entry, steps, controller.signal);
    } catch (error) {
      steps.close();
      delete entry.running;
      await this.#halt(entry).catch((second: unknown) => this.#warn(entry, second, 'A workspace that did not start could not be stopped'));
      if (this.#parts.engine.state().kind !== 'connected') this.#book.setState(entry, { kind: 'unknown', reason: messageOf(error) });
      else if (controller.signal.aborted) this.#book.setState(entry, { kind: 'stopped' });
      else this.#book.setState(entry, { kind: 'failed', error: toWireError(error), steps: steps.list() });
      throw controller.signal.aborted ? cancelled(error) : error;
    } finally {
      steps.close();
      delete entry.running;
    }
  }

  /** Agent first, then its wall. */
  async stop(entry: Entry): Promise<void> {
    const before = entry.state;
    this.#book.save(entry, { stopped: true });
    this.#book.setState(entry, { kind: 'stopping' });
    try {
      await this.#halt(entry);
      this.#book.setState(entry, { kind: 'stopped' });
    } catch (error) {
      this.#book.setState(entry, before);
      throw error;
    }
  }

  /** A removal that fails half-way is finished by the next one, or by the next start of the core. */
  async remove(entry: Entry): Promise<void> {
    this.#book.save(entry, { phase: 'removing' });
    this.#book.setState(entry, { kind: 'removing' });
    try {
      await dismantle(this.#parts, entry.record, this.#isShared(entry));
    } catch (error) {
      this.#book.setState(entry, { kind: 'failed', error: toWireError(error), steps: [] });
      throw error;
    }
    this.#book.forget(entry);
  }

  async #up(entry: Entry, steps: StepList, signal: AbortSignal): Promise<void> {
    const up = await bringUp(this.#parts, entry.record, steps, signal);
    steps.close();
    entry.containerId = up.containerId;
    delete entry.running;
    this.#book.save(entry, { phase: 'ready', preparedAt: up.startedAt, stopped: false, failure: undefined });
    this.#book.setState(entry, { kind: 'running', since: new Date(up.startedAt).toISOString() });
  }

  async #halt(entry: Entry): Promise<void> {
    const { workspaceId, projectId } = entry.record;
    // First, so that no terminal tries to come back while its container goes.
    this.#parts.terminals.disconnect(workspaceId, 'stopped');
    const info = await this.#parts.engine.inspectContainer(containerName('agent', projectId, workspaceId));
    if (info) await this.#parts.engine.stopContainer(info.id, STOP_GRACE);
    delete entry.containerId;
    await this.#parts.wall.lower(workspaceId);
  }

  async #undo(entry: Entry, steps: StepList, wasCancelled: boolean, error: unknown): Promise<void> {
    steps.close();
    delete entry.running;
    if (!(error instanceof AppError)) this.#parts.log.error({ workspaceId: entry.record.workspaceId, error }, 'Making a workspace failed by a bug');
    let clean = true;
    try {
      await dismantle(this.#parts, entry.record, this.#isShared(entry));
    } catch (second) {
      clean = false;
      this.#warn(entry, second, 'What a failed creation had made could not be removed; it is tried again when the engine is back');
    }
    if (wasCancelled) {
      if (clean) this.#book.forget(entry);
      else this.#book.save(entry, { phase: 'removing' });
      return;
    }
    const failure = { error: toWireError(error), steps: steps.list() };
    this.#book.save(entry, { phase: 'failed', failure });
    this.#book.setState(entry, { kind: 'failed', ...failure });
  }

  #isShared(entry: Entry): boolean {
    return this.#book.all().some((other) => other !== entry && other.record.projectId === entry.record.projectId);
  }

  #warn(entry: Entry, error: unknown, message: string): void {
    this.#parts.log.warn({ workspaceId: entry.record.workspaceId, error }, message);
  }
}

function cancelled(cause: unknown): AppError {
  return new AppError('workspace/cancelled', 'Cancelled. What had been made so far was removed.', { cause });
}

function messageOf(error: unknown): string {
  return error instanceof AppError ? error.message : 'The container engine cannot be asked.';
}

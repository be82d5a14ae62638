import { AppError, toWireError } from '../../shared/errors.ts';
import { explainTrouble } from '../../shared/trouble.ts';
import { findAgent } from './agent-container.ts';
import type { Book, Entry } from './book.ts';
import { bringUp, STOP_GRACE, stepsOf } from './bring-up.ts';
import { dismantle } from './dismantle.ts';
import type { CompleteOptions } from './options.ts';
import { placeOf } from './place.ts';
import { StepList } from './steps.ts';
import { finishSwap, mendSwap, planSwap } from './swap.ts';
import type { WorkspaceParts } from './types.ts';

/** The pieces of work on one workspace. The caller queues them: one at a time for each workspace. */
export class Operations {
  readonly #parts: WorkspaceParts;
  readonly #book: Book;

  /** Looks at what is true of it now, and makes it known. */
  readonly #look: (entry: Entry) => Promise<void>;

  constructor(parts: WorkspaceParts, book: Book, look: (entry: Entry) => Promise<void>) {
    this.#parts = parts;
    this.#book = book;
    this.#look = look;
  }

  /**
   * Makes a workspace; one that fails leaves its record only, one that is cancelled nothing. One whose files could not be brought in
   * stays, stopped: its rules can be changed then, and the next start tries that again. `controller` is in `entry.running` already.
   */
  async create(entry: Entry, controller: AbortController): Promise<void> {
    const steps = new StepList(stepsOf(this.#parts, entry.record), (list) => this.#book.setState(entry, { kind: 'creating', steps: list }));
    try {
      await this.#up(entry, steps, controller.signal);
    } catch (error) {
      if (!controller.signal.aborted && this.#failedToFill(entry, steps)) await this.#keepEmpty(entry, steps, error);
      else await this.#undo(entry, steps, controller.signal.aborted, error);
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
      await mendSwap(this.#parts, this.#book, entry);
      await this.#up(entry, steps, controller.signal);
    } catch (error) {
      steps.close();
      delete entry.running;
      const giveUp = entry.record.swap === undefined ? this.#halt(entry) : mendSwap(this.#parts, this.#book, entry);
      await giveUp.catch((second: unknown) => this.#warn(entry, second, 'A workspace that did not start could not be stopped'));
      if (this.#parts.engine.state().kind !== 'connected') this.#book.setState(entry, { kind: 'unknown', reason: messageOf(error) });
      else if (controller.signal.aborted) this.#book.setState(entry, { kind: 'stopped' });
      else this.#book.setState(entry, { kind: 'failed', error: toWireError(explainTrouble(error)), steps: steps.list() });
      throw controller.signal.aborted ? cancelled(error) : error;
    } finally {
      steps.close();
      delete entry.running;
    }
  }

  /** A new container, made from `effective`, takes the place of the one that stands (`swap.ts`). A failure leaves the old one as it was. */
  async recreate(entry: Entry, controller: AbortController, effective: CompleteOptions): Promise<void> {
    const steps = new StepList(stepsOf(this.#parts, entry.record), (list) => this.#book.setState(entry, { kind: 'recreating', steps: list }));
    const runs = ['running', 'paused', 'crashing'].includes(entry.state.kind);
    try {
      await mendSwap(this.#parts, this.#book, entry);
      await this.#up(entry, steps, controller.signal, { effective, after: 'as-before' });
      // There was none to replace, so nothing says yet that it shall not run.
      if (!runs && entry.state.kind === 'running') await this.stop(entry);
    } catch (error) {
      steps.close();
      delete entry.running;
      await this.#takeBack(entry, error);
      throw controller.signal.aborted ? cancelled(error) : error;
    } finally {
      steps.close();
      delete entry.running;
    }
  }

  /**
   * Agent first, then its wall.
   * @param lasting It is not started again right away: what is only kept while it runs goes.
   */
  async stop(entry: Entry, lasting = false): Promise<void> {
    const before = entry.state;
    this.#book.save(entry, { stopped: true });
    this.#book.setState(entry, { kind: 'stopping' });
    try {
      await mendSwap(this.#parts, this.#book, entry);
      await this.#halt(entry);
      const reason = lasting ? await this.#letGo(entry) : null;
      this.#book.setState(entry, { kind: 'stopped', ...(reason === null ? {} : { reason }) });
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
      this.#book.setState(entry, { kind: 'failed', error: toWireError(explainTrouble(error)), steps: [] });
      throw error;
    }
    this.#book.forget(entry);
  }

  async #up(entry: Entry, steps: StepList, signal: AbortSignal, anew?: { readonly effective: CompleteOptions; readonly after: 'as-before' }): Promise<void> {
    const record = anew === undefined ? entry.record : { ...entry.record, effective: anew.effective };
    const up = await bringUp(this.#parts, record, steps, signal, {
      force: anew !== undefined,
      plan: (old) => this.#book.save(entry, { swap: planSwap(old, anew?.after ?? 'running') }),
    });
    steps.close();
    const { swap } = entry.record;
    // One write: from here on there is no way back, and the options are those of the new container.
    this.#book.save(entry, {
      ...(up.warning === undefined ? {} : { warning: up.warning ?? undefined }),
      ...{
        phase: 'ready',
        preparedAt: up.startedAt,
        mountSources: up.mountSources,
        stopped: false,
        owesKeys: undefined,
        failure: undefined,
        effective: record.effective,
      },
      ...(swap === undefined ? {} : { swap: { ...swap, proven: true } }),
    });
    if (swap !== undefined) await finishSwap(this.#parts, entry.record, swap);
    if (swap?.after === 'stopped') return this.#rest(entry);
    this.#book.save(entry, { swap: undefined });
    entry.containerId = up.containerId;
    delete entry.running;
    this.#book.setState(entry, { kind: 'running', since: new Date(up.startedAt).toISOString() });
  }

  /** The end of a swap of one that did not run. */
  async #rest(entry: Entry): Promise<void> {
    await mendSwap(this.#parts, this.#book, entry);
    delete entry.running;
    this.#book.setState(entry, { kind: 'stopped' });
  }

  /** What a recreation has begun is undone, or finished when it was past its point of no return; what is there then is looked at as any other. */
  async #takeBack(entry: Entry, error: unknown): Promise<void> {
    try {
      await mendSwap(this.#parts, this.#book, entry);
      await this.#look(entry);
    } catch (second) {
      this.#warn(entry, second, 'A recreation that failed could not be undone yet; it is tried again at the next look');
      if (this.#parts.engine.state().kind !== 'connected') this.#book.setState(entry, { kind: 'unknown', reason: messageOf(error) });
      else this.#book.setState(entry, { kind: 'failed', error: toWireError(second), steps: [] });
    }
  }

  async #halt(entry: Entry): Promise<void> {
    const { workspaceId } = entry.record;
    // First, so that no terminal tries to come back while its container goes.
    this.#parts.terminals.disconnect(workspaceId, 'stopped');
    const info = await findAgent(this.#parts.engine, entry.record);
    if (info) await this.#parts.engine.stopContainer(info.id, STOP_GRACE);
    delete entry.containerId;
    await this.#parts.wall.lower(workspaceId);
  }

  async #letGo(entry: Entry): Promise<string | null> {
    try {
      return (await placeOf(this.#parts, entry.record).rest?.(this.#parts)) ?? null;
    } catch (error) {
      // It is stopped all the same; the next stop tries again.
      this.#warn(entry, error, 'A temporary clone could not be looked at or removed');
      return `The temporary clone is kept: it could not be removed. ${messageOf(error)}`;
    }
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
    const failure = { error: toWireError(explainTrouble(error)), steps: steps.list() };
    this.#book.save(entry, { phase: 'failed', failure });
    this.#book.setState(entry, { kind: 'failed', ...failure });
  }

  #failedToFill(entry: Entry, steps: StepList): boolean {
    const { fill } = placeOf(this.#parts, entry.record);
    return steps.list().some((step) => step.id === fill?.step.id && step.state === 'failed');
  }

  async #keepEmpty(entry: Entry, steps: StepList, error: unknown): Promise<void> {
    steps.close();
    delete entry.running;
    const failure = { error: toWireError(explainTrouble(error)), steps: steps.list() };
    this.#book.save(entry, { phase: 'ready', stopped: true, failure });
    await this.#halt(entry).catch((second: unknown) => this.#warn(entry, second, 'A workspace without its files could not be stopped'));
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

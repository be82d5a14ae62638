import { AppError } from '../../shared/errors.ts';
import type { Step } from '../../shared/model/step.ts';

export type StepDefinition = { readonly id: string; readonly label: string };
export type Report = (detail: string, progress?: number) => void;

/** Builds print thousands of lines; a screen shows a few a second. Milliseconds. */
const PUBLISH_INTERVAL = 150;

/** A list of named steps and how far each is. What changes is published at once, mere progress a few times a second. */
export class StepList {
  readonly #publish: (steps: Step[]) => void;
  readonly #steps: Step[];
  #timer: NodeJS.Timeout | undefined;

  constructor(definitions: readonly StepDefinition[], publish: (steps: Step[]) => void) {
    this.#publish = publish;
    this.#steps = definitions.map(({ id, label }) => ({ id, label, state: 'waiting' }));
  }

  list(): Step[] {
    return this.#steps.map((step) => ({ ...step }));
  }

  /** Runs one step; one that throws is `failed`, with the cause as its detail. When `signal` was aborted it is no failure of its own: it was given up. */
  async run<T>(id: string, signal: AbortSignal, work: (report: Report) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    this.#change(id, { state: 'running', startedAt: now() });
    try {
      const value = await work((detail, progress) => this.#progress(id, detail, progress));
      signal.throwIfAborted();
      this.#change(id, { state: 'done', endedAt: now() });
      return value;
    } catch (error) {
      const detail = error instanceof AppError ? error.message : 'Something went wrong inside Forgehold.';
      this.#change(id, signal.aborted ? { state: 'skipped', endedAt: now() } : { state: 'failed', detail, endedAt: now() });
      throw error;
    }
  }

  /** What has not begun will not: the work is over. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const step of this.#steps) if (step.state === 'waiting') step.state = 'skipped';
  }

  #progress(id: string, detail: string, progress: number | undefined): void {
    const step = this.#find(id);
    if (step.state !== 'running') return;
    step.detail = detail.slice(0, 500);
    if (progress !== undefined) step.progress = Math.min(1, Math.max(0, progress));
    this.#timer ??= setTimeout(() => this.#flush(), PUBLISH_INTERVAL);
  }

  #change(id: string, change: Partial<Step>): void {
    Object.assign(this.#find(id), change);
    this.#flush();
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#publish(this.list());
  }

  #find(id: string): Step {
    const step = this.#steps.find((one) => one.id === id);
    if (!step) throw new Error(`There is no step ${id}.`);
    return step;
  }
}

function now(): string {
  return new Date().toISOString();
}

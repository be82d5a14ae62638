import type { WorkspaceState } from '../../shared/model/workspace.ts';
import type { ContainerInfo } from '../engine/objects.ts';
import type { Engine, EngineEvent } from '../engine/types.ts';
import { readLines } from './death.ts';

/**
 * A run of this length is no crash loop any more; the engine itself then begins its waits from the smallest again (moby,
 * `restartmanager`: 10 s). Milliseconds.
 */
const STEADY_MS = 10_000;
/** A program that eats memory is ended again and again; it is told once in so long. Milliseconds. */
const NOTICE_EVERY_MS = 5 * 60_000;

type End = { readonly exitCode: number; readonly outOfMemory: boolean };
type Run = { readonly startedAt: string; readonly seenAt: number };

/** What the engine's events tell of how containers end, and whether those that it started again stay up. */
export class Health {
  readonly #engine: Pick<Engine, 'readLog'>;
  /** By container: its last end. */
  readonly #ends = new Map<string, End>();
  /** By container: a process of its was ended for want of memory in this run. */
  readonly #starved = new Set<string>();
  /** By container: the run that the engine began by itself. Our own clock counts: the engine's may be another machine's. */
  readonly #runs = new Map<string, Run>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #noticedAt = new Map<string, number>();

  constructor(engine: Pick<Engine, 'readLog'>) {
    this.#engine = engine;
  }

  onEvent({ action, id, attributes }: Pick<EngineEvent, 'action' | 'id' | 'attributes'>): void {
    if (action === 'oom') this.#starved.add(id);
    if (action === 'die') {
      this.#ends.set(id, { exitCode: Number(attributes['exitCode'] ?? 0), outOfMemory: this.#starved.has(id) });
      this.#starved.delete(id);
    }
    if (action === 'destroy') this.#forget(id);
  }

  /** Whether the engine had to start it again, and it has not stayed up since. `preparedAt`: the run that was last proven and set up. */
  isCrashing(info: ContainerInfo, preparedAt: string | undefined): boolean {
    if (info.status === 'restarting') return true;
    if (info.status !== 'running' || info.restartCount === 0 || info.startedAt === preparedAt) return false;
    return this.#remaining(info) > 0;
  }

  /** @param before The state so far, whose numbers hold where the engine has forgotten its own. */
  async describe(info: ContainerInfo, before: WorkspaceState): Promise<WorkspaceState> {
    const known = this.#ends.get(info.id) ?? (before.kind === 'crashing' ? before : { exitCode: info.exitCode, outOfMemory: info.oomKilled });
    const lines = await readLines(this.#engine, info.id);
    return { kind: 'crashing', restarts: info.restartCount, exitCode: known.exitCode, outOfMemory: known.outOfMemory, lines };
  }

  /** Calls back when the present run has lasted long enough to be looked at again. */
  whenSteady(info: ContainerInfo, callback: () => void): void {
    clearTimeout(this.#timers.get(info.id));
    if (info.status === 'running') this.#timers.set(info.id, setTimeout(callback, this.#remaining(info) + 50).unref());
  }

  /** What to tell of a process that was ended for want of memory while its container runs on; null when that was told lately. */
  noticeStarvation(containerId: string, memoryMb: number): string | null {
    const now = performance.now();
    if (now - (this.#noticedAt.get(containerId) ?? -Infinity) < NOTICE_EVERY_MS) return null;
    this.#noticedAt.set(containerId, now);
    return `One of its programs ran out of memory and was ended; the limit is ${memoryMb} MiB. Raise it in the settings of the workspace.`;
  }

  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  #remaining({ id, startedAt }: ContainerInfo): number {
    const known = this.#runs.get(id);
    const run = known?.startedAt === startedAt ? known : { startedAt, seenAt: performance.now() };
    this.#runs.set(id, run);
    return run.seenAt + STEADY_MS - performance.now();
  }

  #forget(id: string): void {
    clearTimeout(this.#timers.get(id));
    for (const map of [this.#ends, this.#runs, this.#timers, this.#noticedAt]) map.delete(id);
    this.#starved.delete(id);
  }
}

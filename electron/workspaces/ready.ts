import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '../../shared/errors.ts';
import type { ContainerInfo } from '../engine/objects.ts';
import type { Engine } from '../engine/types.ts';
import { readLines } from './death.ts';

/** A container that still runs after this long has found what it needs to run; one that does not says so at once. Milliseconds. */
const steadyMs = 500;
const lookEveryMs = 50;
/** The engine has answered that it is started; it may still say `created` for a moment. */
const patienceMs = 5_000;

export type Started = {
  readonly startedAt: string;
  /** Resolves when it has stayed up for 500 ms; throws `workspace/ended-at-once`. */
  readonly steady: (signal: AbortSignal) => Promise<void>;
  /** Why it does not run any more, as `workspace/ended-at-once`; null while it runs. */
  readonly explainEnd: () => Promise<AppError | null>;
  /** To be called when nobody asks any more. */
  readonly close: () => void;
};

type Watched = Pick<Engine, 'startContainer' | 'inspectContainer' | 'onEvent' | 'readLog'>;

/**
 * Starts a container (one that runs is fine) and watches whether it stays up. The engine starts one that has ended again, so
 * "running" alone proves nothing: its time of start must stay the same. @throws workspace/ended-at-once
 */
export async function startAndWatch(engine: Watched, containerId: string): Promise<Started> {
  const before = await engine.inspectContainer(containerId);
  const restartsBefore = before?.status === 'running' ? before.restartCount : 0;
  const end: { exitCode?: number; outOfMemory?: boolean } = {};
  const close = engine.onEvent((event) => {
    if (event.id !== containerId) return;
    if (event.action === 'oom') end.outOfMemory = true;
    // The first end counts: the engine may have started it again since, and that clears its exit code.
    if (event.action === 'die') end.exitCode ??= Number(event.attributes['exitCode'] ?? 0);
  });
  async function fail(info: ContainerInfo | null): Promise<AppError> {
    const exitCode = end.exitCode ?? info?.exitCode ?? 0;
    const outOfMemory = end.outOfMemory === true || info?.oomKilled === true;
    return describeEnd(info, { exitCode, outOfMemory, lines: info === null ? [] : await readLines(engine, containerId) });
  }
  try {
    await engine.startContainer(containerId);
    const info = await untilStarted(engine, containerId);
    if (info?.status !== 'running' || info.restartCount > restartsBefore) throw await fail(info);
    const seenAt = performance.now();
    const look = async (): Promise<AppError | null> => {
      const now = await engine.inspectContainer(containerId);
      return now?.status === 'running' && now.startedAt === info.startedAt ? null : fail(now);
    };
    return {
      startedAt: info.startedAt,
      explainEnd: look,
      close,
      async steady(signal) {
        await wait(Math.max(0, seenAt + steadyMs - performance.now()), undefined, { signal });
        const error = await look();
        if (error !== null) throw error;
      },
    };
  } catch (error) {
    close();
    throw error;
  }
}

async function untilStarted(engine: Watched, containerId: string): Promise<ContainerInfo | null> {
  for (let waited = 0; ; waited += lookEveryMs) {
    const info = await engine.inspectContainer(containerId);
    if (info?.status !== 'created' || waited >= patienceMs) return info;
    await wait(lookEveryMs);
  }
}

function describeEnd(
  info: ContainerInfo | null,
  end: { readonly exitCode: number; readonly outOfMemory: boolean; readonly lines: readonly string[] },
): AppError {
  const how = end.outOfMemory ? 'it ran out of memory' : `exit code ${end.exitCode}`;
  const said =
    end.lines.length > 0 ? ` Its last words: ${end.lines.slice(-5).join('\n')}` : ' It printed nothing. The image, or its command, may not fit this machine.';
  return new AppError('workspace/ended-at-once', `The agent container ended as soon as it was started: ${how}.${said}`, {
    details: { ...end, status: info?.status ?? 'removed' },
  });
}

import { AppError } from '../../shared/errors.ts';
import type { ContainerInfo } from '../engine/objects.ts';
import type { Engine } from '../engine/types.ts';

/** What people are shown of a log when something ended: enough for a stack trace's head and its message. */
const TAIL_LINES = 20;
const TAIL_BYTES = 8000;
/** Of those, what fits into one sentence. */
const SAID_LINES = 5;
const SAID_BYTES = 2000;

/**
 * Why a container ended that nobody had asked to end, in words. Pure.
 *
 * @param unseen It ended while the engine could not be asked. An engine that restarts ends what its predecessor had left running.
 */
export function explainDeath(info: Pick<ContainerInfo, 'exitCode' | 'oomKilled'>, memoryMb: number, lines: readonly string[], unseen: boolean): string {
  const words = lines.slice(-SAID_LINES).join('\n').trim().slice(-SAID_BYTES);
  const said = words === '' ? '' : ` Its last words: ${words}`;
  if (info.oomKilled) return `It ran out of memory: its limit is ${memoryMb} MiB.${said}`;
  if (unseen && [0, 137, 143].includes(info.exitCode ?? 0))
    return `It ended while Forgehold could not see the container engine, which may have been restarted. Start it to go on.${said}`;
  if (info.exitCode === 137) return `It was killed: by someone outside Forgehold, or because the machine ran out of memory.${said}`;
  if (info.exitCode === 0 || info.exitCode === 143) return `It was stopped outside Forgehold.${said}`;
  return `It ended with exit code ${info.exitCode}.${said}`;
}

/** The last 20 lines of its log, in order, control characters removed; none when it was removed meanwhile. */
export async function readLines(engine: Pick<Engine, 'readLog'>, containerId: string): Promise<string[]> {
  try {
    return await readTail(engine, containerId);
  } catch (error) {
    if (error instanceof AppError && error.code === 'engine/not-found') return [];
    throw error;
  }
}

async function readTail(engine: Pick<Engine, 'readLog'>, containerId: string): Promise<string[]> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const { bytes } of engine.readLog(containerId, { tail: TAIL_LINES, signal: AbortSignal.timeout(10_000) })) {
    chunks.push(bytes);
    size += bytes.length;
    // A "line" may be endless.
    if (size > 1024 * 1024) break;
  }
  const text = Buffer.concat(chunks)
    .toString()
    .replaceAll(/[^\P{Cc}\n]/gu, '')
    .slice(-TAIL_BYTES)
    .trimEnd();
  return text === '' ? [] : text.split('\n').slice(-TAIL_LINES);
}

import type { Readable } from 'node:stream';
import type { ContainerInfo, Engine } from '../engine/types.ts';

const TAIL_LINES = 5;
const TAIL_BYTES = 2000;

/**
 * Why a container ended that nobody had asked to end, in words. Pure.
 *
 * @param unseen It ended while the engine could not be asked. An engine that restarts ends what its predecessor had left running.
 */
export function explainDeath(info: Pick<ContainerInfo, 'exitCode' | 'oomKilled'>, memoryMb: number, tail: string, unseen: boolean): string {
  const lines = tail.trim();
  const said = lines === '' ? '' : ` Its last words: ${lines}`;
  if (info.oomKilled) return `It ran out of memory: its limit is ${memoryMb} MiB.${said}`;
  if (unseen && [0, 137, 143].includes(info.exitCode ?? 0))
    return `It ended while Forgehold could not see the container engine, which may have been restarted. Start it to go on.${said}`;
  if (info.exitCode === 137) return `It was killed: by someone outside Forgehold, or because the machine ran out of memory.${said}`;
  if (info.exitCode === 0 || info.exitCode === 143) return `It was stopped outside Forgehold.${said}`;
  return `It ended with exit code ${info.exitCode}.${said}`;
}

/** The last lines of its log, control characters removed; empty when there is none to be had. */
export async function readTail(engine: Pick<Engine, 'logs'>, containerId: string): Promise<string> {
  const logs = await engine.logs(containerId, { tail: TAIL_LINES });
  try {
    const [out, err] = await Promise.all([collect(logs.stdout), collect(logs.stderr)]);
    return `${out}${err}`.replaceAll(/[^\P{Cc}\n]/gu, '').slice(-TAIL_BYTES);
  } finally {
    logs.close();
  }
}

async function collect(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size > 256 * 1024) break;
  }
  return Buffer.concat(chunks).toString();
}

import type { Readable } from 'node:stream';
import { z } from 'zod';
import { AppError } from '../../shared/errors.ts';
import type { Connection, Send } from './connection.ts';
import { readLines } from './lines.ts';

/** A build step may be silent for long (compiling, slow mirrors). */
const silenceMs = 1_800_000;
const headTimeoutMs = 300_000;
/** Of a failed build, this many lines go into the error. */
const tailLines = 40;

const progressSchema = z.object({
  stream: z.string().optional(),
  status: z.string().optional(),
  id: z.string().optional(),
  progress: z.string().optional(),
  error: z.string().optional(),
});

/**
 * Sends a request whose answer is a stream of JSON lines, and passes them on until the end.
 * @throws `code`, with the failing step and the log's tail in its details
 */
export async function followProgress(
  connection: Connection,
  what: string,
  code: string,
  send: Send<unknown>,
  onProgress: (line: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  const stream = (await connection.request(what, send, { timeoutMs: headTimeoutMs, signal })) as Readable;
  const tail: string[] = [];
  let step: string | null = null;
  const onAbort = (): void => void stream.destroy(new AppError('engine/cancelled', 'Cancelled.', { details: { what }, cause: signal?.reason }));
  signal?.addEventListener('abort', onAbort, { once: true });
  const silence = setTimeout(
    () => stream.destroy(new AppError('engine/timeout', `The engine was silent for ${silenceMs / 60_000} minutes (${what}).`)),
    silenceMs,
  );
  try {
    for await (const line of readLines(stream)) {
      silence.refresh();
      const said = progressSchema.parse(JSON.parse(line));
      if (said.error !== undefined) throw failure(code, what, said.error, step, tail);
      for (const text of textOf(said)) {
        if (/^Step \d+\/\d+ : /.test(text)) step = text;
        tail.push(text);
        if (tail.length > tailLines) tail.shift();
        onProgress(text);
      }
    }
  } finally {
    clearTimeout(silence);
    signal?.removeEventListener('abort', onAbort);
    stream.destroy();
  }
}

function failure(code: string, what: string, error: string, step: string | null, tail: readonly string[]): AppError {
  return new AppError(code, `Could not ${what}: ${error.trim()}`, { details: { what, error, ...(step !== null && { step }), log: tail.join('\n') } });
}

function textOf({ stream, status, id, progress }: z.infer<typeof progressSchema>): readonly string[] {
  if (stream !== undefined)
    return stream
      .split('\n')
      .map((line) => line.trimEnd())
      .filter((line) => line !== '');
  return status === undefined ? [] : [[id, status, progress].filter((part) => part !== undefined && part !== '').join(' ')];
}

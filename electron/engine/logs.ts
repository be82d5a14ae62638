import { PassThrough, type Readable } from 'node:stream';
import { AppError } from '../../shared/errors.ts';
import type { Connection } from './connection.ts';
import { createDemux } from './demux.ts';
import type { Client } from './handshake.ts';
import type { Jail } from './jail.ts';
import type { Engine, LogOptions, LogPiece } from './types.ts';

type Log = Awaited<ReturnType<Engine['logs']>>;

export function createLogs(connection: Connection, jail: Jail): Pick<Engine, 'logs' | 'readLog'> {
  async function open(id: string, options: LogOptions): Promise<{ readonly source: Readable; readonly isTty: boolean }> {
    const own = await jail.requireContainer(id);
    const found = await jail.inspectContainer(own);
    const source = await connection.request(`read the log of ${id}`, (docker, abortSignal) => openLog(docker, own, options, abortSignal));
    return { source, isTty: found?.Config.Tty ?? false };
  }
  return {
    async logs(id, options = {}) {
      const { source, isTty } = await open(id, options);
      return split(source, isTty);
    },

    async *readLog(id, { signal, ...options } = {}) {
      signal?.throwIfAborted();
      const { source, isTty } = await open(id, options);
      const end = (): void => void source.destroy();
      signal?.addEventListener('abort', end, { once: true });
      if (signal?.aborted === true) end();
      try {
        yield* readPieces(source, isTty);
      } catch (error) {
        if (error instanceof AppError) throw error;
        signal?.throwIfAborted();
        throw new AppError('engine/log-broken', 'The connection to the container engine broke while a log was read. Open it again.', { cause: error });
      } finally {
        signal?.removeEventListener('abort', end);
        source.destroy();
      }
    },
  };
}

async function* readPieces(source: Readable, isTty: boolean): AsyncGenerator<LogPiece> {
  const pieces: LogPiece[] = [];
  const toStdout = (bytes: Buffer): void => void pieces.push({ source: 'stdout', bytes });
  const take = isTty ? toStdout : createDemux(toStdout, (bytes) => void pieces.push({ source: 'stderr', bytes }));
  for await (const chunk of source) {
    take(chunk as Buffer);
    yield* pieces.splice(0);
  }
}

/** dockerode's own `logs` gives a stream only when it follows, else it gathers the whole log in memory. */
function openLog(docker: Client, id: string, { tail, since, follow }: LogOptions, abortSignal: AbortSignal): Promise<Readable> {
  const query = { stdout: true, stderr: true, follow: follow ?? false, ...(tail !== undefined && { tail }), ...(since !== undefined && { since }) };
  const request = { path: `/containers/${id}/logs?`, method: 'GET', isStream: true, options: query, abortSignal };
  const statusCodes = { 200: true, 404: 'no such container', 500: 'server error' };
  return new Promise((resolve, reject) => {
    docker.modem.dial({ ...request, statusCodes }, (error: Error | null, stream: unknown) => (error === null ? resolve(stream as Readable) : reject(error)));
  });
}

/** Both come down one connection: one that is full stops the other too, until it is read. A tty's log is not multiplexed. */
function split(source: Readable, isTty: boolean): Log {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const full = new Set<PassThrough>();
  function write(to: PassThrough, bytes: Buffer): void {
    if (to.writableEnded || to.destroyed || to.write(bytes) || full.has(to)) return;
    full.add(to);
    source.pause();
    to.once('drain', () => {
      full.delete(to);
      if (full.size === 0) source.resume();
    });
  }
  const toStdout = (bytes: Buffer): void => write(stdout, bytes);
  const take = isTty ? toStdout : createDemux(toStdout, (bytes) => write(stderr, bytes));
  source.on('data', (chunk: Buffer) => {
    try {
      take(chunk);
    } catch (error) {
      source.destroy(error as Error);
    }
  });
  source.once('end', () => endBoth());
  source.once('close', () => endBoth());
  source.once('error', (error) => {
    stdout.destroy(error);
    stderr.destroy(error);
  });
  function endBoth(): void {
    stdout.end();
    stderr.end();
  }
  const close = (): void => {
    source.destroy();
    endBoth();
  };
  // A reader that lets go of stdout before its end does not want the rest.
  stdout.once('close', close);
  return { stdout, stderr, close };
}

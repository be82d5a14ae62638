import { PassThrough, type Readable } from 'node:stream';
import type { Connection } from './connection.ts';
import { createDemux } from './demux.ts';
import type { Jail } from './jail.ts';
import type { Engine } from './types.ts';

export function createLogs(connection: Connection, jail: Jail): Pick<Engine, 'logs'> {
  return {
    async logs(id, options = {}) {
      const own = await jail.requireContainer(id);
      const query = {
        stdout: true,
        stderr: true,
        follow: options.follow ?? false,
        ...(options.tail !== undefined && { tail: options.tail }),
        ...(options.since !== undefined && { since: options.since }),
      };
      const found = await jail.inspectContainer(own);
      // The stream outlives the request's own time limit; `follow: true` only tells dockerode to give a stream.
      const source = (await connection.request(`read the log of ${id}`, (docker, abortSignal) =>
        docker.getContainer(own).logs({ ...query, follow: query.follow as true, abortSignal }),
      )) as unknown as Readable | Buffer;
      return split(source, found?.Config.Tty ?? false);
    },
  };
}

function split(source: Readable | Buffer, raw: boolean): Awaited<ReturnType<Engine['logs']>> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const end = (): void => {
    stdout.end();
    stderr.end();
  };
  const full = new Set<PassThrough>();
  const write = (to: PassThrough, bytes: Buffer): void => {
    if (to.writableEnded || to.write(bytes) || Buffer.isBuffer(source) || full.has(to)) return;
    // Both come down one connection: a full one stops the other too, until it is read.
    full.add(to);
    source.pause();
    to.once('drain', () => {
      full.delete(to);
      if (full.size === 0) source.resume();
    });
  };
  const take = raw
    ? (bytes: Buffer) => write(stdout, bytes)
    : createDemux(
        (bytes) => write(stdout, bytes),
        (bytes) => write(stderr, bytes),
      );
  if (Buffer.isBuffer(source)) {
    take(source);
    end();
    return { stdout, stderr, close: end };
  }
  source.on('data', take);
  source.once('end', end);
  source.once('close', end);
  source.once('error', (error) => {
    stdout.destroy(error);
    stderr.destroy(error);
  });
  const close = (): void => void source.destroy();
  stdout.once('close', close);
  return { stdout, stderr, close };
}

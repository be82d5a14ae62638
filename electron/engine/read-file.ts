import type { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import { AppError } from '../../shared/errors.ts';
import type { Connection } from './connection.ts';
import type { Jail } from './jail.ts';
import type { Engine } from './types.ts';

const timeoutMs = 60_000;

/** Reading one file of a container, running or not, without starting anything in it. */
export function createFileReader(connection: Connection, jail: Jail): Pick<Engine, 'readFile'> {
  return {
    async readFile(id, path, maxBytes) {
      const own = await jail.requireContainer(id);
      const stream = (await connection.request(`read ${path}`, (docker, abortSignal) =>
        docker.getContainer(own).getArchive({ path, abortSignal }),
      )) as unknown as Readable;
      const timer = setTimeout(() => stream.destroy(new AppError('engine/timeout', `Reading ${path} from a container took too long.`)), timeoutMs);
      try {
        return await readOnlyEntry(stream, path, maxBytes);
      } finally {
        clearTimeout(timer);
        stream.destroy();
      }
    },
  };
}

/** The archive of one file is a tar of one entry. */
async function readOnlyEntry(stream: Readable, path: string, maxBytes: number): Promise<Uint8Array> {
  const entries = extract();
  stream.once('error', (error) => entries.destroy(error));
  stream.pipe(entries);
  for await (const entry of entries) {
    if (entry.header.type !== 'file' || (entry.header.size ?? 0) > maxBytes) break;
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  }
  throw new AppError('engine/no-file', `${path} in the container is no file of at most ${maxBytes} bytes.`, { details: { path } });
}

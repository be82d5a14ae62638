import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import { AppError } from '../../shared/errors.ts';
import type { Connection } from './connection.ts';
import { isAbsent } from './errors.ts';
import type { Jail } from './jail.ts';
import type { Engine } from './types.ts';

const timeoutMs = 600_000;
/** Go's `fs.FileMode` bit for a folder, as the engine writes modes (https://pkg.go.dev/io/fs#FileMode). */
const goDirectory = 0x80000000;

type Found = { readonly isFolder: boolean; readonly size: number };

/** Bringing one file into a container, running or not, without starting anything in it. */
export function createFileWriter(connection: Connection, jail: Jail): Pick<Engine, 'putFile'> {
  async function look(own: string, path: string): Promise<Found | null> {
    try {
      const head = (await connection.request(`look at ${path}`, (docker, abortSignal) =>
        docker.getContainer(own).infoArchive({ path, abortSignal }),
      )) as unknown as { readonly headers: Readonly<Record<string, string>> };
      const facts = JSON.parse(Buffer.from(head.headers['x-docker-container-path-stat'] ?? '', 'base64').toString()) as { size: number; mode: number };
      return { isFolder: (facts.mode & goDirectory) !== 0, size: facts.size };
    } catch (error) {
      if (isAbsent(error)) return null;
      throw error;
    }
  }
  return {
    async putFile(id, path, content, { user, mode = 0o644 }) {
      const own = await jail.requireContainer(id);
      const parts = splitPath(path);
      if ((await look(own, path))?.isFolder === true) throw new AppError('engine/no-file', `${path} is a folder in the container.`, { details: { path } });
      let depth = parts.length - 1;
      while (depth > 0 && (await look(own, `/${parts.slice(0, depth).join('/')}`)) === null) depth -= 1;
      const bytes = content instanceof Uint8Array ? content.byteLength : content.bytes;
      const stream = content instanceof Uint8Array ? Readable.from([Buffer.from(content)]) : content.stream;
      const archive = pack();
      const [uid = 0, gid = 0] = user.split(':').map(Number);
      const abort = new AbortController();
      const sending = connection.request(
        `copy a file to ${path}`,
        (docker, abortSignal) => docker.getContainer(own).putArchive(Readable.from(archive), { path: `/${parts.slice(0, depth).join('/')}`, abortSignal }),
        { timeoutMs, signal: abort.signal },
      );
      const packing = fill(archive, parts, depth, { stream, bytes, uid, gid, mode }).catch((error: unknown) => {
        abort.abort(error);
        throw sizeDiffers(path, bytes, error);
      });
      const [packed, sent] = await Promise.allSettled([packing, sending]);
      if (packed.status === 'rejected') throw packed.reason;
      if (sent.status === 'rejected') throw sent.reason;
      const found = await look(own, path);
      if (found?.size !== bytes) throw sizeDiffers(path, bytes, new Error(`The engine has ${found?.size ?? 'no'} bytes.`));
    },
  };
}

async function fill(
  archive: ReturnType<typeof pack>,
  parts: readonly string[],
  depth: number,
  { stream, bytes, uid, gid, mode }: { stream: Readable; bytes: number; uid: number; gid: number; mode: number },
): Promise<void> {
  for (let level = depth + 1; level < parts.length; level += 1)
    archive.entry({ name: parts.slice(depth, level).join('/'), type: 'directory', mode: 0o755, uid, gid });
  await pipeline(stream, archive.entry({ name: parts.slice(depth).join('/'), size: bytes, mode, uid, gid }));
  archive.finalize();
}

/** Any name that a file can have; `..` and the like are no names. */
function splitPath(path: string): readonly string[] {
  const parts = path.split('/').slice(1);
  if (path.startsWith('/') && !path.includes('\0') && parts.every((part) => part !== '' && part !== '.' && part !== '..')) return parts;
  throw new AppError('engine/bad-path', `${JSON.stringify(path)} is no absolute path of a file, without "." and "..".`, { details: { path } });
}

function sizeDiffers(path: string, bytes: number, cause: unknown): AppError {
  return new AppError('engine/size-differs', `The file for ${path} does not have the ${bytes} bytes that were said. Copy it again.`, {
    details: { path, bytes },
    cause,
  });
}

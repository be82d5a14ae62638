import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import { containerPaths } from '../engine/names.ts';
import type { UserFile } from './user-files.ts';

export type Provided = {
  /** To be unpacked at `/`: owned by root, so that an agent without power can only read it. */
  readonly tar: Uint8Array;
  /** Where the user's files lie then; named by their content, so that what the user removed is not in it. */
  readonly userFolder: string;
};

export async function packProvided(programs: readonly UserFile[], userFiles: readonly UserFile[]): Promise<Provided> {
  const hash = createHash('sha256');
  for (const file of userFiles) hash.update(`${JSON.stringify(file.name)} ${file.content.byteLength} ${file.executable}\n`).update(file.content);
  const root = containerPaths.provided;
  const userFolder = `${root}/files-${hash.digest('hex').slice(0, 12)}`;
  const entries = [
    ...programs.map((file) => ({ ...file, name: `${root}/${file.name}` })),
    ...userFiles.map((file) => ({ ...file, name: `${userFolder}/${file.name}` })),
  ];
  const archive = pack();
  const owner = { mtime: new Date(0), uid: 0, gid: 0 };
  const folders = new Set([`${userFolder}/`]);
  for (const entry of entries) addParents(folders, entry.name);
  addParents(folders, `${userFolder}/`);
  for (const name of [...folders].toSorted()) archive.entry({ ...owner, name: name.slice(1), type: 'directory', mode: 0o755 });
  for (const { name, content, executable } of entries) archive.entry({ ...owner, name: name.slice(1), mode: executable ? 0o755 : 0o644 }, Buffer.from(content));
  archive.finalize();
  return { tar: await buffer(archive), userFolder };
}

/** `/opt` is the image's own. */
function addParents(folders: Set<string>, name: string): void {
  for (let end = name.indexOf('/', '/opt/'.length); end !== -1; end = name.indexOf('/', end + 1)) folders.add(name.slice(0, end + 1));
}

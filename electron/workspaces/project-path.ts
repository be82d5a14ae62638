import { access, constants, lstat, readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, sep } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { Folder } from '../../shared/model/project.ts';

export type Surroundings = {
  /** The user's home folder and Forgehold's data folder, both resolved. */
  readonly home: string;
  readonly data: string;
  /** Where Forgehold's own sockets lie that are not in the data folder, resolved: to the core, and to engines of other machines. */
  readonly sockets?: string;
};

/** Folders below the home that hold keys, logins and programs that start by themselves: no agent gets them, nor a folder in them. */
export const privateFolders = [
  '.ssh',
  '.gnupg',
  '.aws',
  '.azure',
  '.config',
  '.docker',
  '.kube',
  '.password-store',
  '.local/share/keyrings',
  '.claude',
  '.codex',
  'Library/Keychains',
  'Library/LaunchAgents',
];

/** Folders of the system: an agent that may write there could take the machine over. `/root` is a home. */
export const systemFolders = [
  '/bin',
  '/boot',
  '/dev',
  '/etc',
  '/lib',
  '/lib64',
  '/proc',
  '/run',
  '/sbin',
  '/sys',
  '/usr',
  '/var/lib',
  '/System',
  '/Library',
  '/private/etc',
];

/** Folders that are no project themselves, though projects lie in them. */
export const upperFolders = new Set([
  '/',
  '/home',
  '/Users',
  '/root',
  '/tmp',
  '/private/tmp',
  '/var',
  '/private/var',
  '/opt',
  '/srv',
  '/mnt',
  '/media',
  '/Volumes',
]);

/**
 * Before a workspace is put on the folder again: an agent that works in an outer folder may have put a link in its place since.
 * Throws `project/away`, `project/moved`.
 */
export async function confirmProjectPath(path: string): Promise<void> {
  const details = { path };
  const now = await realpath(path).catch((cause: unknown) => {
    throw new AppError('project/away', `The folder ${path} is not there. Put it back, or remove the project.`, { details, cause });
  });
  if (now === path) return;
  throw new AppError('project/moved', `The folder ${path} is now a link to ${now}, which was not what you added. Put the folder back, or add the other one.`, {
    details: { ...details, now },
  });
}

/**
 * The one true path of a project's folder: absolute, without symbolic links.
 * Throws `project/path-not-absolute`, `project/not-found`, `project/not-a-folder`, `project/not-readable`, `project/forbidden-folder`.
 */
export async function resolveProjectPath(given: string, surroundings: Surroundings): Promise<string> {
  const details = { path: given };
  if (!isAbsolute(given)) throw new AppError('project/path-not-absolute', `Give the whole path of the folder, beginning with "${sep}".`, { details });
  const path = await realpath(given).catch((error: unknown) => {
    throw explainPath(error, given);
  });
  if (!(await stat(path)).isDirectory()) throw new AppError('project/not-a-folder', `${path} is a file. Give the folder that holds the project.`, { details });
  const forbidden = explainForbidden(path, surroundings);
  if (forbidden) throw new AppError('project/forbidden-folder', forbidden, { details: { path } });
  if (/[\n\r]/.test(path)) throw new AppError('project/forbidden-folder', 'A folder whose path holds a line break cannot be a project.', { details });
  await access(path, constants.R_OK | constants.X_OK).catch((cause: unknown) => {
    throw explainPath(cause, path);
  });
  if (await isBareRepository(path))
    throw new AppError('project/bare-repository', `${path} is a bare git repository: it has no files to work on. Clone it, and give the clone.`, { details });
  return path;
}

/** Why this folder is not for agents; null when it is. Pure. */
export function explainForbidden(path: string, { home, data, sockets }: Surroundings): string | null {
  if (path === home) return 'The home folder itself holds your keys and logins. Choose a folder in it.';
  if (contains(path, home)) return `${path} holds your home folder, and with it your keys and logins. Choose the folder of one project.`;
  if (upperFolders.has(path)) return `${path} is no folder of one project. Choose a folder in it.`;
  const kept = sockets === undefined ? [data] : [data, sockets];
  if (kept.some((place) => contains(path, place) || contains(place, path)))
    return `${path} holds, or is part of, what Forgehold itself keeps. Choose another folder.`;
  const own = privateFolders.map((name) => join(home, name)).find((folder) => contains(folder, path));
  if (own) return `${own} holds keys, logins or settings of programs. An agent does not get it.`;
  const system = systemFolders.find((folder) => contains(folder, path));
  if (system) return `${system} belongs to the system. Choose a folder of your own.`;
  return null;
}

/** Whether `path` is `folder` or lies in it. */
export function contains(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);
}

export function explainPath(error: unknown, path: string): unknown {
  const options = { details: { path }, cause: error };
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new AppError('project/not-found', `There is no folder ${path}.`, options);
    case 'EACCES':
    case 'EPERM':
      return new AppError('project/not-readable', `You may not read ${path}. Change its permissions, or choose another folder.`, options);
    case 'ELOOP':
      return new AppError('project/not-found', `${path} is a symbolic link that leads in a circle.`, options);
    case undefined:
      return error;
    case 'ENAMETOOLONG':
      return new AppError('project/not-found', 'No folder has so long a path.', options);
    default:
      return error;
  }
}

async function isBareRepository(path: string): Promise<boolean> {
  const entries = await readdir(path);
  return !entries.includes('.git') && ['HEAD', 'config', 'objects', 'refs'].every((name) => entries.includes(name));
}

/** More than anyone scrolls through; a folder of a million would freeze the picker. */
const BROWSE_LIMIT = 1000;

/** The folders in a folder, by name, hidden ones last; what cannot be looked at is left out. Throws as `resolveProjectPath` does. */
export async function browseFolder(given: string): Promise<{ path: string; parent: string | null; folders: Folder[] }> {
  if (!isAbsolute(given)) throw new AppError('project/path-not-absolute', `Give the whole path of the folder, beginning with "${sep}".`);
  const path = await realpath(given).catch((error: unknown) => {
    throw explainPath(error, given);
  });
  const entries = await readdir(path, { withFileTypes: true }).catch((error: unknown) => {
    throw explainPath(error, path);
  });
  const candidates = entries.filter((entry) => (entry.isDirectory() || entry.isSymbolicLink()) && entry.name !== '.git').map((entry) => entry.name);
  candidates.sort((a, b) => Number(a.startsWith('.')) - Number(b.startsWith('.')) || a.localeCompare(b));
  const looked = await Promise.all(candidates.slice(0, BROWSE_LIMIT).map((name) => lookAt(path, name)));
  return { path, parent: path === dirname(path) ? null : dirname(path), folders: looked.filter((folder) => folder !== null) };
}

async function lookAt(parent: string, name: string): Promise<Folder | null> {
  const path = join(parent, name);
  const isFolder = await stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
  if (!isFolder) return null;
  const git = await lstat(join(path, '.git')).then(
    () => true,
    () => false,
  );
  return { name: basename(path), path, git };
}

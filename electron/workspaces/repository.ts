import { lstat, readFile, readdir, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { runHostGit } from './host-git.ts';

/** What git knows of a work tree of the user's, as far as a git dir of our own needs it. Paths are of the host, resolved. */
export type Repository = {
  /** Holds HEAD and index; for a linked worktree or a submodule not `<project>/.git`. */
  readonly gitDir: string;
  /** Holds refs, configuration and objects; the same as `gitDir` but for a linked worktree. */
  readonly commonDir: string;
  /** The object folders, its own first, then its alternates and theirs. */
  readonly objects: readonly string[];
  readonly objectFormat: 'sha1' | 'sha256';
  /** Repositories of its submodules, by their path below `modules/`. */
  readonly modules: readonly Module[];
};

export type Module = {
  readonly name: string;
  readonly repository: Repository;
  /** The work tree, relative to the project; absent when it is not checked out. */
  readonly workTree?: string;
};

/** What lies at `<folder>/.git`. */
export async function gitEntry(folder: string): Promise<'none' | 'directory' | 'file'> {
  try {
    const entry = await lstat(join(folder, '.git'));
    if (entry.isSymbolicLink()) return (await stat(join(folder, '.git'))).isDirectory() ? 'directory' : 'file';
    return entry.isDirectory() ? 'directory' : 'file';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'none';
    throw error;
  }
}

/** Whether `<folder>/.git` is an empty directory: the mount point that a workspace of a folder without git leaves there. */
export async function hasEmptyGitDir(folder: string): Promise<boolean> {
  try {
    return (await readdir(join(folder, '.git'))).length === 0;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

/**
 * Reads the repository whose work tree is exactly `folder`; null when the folder has no `.git`.
 * Throws what `runHostGit` throws, and `git/broken` when there is a `.git` that is no repository.
 */
export async function readRepository(folder: string, signal?: AbortSignal): Promise<Repository | null> {
  if ((await gitEntry(folder)) === 'none' || (await hasEmptyGitDir(folder))) return null;
  const options = signal ? { signal } : {};
  const answer = await runHostGit(
    { folder },
    ['rev-parse', '--show-toplevel', '--absolute-git-dir', '--git-common-dir', '--show-object-format'],
    options,
  ).catch((error: unknown) => {
    if (!(error instanceof AppError) || error.code !== 'git/failed') throw error;
    throw broken(folder, error);
  });
  const [top = '', gitDir = '', commonDir = '', format] = answer.split('\n');
  if ((await realpath(top)) !== (await realpath(folder))) throw broken(folder);
  return describe(await realpath(gitDir), await realpath(resolve(folder, commonDir)), format === 'sha256' ? 'sha256' : 'sha1', folder, signal);
}

function broken(folder: string, cause?: unknown): AppError {
  return new AppError('git/broken', `There is a .git in ${folder} that git does not accept. Repair or remove it, then try again.`, {
    details: { path: folder },
    ...(cause ? { cause } : {}),
  });
}

async function describe(
  gitDir: string,
  commonDir: string,
  objectFormat: Repository['objectFormat'],
  project: string,
  signal?: AbortSignal,
): Promise<Repository> {
  return {
    gitDir,
    commonDir,
    objectFormat,
    objects: await listObjectFolders(join(commonDir, 'objects')),
    modules: await listModules(gitDir, project, signal),
  };
}

/** Depth first, each once; git itself goes five levels deep. A vanished alternate is left out: git only warns of it, too. */
async function listObjectFolders(objects: string, found: string[] = []): Promise<readonly string[]> {
  const folder = await realpath(objects).catch(() => null);
  if (!folder || found.includes(folder) || found.length >= 32) return found;
  found.push(folder);
  const text = await readFile(join(folder, 'info', 'alternates'), 'utf8').catch(() => '');
  const entries = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  for (const entry of entries) await listObjectFolders(isAbsolute(entry) ? entry : join(folder, entry), found);
  return found;
}

/** A submodule's name may hold slashes, so its git dir may lie deeper; its own submodules lie in its own `modules`. */
async function listModules(gitDir: string, project: string, signal?: AbortSignal): Promise<readonly Module[]> {
  const found: Module[] = [];
  async function visit(folder: string, name: string): Promise<void> {
    if (name !== '' && (await isGitDir(folder))) return void found.push(await readModule(folder, name, project, signal));
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) if (entry.isDirectory()) await visit(join(folder, entry.name), name === '' ? entry.name : `${name}/${entry.name}`);
  }
  await visit(join(gitDir, 'modules'), '');
  return found;
}

async function isGitDir(folder: string): Promise<boolean> {
  const entries = await readdir(folder).catch((): string[] => []);
  return ['HEAD', 'objects', 'refs'].every((name) => entries.includes(name));
}

async function readModule(gitDir: string, name: string, project: string, signal?: AbortSignal): Promise<Module> {
  const options = signal ? { signal } : {};
  const config = await runHostGit({ gitDir }, ['config', '--local', '--list', '-z'], options);
  const settings = new Map(config.split('\0').map((entry) => splitOnce(entry, '\n')));
  const workTree = settings.get('core.worktree');
  const absolute = workTree === undefined ? null : resolve(gitDir, workTree);
  const checkedOut = absolute !== null && isBelow(project, absolute) && (await isFile(join(absolute, '.git')));
  const format = settings.get('extensions.objectformat') === 'sha256' ? 'sha256' : 'sha1';
  return {
    name,
    repository: await describe(gitDir, gitDir, format, project, signal),
    ...(checkedOut ? { workTree: relative(project, absolute) } : {}),
  };
}

function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith('../');
}

async function isFile(path: string): Promise<boolean> {
  const entry = await lstat(path).catch(() => null);
  return entry?.isFile() ?? false;
}

export function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
}

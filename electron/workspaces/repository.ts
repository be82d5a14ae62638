import { lstat, readdir, realpath } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { runHostGit } from './host-git.ts';
import { readOwnFile } from './own-file.ts';

/**
 * What git knows of a work tree of the user's, as far as a git dir of our own needs it. Paths are of the host, resolved.
 * The repository may be a stranger's (an archive unpacked, a disk plugged in), so a link or a name in it proves nothing: whatever
 * it points at would be shown to the agent. Each part lies in the folder itself, or names the folder from its own side.
 */
export type Repository = {
  /** Holds HEAD and index; for a linked worktree or a submodule not `<project>/.git`. */
  readonly gitDir: string;
  /** Holds refs, configuration and objects; the same as `gitDir` but for a linked worktree. */
  readonly commonDir: string;
  /** Its own object folder; null when a link stands in its place. */
  readonly objects: string | null;
  /** Some of its objects lie elsewhere: in alternates, or behind a link. */
  readonly borrows: boolean;
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
export async function gitEntry(folder: string): Promise<'none' | 'directory' | 'file' | 'link' | 'other'> {
  try {
    const entry = await lstat(join(folder, '.git'));
    if (entry.isSymbolicLink()) return 'link';
    return entry.isDirectory() ? 'directory' : entry.isFile() ? 'file' : 'other';
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
 * Throws what `runHostGit` throws, `git/broken` when there is a `.git` that is no repository, `git/link` when it is a symbolic link,
 * `git/elsewhere` when it leads to a repository that does not know of this folder.
 */
export async function readRepository(folder: string, signal?: AbortSignal): Promise<Repository | null> {
  const entry = await gitEntry(folder);
  if (entry === 'link') throw linked(folder);
  if (entry === 'none' || (await hasEmptyGitDir(folder))) return null;
  if (entry === 'other') throw broken(folder);
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
  const place = { gitDir: await realpath(gitDir), commonDir: await realpath(resolve(folder, commonDir)) };
  await requireOwn(place, folder, entry === 'directory', signal);
  return describe(place.gitDir, place.commonDir, format === 'sha256' ? 'sha256' : 'sha1', folder, signal);
}

/**
 * A `.git` file, or a `commondir` in a `.git`, can name any repository of this computer; only the one it really belongs to names
 * the folder back (gitrepository-layout(5): `worktrees/<id>/gitdir`, or `core.worktree` of a submodule).
 */
async function requireOwn(place: Pick<Repository, 'gitDir' | 'commonDir'>, folder: string, isDirectory: boolean, signal?: AbortSignal): Promise<void> {
  const { gitDir, commonDir } = place;
  const dotGit = join(await realpath(folder), '.git');
  if (isDirectory) {
    if (gitDir !== dotGit || commonDir !== dotGit) throw elsewhere(folder, commonDir);
    return;
  }
  // There the agent could write it, and the user's git would believe it.
  if (isBelow(dirname(dotGit), gitDir) || isBelow(dirname(dotGit), commonDir)) throw inside(folder, gitDir);
  const linked = (await readOwnFile(gitDir, 'gitdir'))?.toString().trim();
  const named = linked === undefined ? await readWorkTree(gitDir, signal) : resolve(gitDir, linked);
  const expected = linked === undefined ? dirname(dotGit) : dotGit;
  if (named === null || (await realpath(named).catch(() => null)) !== expected) throw elsewhere(folder, gitDir);
}

async function readWorkTree(gitDir: string, signal?: AbortSignal): Promise<string | null> {
  const config = await runHostGit({ gitDir }, ['config', '--local', '--list', '-z'], signal ? { signal } : {});
  const worktree = config
    .split('\0')
    .map((entry) => splitOnce(entry, '\n'))
    .findLast(([key]) => key === 'core.worktree')?.[1];
  return worktree === undefined ? null : resolve(gitDir, worktree);
}

function linked(folder: string): AppError {
  return new AppError(
    'git/link',
    `${folder}/.git is a symbolic link. An agent could put another one in its place, which your own git would follow. Move the git dir itself there.`,
    { details: { path: folder } },
  );
}

function inside(folder: string, gitDir: string): AppError {
  return new AppError(
    'git/inside',
    `${folder}/.git leads to ${gitDir}, among the files of the project. An agent could change it there, and your own git would run what it says. Move it out.`,
    { details: { path: folder, gitDir } },
  );
}

function elsewhere(folder: string, gitDir: string): AppError {
  return new AppError(
    'git/elsewhere',
    `${folder}/.git leads to ${gitDir}, which does not know this folder. An agent would see that repository. If that is right, run: git -C ${folder} config core.worktree ${folder}`,
    { details: { path: folder, gitDir } },
  );
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
  const objects = join(commonDir, 'objects');
  const isOwn = (await realpath(objects).catch(() => null)) === objects;
  const entries = isOwn ? await readdir(join(objects, 'info')).catch((): string[] => []) : [];
  return {
    gitDir,
    commonDir,
    objectFormat,
    objects: isOwn ? objects : null,
    borrows: !isOwn || entries.includes('alternates'),
    modules: await listModules(gitDir, project, signal),
  };
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

import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { Mount } from '../engine/objects.ts';
import { parseConfig, writeConfig } from './git-config.ts';
import { runHostGit } from './host-git.ts';
import { copyOwnFile } from './own-file.ts';
import { gitEntry, hasEmptyGitDir, type Repository } from './repository.ts';

/** Where the user's object folders, and a git dir that cannot lie at `<project>/.git`, are seen in the agent container. */
const containerObjects = '/opt/forgehold/objects';
const containerGitDir = '/opt/forgehold/git';

/** Refs of the user's repository that keep the objects alive which a workspace borrows: gc and prune respect them. */
const keepPrefix = 'refs/forge/keep';

export type GitDirOptions = {
  readonly workspaceId: string;
  /** Absolute path of the project, the same in the container. */
  readonly project: string;
  /** null: the folder has no git; it gets an empty git dir, so that what the agent makes there is not found by the user's git. */
  readonly repository: Repository | null;
  /** Folder of the new git dir on the host. */
  readonly target: string;
  /** Folder of files that are mounted read-only over files of the project. */
  readonly masks: string;
};

/**
 * Makes the git dir of a workspace (design.md section 8): refs, HEAD and a copy of the index are the user's, the objects are
 * borrowed read-only (those which the repository itself borrows are copied), the configuration is fresh. It appears whole under its name or not at all; an existing one is kept,
 * since it holds the agent's work.
 */
export async function seedGitDir(options: GitDirOptions, signal?: AbortSignal): Promise<void> {
  await mkdir(options.masks, { recursive: true, mode: 0o700 });
  if (await exists(options.target)) return;
  const draft = `${options.target}.draft`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true, mode: 0o700 });
  if (options.repository) {
    const counter = { next: 0 };
    await seed(options.repository, draft, options, counter, null, signal);
    await seedExcludes(options, draft);
    await keepObjects(options.repository, options.workspaceId, join(draft, 'index'), signal);
  } else {
    await mkdir(join(options.project, '.git'), { recursive: true });
  }
  await rename(draft, options.target);
}

/** The mounts that put the git dir in its place, parents before children. Reads nothing that the agent could have written. */
export async function gitMounts(options: GitDirOptions): Promise<readonly Mount[]> {
  const { repository, project, target, masks } = options;
  const dotGit = join(project, '.git');
  if (!repository) return [bind(target, dotGit, false)];
  const isDirectory = (await stat(dotGit)).isDirectory();
  const mounts: Mount[] = [bind(target, isDirectory ? dotGit : containerGitDir, false)];
  if (!isDirectory) mounts.push(bind(await writeMask(masks, 'dot-git', `gitdir: ${containerGitDir}\n`), dotGit, true));
  let index = 0;
  for (const one of flatten(repository)) {
    const place = `${containerObjects}/${index++}`;
    if (one.repository.objects !== null) mounts.push(bind(one.repository.objects, place, true));
    // What it borrows was copied: no path of the host is left that only the repository itself vouches for.
    if (one.repository.objects !== null && one.repository.borrows)
      mounts.push(bind(await writeMask(masks, 'no-alternates', ''), `${place}/info/alternates`, true));
    if (one.workTree === undefined) continue;
    // A submodule's `.git` file leads the user's git to a configuration; mounted over itself, the agent cannot rewrite it.
    const file = join(project, one.workTree, '.git');
    const container = join(isDirectory ? dotGit : containerGitDir, 'modules', one.path);
    mounts.push(bind(await writeMask(masks, `module-${mounts.length}`, `gitdir: ${container}\n`), file, true));
  }
  return mounts;
}

/** Gives the user's repository back what the workspace had it keep. A repository that is gone has nothing to give back. */
export async function releaseObjects(project: string, workspaceId: string): Promise<void> {
  const prefix = `${keepPrefix}/${workspaceId}/`;
  if ((await gitEntry(project)) === 'none' || (await hasEmptyGitDir(project))) return;
  const refs = await runHostGit({ folder: project }, ['for-each-ref', '--format=%(refname)', prefix]);
  const names = refs.split('\n').filter((name) => name.startsWith(prefix));
  if (names.length === 0) return;
  await runHostGit({ folder: project }, ['update-ref', '--stdin'], { stdin: names.map((name) => `delete ${name}\n`).join('') });
}

type Flat = { readonly repository: Repository; readonly path: string; readonly workTree?: string };

/** The repository, then its modules depth first: the order in which object folders are numbered. */
function flatten(repository: Repository, path = ''): readonly Flat[] {
  const children = repository.modules.flatMap((module) => {
    const childPath = path === '' ? module.name : `${path}/modules/${module.name}`;
    const [own, ...rest] = flatten(module.repository, childPath);
    return [{ ...own!, ...(module.workTree === undefined ? {} : { workTree: module.workTree }) }, ...rest];
  });
  return [{ repository, path }, ...children];
}

async function seed(
  repository: Repository,
  target: string,
  options: GitDirOptions,
  counter: { next: number },
  module: { readonly path: string; readonly workTree?: string } | null,
  signal?: AbortSignal,
): Promise<void> {
  for (const folder of ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags', 'info', 'hooks']) await mkdir(join(target, folder), { recursive: true });
  await seedRefs(repository, target, signal);
  await writeFile(join(target, 'objects/info/alternates'), `${containerObjects}/${counter.next++}\n`);
  if (repository.borrows) await copyObjects(repository, target, signal);
  await seedConfig(repository, target, options, module, signal);
  await copyState(repository, target);
  for (const child of repository.modules) {
    const path = module === null ? child.name : `${module.path}/modules/${child.name}`;
    const place = { path, ...(child.workTree === undefined ? {} : { workTree: child.workTree }) };
    await seed(child.repository, join(target, 'modules', child.name), options, counter, place, signal);
  }
}

/**
 * A repository can name any folder of this computer as its alternate, and a mount would show all of it. So what is reachable is
 * packed instead, which only he gets who knows the ids. It takes a copy's time and room, and alternates are rare.
 */
async function copyObjects(repository: Repository, target: string, signal?: AbortSignal): Promise<void> {
  const args = ['pack-objects', '--revs', '--all', '--indexed-objects', '--quiet', join(target, 'objects/pack/pack')];
  await runHostGit({ gitDir: repository.gitDir }, args, { timeoutMs: 600_000, ...(signal ? { signal } : {}) });
}

const refFormat = '%(refname)%00%(objectname)%00%(*objectname)%00%(symref)';

type Ref = { readonly name: string; readonly id: string; readonly peeled: string; readonly symbolic: string };

/** Asked of git, not copied from files: whatever the backend (files, packed, reftable). A broken ref is left out, with git's warning. */
async function listRefs(repository: Repository, signal?: AbortSignal): Promise<readonly Ref[]> {
  const patterns = ['refs/heads', 'refs/tags', 'refs/remotes', 'refs/notes', 'refs/replace'];
  const text = await runHostGit({ gitDir: repository.gitDir }, ['for-each-ref', `--format=${refFormat}`, ...patterns], signal ? { signal } : {});
  return text.split('\n').flatMap((line) => {
    const [name = '', id = '', peeled = '', symbolic = ''] = line.split('\0');
    return name === '' ? [] : [{ name, id, peeled, symbolic }];
  });
}

async function seedRefs(repository: Repository, target: string, signal?: AbortSignal): Promise<void> {
  const refs = await listRefs(repository, signal);
  const lines = refs.filter((ref) => ref.symbolic === '').map((ref) => `${ref.id} ${ref.name}\n${ref.peeled === '' ? '' : `^${ref.peeled}\n`}`);
  await writeFile(join(target, 'packed-refs'), `# pack-refs with: peeled fully-peeled sorted \n${lines.join('')}`);
  for (const ref of refs.filter((one) => one.symbolic !== '')) {
    await mkdir(dirname(join(target, ref.name)), { recursive: true });
    await writeFile(join(target, ref.name), `ref: ${ref.symbolic}\n`);
  }
  await writeFile(join(target, 'HEAD'), await readHead(repository, signal));
}

async function readHead(repository: Repository, signal?: AbortSignal): Promise<string> {
  const options = signal ? { signal } : {};
  const place = { gitDir: repository.gitDir };
  const branch = await runHostGit(place, ['symbolic-ref', '--quiet', 'HEAD'], options).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'git/failed') return null;
    throw error;
  });
  if (branch !== null) return `ref: ${branch.trim()}\n`;
  return runHostGit(place, ['rev-parse', '--verify', 'HEAD'], options);
}

async function seedConfig(
  repository: Repository,
  target: string,
  options: GitDirOptions,
  module: { readonly path: string; readonly workTree?: string } | null,
  signal?: AbortSignal,
): Promise<void> {
  const text = await runHostGit({ gitDir: repository.gitDir }, ['config', '--list', '-z', '--includes'], signal ? { signal } : {});
  const workTree = module?.workTree === undefined ? undefined : join(options.project, module.workTree);
  await writeFile(join(target, 'config'), writeConfig(parseConfig(text), repository.objectFormat, workTree));
}

/** The user's ignore rules, which live outside the repository and so outside the container. What the repository itself calls so could be any file. */
async function seedExcludes(options: GitDirOptions, target: string): Promise<void> {
  const settings = await runHostGit({ folder: options.project }, ['config', '--show-scope', '--path', '-z', '--get-all', 'core.excludesFile']).catch(
    (error: unknown) => {
      if (error instanceof AppError && error.code === 'git/failed') return '';
      throw error;
    },
  );
  const parts = settings.split('\0');
  const own = parts.findLast((_, index) => index % 2 === 1 && ['system', 'global'].includes(parts[index - 1]!));
  const fallback = join(process.env['XDG_CONFIG_HOME'] ?? join(process.env['HOME'] ?? '/', '.config'), 'git', 'ignore');
  const file = own === undefined || !isAbsolute(own) ? fallback : own;
  const rules = await readFile(file, 'utf8').catch(() => '');
  if (rules === '') return;
  const present = await readFile(join(target, 'info/exclude'), 'utf8').catch(() => '');
  await writeFile(join(target, 'info/exclude'), `${present}\n# The user's own, of outside this repository:\n${rules}`);
}

/** Files of the git dir that are state, not power. The index keeps its stat data, so that nothing is read anew. */
const stateOfWorkTree = ['index', 'MERGE_HEAD', 'MERGE_MSG', 'MERGE_MODE', 'CHERRY_PICK_HEAD', 'REVERT_HEAD', 'SQUASH_MSG', 'info/sparse-checkout'];
const stateOfRepository = ['shallow', 'info/grafts', 'info/exclude', 'info/attributes'];

async function copyState(repository: Repository, target: string): Promise<void> {
  const shared = (await readdir(repository.gitDir)).filter((name) => /^sharedindex\.[0-9a-f]+$/.test(name));
  for (const name of [...stateOfWorkTree, ...shared]) await copyOwnFile(repository.gitDir, name, join(target, name));
  for (const name of stateOfRepository) await copyOwnFile(repository.commonDir, name, join(target, name));
}

/** One ref for each commit that a branch or HEAD stands on now, and for what is staged. Tags are left out: they hardly ever go. */
async function keepObjects(repository: Repository, workspaceId: string, index: string, signal?: AbortSignal): Promise<void> {
  const options = signal ? { signal } : {};
  const refs = await listRefs(repository, signal);
  const ids = new Set(refs.filter((ref) => /^refs\/(heads|remotes)\//.test(ref.name)).map((ref) => ref.id));
  const head = (await readHead(repository, signal)).trim();
  if (!head.startsWith('ref: ')) ids.add(head);
  const staged = await writeStagedTree(repository, index, signal);
  if (staged !== null) ids.add(staged);
  const commands = [...ids].map((id, index) => `update ${keepPrefix}/${workspaceId}/${index} ${id}\n`).join('');
  if (commands !== '') await runHostGit({ gitDir: repository.commonDir }, ['update-ref', '--stdin'], { stdin: commands, ...options });
}

/** null: there is no index, or it holds conflicts and makes no tree. */
async function writeStagedTree(repository: Repository, index: string, signal?: AbortSignal): Promise<string | null> {
  if (!(await exists(index))) return null;
  const options = { env: { GIT_INDEX_FILE: index }, ...(signal ? { signal } : {}) };
  try {
    return (await runHostGit({ gitDir: repository.commonDir }, ['write-tree', '--missing-ok'], options)).trim();
  } catch (error) {
    if (error instanceof AppError && error.code === 'git/failed') return null;
    throw error;
  }
}

function bind(source: string, target: string, readOnly: boolean): Mount {
  return { kind: 'bind', source, target, readOnly };
}

async function writeMask(folder: string, name: string, content: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, content, { mode: 0o644 });
  return file;
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

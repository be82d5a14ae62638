import { isAbsolute, join, relative } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { Removal } from '../../shared/model/removal.ts';
import { containerPaths } from '../engine/names.ts';
import type { Mount } from '../engine/objects.ts';
import type { Engine } from '../engine/types.ts';
import { findAgent } from './agent-container.ts';
import { type GitDirOptions, gitMounts } from './git-dir.ts';
import { type GitPlace, runHostGit } from './host-git.ts';
import { withLooker } from './looker.ts';
import { mayHoldWork } from './own-objects.ts';
import type { WorkspaceRecord } from './records.ts';
import { type Repository, readRepository } from './repository.ts';
import type { WorkspaceParts } from './types.ts';

export type Work = Removal['work'][number];

/** As many as a person reads before saying yes. */
const MOST = 20;
const LONGEST = 200;
/** Milliseconds, for each question to git. */
const QUESTION_TIMEOUT = 60_000;

/**
 * Work of a workspace of a host folder that lies nowhere else: commits that neither the user's repository nor a remote has, and
 * changes in linked worktrees that are not committed. (Those of `main` lie in the user's own folder.) Git looks from a container of its
 * own, with no network and nothing it could write: what the agent has planted in configuration runs there or nowhere.
 */
export async function findHostWork(parts: WorkspaceParts, record: WorkspaceRecord, git: Omit<GitDirOptions, 'repository'>): Promise<Work[]> {
  if (!(await mayHoldWork(git.target))) return [];
  try {
    const repository = await readRepository(git.project);
    const home = parts.folders.home(record.workspaceId);
    const mounts: readonly Mount[] = [
      { kind: 'bind', source: git.project, target: git.project, readOnly: true },
      { kind: 'bind', source: home, target: containerPaths.home, readOnly: true },
      ...(await gitMounts({ ...git, repository })).map((mount) => ({ ...mount, readOnly: true })),
    ];
    return await withLooker(parts, record, mounts, (looker) => new Look(parts.engine, record, looker, mounts).all(repository));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [{ workspaceId: record.workspaceId, kind: 'unknown', worktree: 'main', reason: error.message }];
  }
}

type Head = { readonly id: string; readonly name: string };
type Worktree = { readonly path: string; readonly head: string; readonly branch: string | null };

/** One look at one workspace, from inside. */
class Look {
  readonly #engine: Engine;
  readonly #record: WorkspaceRecord;
  readonly #looker: string;
  readonly #mounted: readonly string[];

  constructor(engine: Engine, record: WorkspaceRecord, looker: string, mounts: readonly Mount[]) {
    this.#engine = engine;
    this.#record = record;
    this.#looker = looker;
    this.#mounted = mounts.map(({ target }) => target);
  }

  async all(repository: Repository | null): Promise<Work[]> {
    const { path } = this.#record.project;
    // A folder without git, in which the agent has made no repository.
    if (repository === null && (await this.#ask(this.#looker, path, ['rev-parse', '--git-dir'])) === null) return [];
    const place: GitPlace | null = repository === null ? null : { folder: path };
    return [...(await this.#repository(path, place, '')), ...(await this.#modules(repository, path, '')), ...(await this.#changes(path))];
  }

  async #modules(repository: Repository | null, folder: string, prefix: string): Promise<Work[]> {
    const found: Work[] = [];
    for (const { workTree, repository: inner } of repository?.modules ?? []) {
      if (workTree === undefined) continue;
      const place = join(folder, workTree);
      found.push(
        ...(await this.#repository(place, { gitDir: inner.gitDir }, `${prefix}${workTree}: `)),
        ...(await this.#modules(inner, place, `${prefix}${workTree}/`)),
      );
    }
    return found;
  }

  /** @param users Where the user's own copy of it lies. */
  async #repository(folder: string, users: GitPlace | null, prefix: string): Promise<Work[]> {
    const own = await this.#refs(folder, ['refs/heads', 'refs/stash']);
    const elsewhere = [...(await this.#refs(folder, ['refs/remotes'])), ...(users === null ? [] : await listUsers(users))];
    const worktrees = await this.#worktrees(folder);
    const detached = worktrees.filter(({ branch, head }) => branch === null && head !== '').map(({ head }) => ({ id: head, name: 'HEAD' }));
    const except = elsewhere.map(({ id }) => `^${id}\n`).join('');
    const found: Work[] = [];
    for (const { id, name } of [...own, ...detached]) {
      const commits = await this.#commits(folder, id, except);
      const worktree = worktrees.find(({ branch }) => branch === name)?.path ?? folder;
      const branch = clean(`${prefix}${name.replace(/^refs\/(heads\/)?/, '')}`);
      if (commits.length > 0) found.push({ workspaceId: this.#record.workspaceId, kind: 'unpushed', worktree: this.#nameOf(worktree), branch, commits });
    }
    return found;
  }

  async #refs(folder: string, patterns: readonly string[]): Promise<Head[]> {
    return parseRefs(await this.#require(folder, ['for-each-ref', '--format=%(objectname) %(refname)', ...patterns]));
  }

  async #commits(folder: string, id: string, except: string): Promise<{ id: string; subject: string }[]> {
    const argv = ['rev-list', `--max-count=${MOST}`, '--no-commit-header', '--format=%h %s', '--ignore-missing', '--stdin'];
    const text = await this.#require(folder, argv, `${id}\n${except}`);
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => ({ id: line.split(' ', 1)[0]!, subject: clean(line.slice(line.indexOf(' ') + 1)) }));
  }

  /** The first one is `main`. */
  async #worktrees(folder: string): Promise<Worktree[]> {
    const text = await this.#require(folder, ['worktree', 'list', '--porcelain', '-z']);
    return text
      .split('\0\0')
      .filter((part) => part !== '')
      .map((part) => {
        const facts = new Map(part.split('\0').map((line) => [line.split(' ', 1)[0]!, line.slice(line.indexOf(' ') + 1)]));
        return { path: facts.get('worktree') ?? '', head: facts.get('HEAD') ?? '', branch: facts.get('branch') ?? null };
      });
  }

  /** What is not committed in linked worktrees. */
  async #changes(folder: string): Promise<Work[]> {
    const { workspaceId } = this.#record;
    const linked = (await this.#worktrees(folder)).slice(1).filter(({ path }) => isAbsolute(path));
    const agent = linked.length === 0 ? null : await findAgent(this.#engine, this.#record);
    const found: Work[] = [];
    for (const { path } of linked) {
      const worktree = this.#nameOf(path);
      const isMounted = this.#mounted.some((root) => !relative(root, path).startsWith('..'));
      const place = isMounted ? this.#looker : agent?.status === 'running' ? agent.id : null;
      if (place === null) {
        found.push({
          workspaceId,
          kind: 'unknown',
          worktree,
          reason: 'It lies in the container itself, which does not run. Start the workspace to see what is in it.',
        });
        continue;
      }
      const text = await this.#ask(place, path, ['status', '--porcelain', '-z', '--untracked-files=normal']);
      // A worktree whose folder is gone has nothing to lose.
      const files = (text ?? '')
        .split('\0')
        .filter((entry) => /^.{2} ./s.test(entry))
        .map((entry) => clean(entry.slice(3)));
      if (files.length > 0) found.push({ workspaceId, kind: 'uncommitted', worktree, files: files.slice(0, MOST) });
    }
    return found;
  }

  /** null: git refuses, since there is no such place or no repository. */
  async #ask(container: string, folder: string, argv: readonly string[]): Promise<string | null> {
    const { exitCode, stdout } = await this.#run(container, folder, argv, '');
    return exitCode === 0 ? stdout : null;
  }

  async #require(folder: string, argv: readonly string[], stdin = ''): Promise<string> {
    const { exitCode, stdout, stderr } = await this.#run(this.#looker, folder, argv, stdin);
    if (exitCode === 0) return stdout;
    const said = clean(stderr.trim().split('\n')[0] ?? '');
    throw new AppError('workspace/work-unknown', `Git could not look at the work of this workspace: ${said}`, { details: { argv: [...argv], exitCode } });
  }

  #run(container: string, folder: string, argv: readonly string[], stdin: string): ReturnType<Engine['exec']> {
    return this.#engine.exec(container, ['git', '-c', 'core.fsmonitor=false', '-C', folder, ...argv], { stdin, timeoutMs: QUESTION_TIMEOUT, workingDir: '/' });
  }

  #nameOf(path: string): string {
    return path === this.#record.project.path ? 'main' : clean(path);
  }
}

/** What the user's own repository has, from all its refs. */
async function listUsers(place: GitPlace): Promise<Head[]> {
  const refs = parseRefs(await runHostGit(place, ['for-each-ref', '--format=%(objectname) %(refname)']));
  // The workspace's own keepers are of the user's objects all the same.
  const head = await runHostGit(place, ['rev-parse', '--verify', '--quiet', 'HEAD']).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'git/failed') return '';
    throw error;
  });
  return head.trim() === '' ? refs : [...refs, { id: head.trim(), name: 'HEAD' }];
}

function parseRefs(text: string): Head[] {
  return text.split('\n').flatMap((line) => {
    const [id = '', name = ''] = line.split(' ');
    return id === '' ? [] : [{ id, name }];
  });
}

/** The agent wrote it: one line, no control characters, not endless. */
function clean(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, '\u{FFFD}').slice(0, LONGEST);
}

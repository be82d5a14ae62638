import { AppError } from '../../shared/errors.ts';
import type { ExecResult } from '../engine/exec-types.ts';
import { containerPaths, homeVolumeName, workVolumeName } from '../engine/names.ts';
import type { Mount } from '../engine/objects.ts';
import { findAgent } from './agent-container.ts';
import { plain } from './clone-progress.ts';
import type { Work } from './host-work.ts';
import { withLooker } from './looker.ts';
import type { WorkspaceRecord } from './records.ts';
import type { WorkspaceParts } from './types.ts';

/** As many as a person reads before saying yes. */
const maxShown = 20;
/** An agent can make a thousand branches; who removes them has seen enough after these. */
const maxBranches = 50;
const maxSubject = 200;
const gitTimeoutMs = 60_000;

/** What an agent wrote into configurations is not run, where git lets one say so; the rest runs in a container without power or network. */
const hardening = ['core.hooksPath=/dev/null', 'core.fsmonitor=false', 'core.pager=cat', 'diff.external=', 'safe.directory=*'].flatMap((one) => ['-c', one]);
/** System programs only: an agent may have put a `git` of its own into its home. */
const environment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
  GIT_NO_LAZY_FETCH: '1',
};

type Run = (argv: readonly string[]) => Promise<ExecResult>;
type Place = {
  readonly workspaceId: string;
  /** Path of the clone. */
  readonly clone: string;
  readonly run: Run;
  /** In the agent container, for what lies in no volume; null while it does not run. */
  readonly runThere: Run | null;
};

/**
 * Work in the clone of a workspace that no remote has: commits on branches or on none, stashes, changes that are not committed, in
 * every worktree, and whatever lies beside the clone. What git ignores does not count. Git looks from a container of its own, at
 * the volumes read-only, so it works whether the workspace runs or not, and whatever the agent did to its own git. What cannot be
 * looked at is `unknown`. It guards against an oversight: an agent that wants to hide its own work can.
 */
export async function findCloneWork(parts: WorkspaceParts, record: WorkspaceRecord): Promise<Work[]> {
  const { engine } = parts;
  const { projectId, workspaceId, project } = record;
  const places = new Map([
    [workVolumeName(projectId, workspaceId), containerPaths.clones],
    [homeVolumeName(projectId, workspaceId), containerPaths.home],
  ]);
  const volumes = (await engine.listVolumes({ workspaceId })).filter(({ name }) => places.has(name));
  if (!volumes.some(({ name }) => places.get(name) === containerPaths.clones)) return [];
  const mounts: readonly Mount[] = volumes.map(({ name }) => ({ kind: 'volume', source: name, target: places.get(name)!, readOnly: true, empty: true }));
  const runIn =
    (id: string): Run =>
    (argv) =>
      engine.exec(id, argv, { workingDir: '/', env: environment, timeoutMs: gitTimeoutMs });
  try {
    const agent = await findAgent(engine, record);
    const runThere = agent?.status === 'running' ? runIn(agent.id) : null;
    return await withLooker(parts, record, mounts, (looker) => lookAround({ workspaceId, clone: project.path, run: runIn(looker), runThere }));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [{ workspaceId, kind: 'unknown', worktree: 'main', reason: error.message }];
  }
}

async function lookAround(place: Place): Promise<Work[]> {
  const { workspaceId, clone, run } = place;
  const entries = await list(run, containerPaths.clones);
  const name = clone.slice(containerPaths.clones.length + 1);
  if (!entries.includes(name)) return beside(workspaceId, entries, []);
  if ((await list(run, clone)).length === 0) return beside(workspaceId, entries, [clone]);
  const worktrees = await listWorktrees(run, clone);
  if (worktrees === null) return [unknown(workspaceId, 'main', 'It is no git repository any more, so what it holds cannot be compared with its server.')];
  const work = [...(await findCommits(place)), ...(await findStashes(place))];
  for (const worktree of worktrees) work.push(...(await findChanges(place, worktree)));
  return [...work, ...beside(workspaceId, entries, [clone, ...worktrees.map(({ path }) => path)])];
}

/** What an interrupted clone has left is no work. */
async function list(run: Run, folder: string): Promise<readonly string[]> {
  const { stdout } = await run(['ls', '-A', '--', folder]);
  return stdout.split('\n').filter((entry) => entry !== '' && entry !== '.forgehold-clone');
}

type Worktree = { readonly path: string; readonly shown: string; readonly detached: boolean };

/** null: there is no repository. */
async function listWorktrees(run: Run, clone: string): Promise<readonly Worktree[] | null> {
  const { exitCode, stdout } = await git(run, clone, ['worktree', 'list', '--porcelain', '-z']);
  if (exitCode !== 0) return null;
  return stdout.split('\0\0').flatMap((block, index) => {
    const lines = block.split('\0');
    const path = lines.find((line) => line.startsWith('worktree '))?.slice('worktree '.length);
    if (path === undefined || lines.includes('bare')) return [];
    return [{ path, shown: index === 0 ? 'main' : plain(path.split('/').at(-1) ?? ''), detached: lines.includes('detached') }];
  });
}

/** Branches first, then what no branch holds: tags, and HEADs that are on none. */
async function findCommits({ workspaceId, run, clone }: Place): Promise<Work[]> {
  const any = await git(run, clone, ['rev-list', '-n', '1', '--branches', '--tags', '--not', '--remotes', '--']);
  if (any.exitCode !== 0) return [unknown(workspaceId, 'main', `Its history cannot be read: ${lastLine(any.stderr)}`)];
  const work: Work[] = [];
  if (any.stdout.trim() !== '') {
    const refs = (await git(run, clone, ['for-each-ref', '--format=%(refname)', '--sort=-committerdate', 'refs/heads'])).stdout.split('\n').filter(Boolean);
    for (const ref of refs) {
      if (work.length >= maxBranches) break;
      const commits = await listCommits(run, clone, [ref, '--not', '--remotes']);
      if (commits.length > 0) work.push({ workspaceId, kind: 'unpushed', worktree: 'main', branch: plain(ref.slice('refs/heads/'.length)), commits });
    }
    const tagged = await listCommits(run, clone, ['--tags', '--not', '--remotes', '--branches']);
    if (tagged.length > 0) work.push({ workspaceId, kind: 'unpushed', worktree: 'main', commits: tagged });
  }
  return work;
}

async function findStashes({ workspaceId, run, clone }: Place): Promise<Work[]> {
  const { exitCode, stdout } = await git(run, clone, ['log', '-g', `-${maxShown}`, '-z', '--format=%h %gs', 'refs/stash', '--']);
  const commits = exitCode === 0 ? parseCommits(stdout) : [];
  return commits.length === 0 ? [] : [{ workspaceId, kind: 'stashed', worktree: 'main', commits }];
}

async function findChanges({ workspaceId, run, runThere }: Place, { path, shown, detached }: Worktree): Promise<Work[]> {
  const isMounted = [containerPaths.clones, containerPaths.home].some((root) => path.startsWith(`${root}/`));
  const here = isMounted ? run : runThere;
  if (here === null) return [unknown(workspaceId, shown, 'It lies in the container itself, which does not run. Start the workspace to see what is in it.')];
  // A worktree whose folder is gone has nothing to lose.
  if ((await here(['test', '-d', path])).exitCode !== 0) return [];
  const work: Work[] = [];
  const args = ['status', '--porcelain=v1', '-z', '--untracked-files=normal', '--ignore-submodules=none', '--no-renames'];
  const { exitCode, stdout, stderr } = await git(here, path, args);
  const files = stdout.split('\0').filter(Boolean);
  if (exitCode !== 0) work.push(unknown(workspaceId, shown, `Its files cannot be compared: ${lastLine(stderr)}`));
  else if (files.length > 0)
    work.push({ workspaceId, kind: 'uncommitted', worktree: shown, files: files.slice(0, maxShown).map((line) => plain(line.slice(3))) });
  if (!detached) return work;
  const commits = await listCommits(here, path, ['HEAD', '--not', '--remotes', '--branches', '--tags']);
  if (commits.length > 0) work.push({ workspaceId, kind: 'unpushed', worktree: shown, commits });
  return work;
}

/** What lies in the volume and belongs to no worktree of the clone. */
function beside(workspaceId: string, entries: readonly string[], known: readonly string[]): Work[] {
  const others = entries.filter((entry) => {
    const path = `${containerPaths.clones}/${entry}`;
    return !known.some((one) => one === path || one.startsWith(`${path}/`));
  });
  if (others.length === 0) return [];
  return [{ workspaceId, kind: 'uncommitted', worktree: 'beside the clone', files: others.slice(0, maxShown).map(plain) }];
}

async function listCommits(run: Run, folder: string, revisions: readonly string[]): Promise<{ id: string; subject: string }[]> {
  const { exitCode, stdout, stderr } = await git(run, folder, ['log', `-${maxShown}`, '-z', '--format=%h %s', ...revisions, '--']);
  if (exitCode !== 0) throw new AppError('git/failed', `Its history cannot be read: ${lastLine(stderr)}`);
  return parseCommits(stdout);
}

function parseCommits(text: string): { id: string; subject: string }[] {
  return text.split('\0').flatMap((line) => {
    const end = line.indexOf(' ');
    return end > 0 ? [{ id: plain(line.slice(0, end)), subject: plain(line.slice(end + 1)).slice(0, maxSubject) }] : [];
  });
}

function git(run: Run, folder: string, args: readonly string[]): Promise<ExecResult> {
  return run(['git', ...hardening, '-C', folder, ...args]);
}

function unknown(workspaceId: string, worktree: string, reason: string): Work {
  return { workspaceId, kind: 'unknown', worktree, reason };
}

function lastLine(text: string): string {
  return plain(text.trim().split('\n').at(-1) ?? '').slice(0, 300);
}

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../electron/lib/database.ts';
import { gitMounts, seedGitDir } from '../../electron/workspaces/git-dir.ts';
import { workspaceMigrations } from '../../electron/workspaces/migrations.ts';
import { createProjects, type Projects } from '../../electron/workspaces/projects.ts';
import { readRepository } from '../../electron/workspaces/repository.ts';

/**
 * A repository that a stranger made whole, `.git` included (an archive, a disk, a share), given to Forgehold by its user.
 * Whatever it points at, the agent may see nothing of the host but the folder itself.
 */
const secret = 'CANARY-OF-THE-HOST';
let folder: string;
let project: string;
let host: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'forgehold-hostile-')));
  project = join(folder, 'project');
  host = join(folder, 'host');
  for (const path of [project, host]) mkdirSync(path);
  writeFileSync(join(host, 'key'), secret);
  git(project, 'init', '-q');
  writeFileSync(join(project, 'a'), 'a');
  git(project, 'add', '.');
  git(project, 'commit', '-qm', 'one');
});
afterEach(() => rmSync(folder, { recursive: true }));

function git(cwd: string, ...args: string[]): string {
  const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', '-c', 'init.defaultBranch=main'];
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  return execFileSync('git', [...identity, ...args], { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}

/** All that an agent would find in its git dir and in the folders mounted beside it, links followed. */
async function whatTheAgentSees(): Promise<string> {
  const options = { workspaceId: 'deadbeef', project, repository: await readRepository(project), target: join(folder, 'own'), masks: join(folder, 'masks') };
  await seedGitDir(options);
  const sources = (await gitMounts(options)).flatMap((mount) => (mount.kind === 'bind' ? [mount.source] : []));
  return execFileSync('grep', ['-r', '-a', '-h', '-e', '', ...sources], { encoding: 'latin1', maxBuffer: 64 * 1024 * 1024 });
}

describe('a hostile repository shows the agent no file of the host', () => {
  it.each(['MERGE_MSG', 'MERGE_HEAD', 'SQUASH_MSG', 'index', 'shallow', 'info/exclude', 'info/attributes', 'sharedindex.0123456789abcdef'])(
    'through a link at .git/%s',
    async (name) => {
      rmSync(join(project, '.git', name), { force: true });
      symlinkSync(join(host, 'key'), join(project, '.git', name));
      expect(readFileSync(join(project, '.git', name), 'utf8')).toBe(secret);
      // git may refuse such a repository altogether (and say why, to its user), which is as good.
      const seen = await whatTheAgentSees().catch(() => '');
      expect(seen).not.toContain(secret);
      expect(existsSync(join(folder, 'own', name))).toBe(false);
    },
  );

  it('through a link in place of .git/info', async () => {
    writeFileSync(join(host, 'exclude'), secret);
    rmSync(join(project, '.git/info'), { recursive: true });
    symlinkSync(host, join(project, '.git/info'));
    expect(readFileSync(join(project, '.git/info/exclude'), 'utf8')).toBe(secret);
    expect(await whatTheAgentSees()).not.toContain(secret);
  });

  it('through the ignore file that its configuration names', async () => {
    git(project, 'config', 'core.excludesFile', join(host, 'key'));
    expect(readFileSync(git(project, 'config', '--path', '--get', 'core.excludesFile'), 'utf8')).toBe(secret);
    expect(await whatTheAgentSees()).not.toContain(secret);
  });

  it('through an alternate that is no object folder', async () => {
    writeFileSync(join(project, '.git/objects/info/alternates'), `${host}\n`);
    const seen = await whatTheAgentSees();
    expect(seen).not.toContain(secret);
    expect(git(project, 'status', '--porcelain')).toBe('');
  });

  it('through an alternate in another repository of the user, whose commits it does not know', async () => {
    git(host, 'init', '-q');
    git(host, 'add', '.');
    git(host, 'commit', '-qm', 'private');
    const commit = git(host, 'rev-parse', 'HEAD');
    const tree = git(host, 'rev-parse', 'HEAD^{tree}');
    writeFileSync(join(project, '.git/objects/info/alternates'), `${host}/.git/objects\n`);
    expect(git(project, 'cat-file', '-t', commit)).toBe('commit');
    await whatTheAgentSees();
    const options = { workspaceId: 'deadbeef', project, repository: await readRepository(project), target: join(folder, 'own'), masks: join(folder, 'masks') };
    const sources = (await gitMounts(options)).flatMap((mount) => (mount.kind === 'bind' ? [mount.source] : []));
    expect(sources.filter((source) => source.startsWith(host))).toEqual([]);
    const inside = (...args: string[]): string => git(folder, `--git-dir=${join(folder, 'own')}`, ...args);
    expect(inside('rev-list', '--count', '--objects', 'HEAD')).toBe('3');
    for (const id of [commit, tree]) expect(() => inside('cat-file', '-t', id)).toThrow('cat-file');
  });

  it('through a link in place of its object folder', async () => {
    renameSync(join(project, '.git/objects'), join(host, 'objects'));
    writeFileSync(join(host, 'objects/other'), secret);
    symlinkSync(join(host, 'objects'), join(project, '.git/objects'));
    expect(readFileSync(join(project, '.git/objects/other'), 'utf8')).toBe(secret);
    expect(await whatTheAgentSees()).not.toContain(secret);
    expect(git(folder, `--git-dir=${join(folder, 'own')}`, 'rev-list', '--count', '--objects', 'HEAD')).toBe('3');
  });

  it('through a submodule whose object folder leads out', async () => {
    mkdirSync(join(project, '.git/modules'), { recursive: true });
    git(folder, 'init', '-q', '--bare', join(project, '.git/modules/evil'));
    rmSync(join(project, '.git/modules/evil/objects'), { recursive: true });
    symlinkSync(host, join(project, '.git/modules/evil/objects'));
    expect(readFileSync(join(project, '.git/modules/evil/objects/key'), 'utf8')).toBe(secret);
    expect(await whatTheAgentSees().catch(() => '')).not.toContain(secret);
  });
});

describe('a hostile .git that passes for a repository of the user', () => {
  let other: string;
  beforeEach(() => {
    other = join(folder, 'other');
    mkdirSync(other);
    git(other, 'init', '-q');
    writeFileSync(join(other, 'key'), secret);
    git(other, 'add', '.');
    git(other, 'commit', '-qm', secret);
    rmSync(join(project, '.git'), { recursive: true });
  });

  it.each([
    ['a file', 'git/elsewhere', () => writeFileSync(join(project, '.git'), `gitdir: ${other}/.git\n`)],
    ['a link', 'git/link', () => symlinkSync(join(other, '.git'), join(project, '.git'))],
    [
      'a common folder',
      'git/elsewhere',
      () => {
        git(project, 'init', '-q');
        writeFileSync(join(project, '.git/commondir'), `${other}/.git\n`);
        writeFileSync(join(project, '.git/HEAD'), 'ref: refs/heads/main\n');
      },
    ],
  ])('is refused: %s', async (_name, code, plant) => {
    plant();
    expect(git(project, 'log', '--format=%s')).toBe(secret);
    await expect(whatTheAgentSees()).rejects.toMatchObject({ code });
  });

  it('is accepted where the repository names the folder itself: a linked worktree, a git dir apart', async () => {
    rmSync(project, { recursive: true });
    git(other, 'worktree', 'add', '-q', '-b', 'side', project);
    expect(await readRepository(project)).toMatchObject({ commonDir: join(other, '.git') });
    git(other, 'worktree', 'remove', project);
    git(folder, 'init', '-q', `--separate-git-dir=${join(folder, 'apart')}`, project);
    await expect(readRepository(project)).rejects.toMatchObject({ code: 'git/elsewhere' });
    git(project, 'config', 'core.worktree', project);
    expect(await readRepository(project)).toMatchObject({ gitDir: join(folder, 'apart') });
  });

  it('is refused where the agent could write it: a git dir among the files, a link that can be replaced', async () => {
    git(project, 'init', '-q');
    renameSync(join(project, '.git'), join(project, '.bare'));
    git(join(project, '.bare'), '--git-dir=.', 'config', 'core.worktree', project);
    writeFileSync(join(project, '.git'), 'gitdir: ./.bare\n');
    // The control: what an agent writes there, the user's own git runs.
    git(join(project, '.bare'), '--git-dir=.', 'config', 'core.fsmonitor', `touch ${join(folder, 'ran')}; false`);
    git(project, 'status');
    expect(existsSync(join(folder, 'ran'))).toBe(true);
    await expect(readRepository(project)).rejects.toMatchObject({ code: 'git/inside' });
    rmSync(join(project, '.git'));
    symlinkSync('.bare', join(project, '.git'));
    await expect(readRepository(project)).rejects.toMatchObject({ code: 'git/link' });
  });
});

describe('a hostile repository holds nobody up', () => {
  let projects: Projects;
  beforeEach(() => {
    for (const name of ['home', 'data']) mkdirSync(join(folder, name));
    projects = createProjects({
      database: openDatabase(join(folder, 'data/forgehold.db'), workspaceMigrations),
      surroundings: { home: join(folder, 'home'), data: join(folder, 'data') },
      onChange: () => {},
      hasWorkspaces: () => false,
      refuseKeys: () => {},
      knowsEngine: () => Promise.resolve(false),
      removeWorkspaces: () => Promise.resolve(),
    });
  });

  it.each(['MERGE_MSG', 'info/exclude', 'index'])('with a named pipe at .git/%s', async (name) => {
    const control = join(folder, 'pipe');
    execFileSync('mkfifo', [control]);
    expect(() => execFileSync('cat', [control], { timeout: 300 })).toThrow('ETIMEDOUT');
    rmSync(join(project, '.git', name), { force: true });
    execFileSync('mkfifo', [join(project, '.git', name)]);
    await projects.create(project);
    expect(await projects.list()).toMatchObject([{ git: true }]);
    // git itself waits for an index; then the time limit on every git of ours ends it.
    const seeding = name === 'index' ? Promise.resolve('') : whatTheAgentSees();
    expect(await seeding).not.toContain(secret);
  });

  it.each([
    ['a link to itself', () => symlinkSync('.git', join(project, '.git')), 'git/link'],
    ['a named pipe', () => execFileSync('mkfifo', [join(project, '.git')]), 'git/broken'],
  ])('with %s in place of .git, before and after it was added', async (_name, plant, code) => {
    await projects.create(project);
    rmSync(join(project, '.git'), { recursive: true });
    plant();
    expect(await projects.list()).toHaveLength(1);
    await expect(projects.create(project)).rejects.toMatchObject({ code });
  });

  it('with names that are arguments, formats or shell to somebody else', async () => {
    const names = ['-rf', '--help', '$(touch ran)', '`touch ran`', "it's", 'a"b', 'a b', '#{pane_id}', '%s%n', '-', 'ünï😀', '~', '*', 'a\\b', 'a:b', 'a,b=c'];
    for (const name of names) {
      const own = join(folder, 'names', name);
      mkdirSync(own, { recursive: true });
      git(own, 'init', '-q');
      const created = await projects.create(own);
      expect(created).toMatchObject({ path: own, name, git: true });
      expect((await readRepository(own))?.gitDir).toBe(join(own, '.git'));
    }
    expect(readdirSync(join(folder, 'names')).toSorted()).toEqual(names.toSorted());
    await expect(projects.create(`${folder}/names/a\nb`)).rejects.toMatchObject({ code: 'project/not-found' });
    mkdirSync(join(folder, 'names/a\nb'));
    await expect(projects.create(`${folder}/names/a\nb`)).rejects.toMatchObject({ code: 'project/forbidden-folder' });
    expect(existsSync('ran')).toBe(false);
  });
});

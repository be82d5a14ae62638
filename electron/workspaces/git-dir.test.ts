import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatSetting, parseConfig, writeConfig } from './git-config.ts';
import { type GitDirOptions, gitMounts, releaseObjects, seedGitDir } from './git-dir.ts';
import { readRepository } from './repository.ts';

let folder: string;
let project: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'forgehold-git-')));
  project = join(folder, 'project');
  mkdirSync(project);
});
afterEach(() => rmSync(folder, { recursive: true }));

const environment = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', '-c', 'protocol.file.allow=always', '-c', 'init.defaultBranch=main'];
function git(cwd: string, ...args: string[]): string {
  return execFileSync('git', [...identity, ...args], { cwd, env: environment, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}
function commitFiles(repository: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(repository, name, '..'), { recursive: true });
    writeFileSync(join(repository, name), content);
  }
  git(repository, 'add', '-A');
  git(repository, 'commit', '-qm', 'work');
}

async function seeded(): Promise<GitDirOptions> {
  const options = { workspaceId: 'deadbeef', project, repository: await readRepository(project), target: join(folder, 'own'), masks: join(folder, 'masks') };
  await seedGitDir(options);
  return options;
}
/** Git on the new git dir, the borrowed objects reached by the environment as the container reaches them by its mounts. */
function inside(options: GitDirOptions, ...args: string[]): string {
  const alternates = options.repository!.objects ?? '';
  return execFileSync('git', [`--git-dir=${options.target}`, `--work-tree=${project}`, ...identity, ...args], {
    cwd: project,
    env: { ...environment, GIT_ALTERNATE_OBJECT_DIRECTORIES: alternates },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
}

describe('seedGitDir', () => {
  it('gives a git dir in which the work tree is as clean as outside', async () => {
    git(project, 'init', '-q');
    commitFiles(project, { 'a.txt': 'a', 'src/b.txt': 'b' });
    git(project, 'tag', '-a', 'v1', '-m', 'one');
    writeFileSync(join(project, 'new.txt'), 'new');
    writeFileSync(join(project, 'a.txt'), 'changed');
    git(project, 'add', 'a.txt');
    const options = await seeded();
    expect(inside(options, 'status', '--porcelain')).toBe('M  a.txt\n?? new.txt');
    expect(inside(options, 'rev-parse', 'HEAD', 'v1^{commit}')).toBe(git(project, 'rev-parse', 'HEAD', 'v1^{commit}'));
    expect(inside(options, 'symbolic-ref', 'HEAD')).toBe('refs/heads/main');
  });

  it('takes over remotes and upstreams as data, no program, no secret, no hook', async () => {
    git(project, 'init', '-q');
    commitFiles(project, { a: 'a' });
    git(project, 'remote', 'add', 'origin', 'https://ada:hunter2@example.com/ada/anvil.git');
    git(project, 'config', 'branch.main.remote', 'origin');
    git(project, 'config', 'core.fsmonitor', '/tmp/evil');
    git(project, 'config', 'core.hooksPath', '/tmp/evil');
    git(project, 'config', 'filter.x.clean', '/tmp/evil');
    git(project, 'config', 'alias.st', '!/tmp/evil');
    git(project, 'config', 'credential.helper', '/tmp/evil');
    writeFileSync(join(project, '.git/hooks/post-checkout'), '#!/bin/sh\n', { mode: 0o755 });
    const options = await seeded();
    const config = readFileSync(join(options.target, 'config'), 'utf8');
    expect(config).not.toMatch(/evil|hunter2/);
    expect(inside(options, 'config', 'remote.origin.url')).toBe('https://example.com/ada/anvil.git');
    expect(inside(options, 'config', 'branch.main.remote')).toBe('origin');
    expect(existsSync(join(options.target, 'hooks/post-checkout'))).toBe(false);
  });

  it('keeps what it borrows alive in the repository of the user, until it is released', async () => {
    git(project, 'init', '-q');
    commitFiles(project, { a: 'a' });
    git(project, 'checkout', '-qb', 'side');
    commitFiles(project, { b: 'b' });
    const side = git(project, 'rev-parse', 'HEAD');
    git(project, 'checkout', '-q', 'main');
    const options = await seeded();
    git(project, 'branch', '-qD', 'side');
    git(project, 'reflog', 'expire', '--expire=now', '--all');
    git(project, 'gc', '-q', '--prune=now');
    expect(inside(options, 'cat-file', '-t', side)).toBe('commit');
    await releaseObjects(project, 'deadbeef');
    expect(git(project, 'for-each-ref', 'refs/forge')).toBe('');
    git(project, 'gc', '-q', '--prune=now');
    expect(() => inside(options, 'cat-file', '-t', side)).toThrow('cat-file');
  });

  it('keeps what the agent did when it is asked again', async () => {
    git(project, 'init', '-q');
    commitFiles(project, { a: 'a' });
    const options = await seeded();
    inside(options, 'commit', '-q', '--allow-empty', '-m', 'by the agent');
    await seedGitDir(options);
    expect(inside(options, 'log', '-1', '--format=%s')).toBe('by the agent');
  });

  it.each(['sha1', 'sha256'])('works without a commit and with a detached HEAD (%s)', async (format) => {
    git(project, 'init', '-q', `--object-format=${format}`);
    const options = await seeded();
    expect(inside(options, 'status', '--porcelain', '--branch')).toBe('## No commits yet on main');
    rmSync(options.target, { recursive: true });
    commitFiles(project, { a: 'a' });
    git(project, 'checkout', '-q', '--detach');
    const again = await seeded();
    expect(inside(again, 'status', '--porcelain', '--branch')).toBe('## HEAD (no branch)');
    expect(inside(again, 'rev-parse', '--show-object-format')).toBe(format);
  });

  it('copies what the repository borrows, and mounts no alternate', async () => {
    const first = join(folder, 'first');
    const second = join(folder, 'second');
    mkdirSync(first);
    git(first, 'init', '-q');
    commitFiles(first, { a: '1' });
    commitFiles(first, { a: '2' });
    git(folder, 'clone', '-q', '--shared', first, second);
    commitFiles(second, { b: '1' });
    git(folder, 'clone', '-q', '--shared', second, project);
    const options = await seeded();
    const mounts = await gitMounts(options);
    expect(mounts.map((mount) => mount.kind === 'bind' && mount.source)).toEqual([
      options.target,
      join(project, '.git/objects'),
      join(folder, 'masks/no-alternates'),
    ]);
    for (const name of [first, second, join(project, '.git/objects/info/alternates')]) rmSync(name, { recursive: true });
    expect(inside(options, 'rev-list', '--count', '--objects', 'HEAD')).toBe('8');
    expect(inside(options, 'status', '--porcelain')).toBe('');
  });

  it('leaves a shallow clone shallow', async () => {
    const first = join(folder, 'first');
    mkdirSync(first);
    git(first, 'init', '-q');
    commitFiles(first, { a: '1' });
    commitFiles(first, { a: '2' });
    git(folder, 'clone', '-q', '--depth=1', `file://${first}`, project);
    const shallow = await seeded();
    expect(inside(shallow, 'rev-list', '--count', 'HEAD')).toBe('1');
    expect(inside(shallow, 'rev-parse', '--is-shallow-repository')).toBe('true');
  });

  it('gives a linked worktree its own HEAD and index', async () => {
    const main = join(folder, 'main');
    mkdirSync(main);
    git(main, 'init', '-q');
    commitFiles(main, { a: 'a' });
    rmSync(project, { recursive: true });
    git(main, 'worktree', 'add', '-q', '-b', 'side', project);
    const options = await seeded();
    expect(inside(options, 'status', '--porcelain', '--branch')).toBe('## side');
    const mounts = await gitMounts(options);
    expect(mounts).toContainEqual({ kind: 'bind', source: options.target, target: '/opt/forgehold/git', readOnly: false });
    expect(mounts).toContainEqual({ kind: 'bind', source: join(folder, 'masks/dot-git'), target: join(project, '.git'), readOnly: true });
  });

  it('seeds submodules too, and covers the file that leads to them', async () => {
    const library = join(folder, 'library');
    mkdirSync(library);
    git(library, 'init', '-q');
    commitFiles(library, { l: 'l' });
    git(project, 'init', '-q');
    commitFiles(project, { a: 'a' });
    git(project, 'submodule', '--quiet', 'add', library, 'vendor/library');
    git(project, 'commit', '-qm', 'library');
    const options = await seeded();
    expect(readFileSync(join(options.target, 'modules/vendor/library/config'), 'utf8')).toContain(`worktree = "${join(project, 'vendor/library')}"`);
    expect(readFileSync(join(options.target, 'modules/vendor/library/objects/info/alternates'), 'utf8')).toBe('/opt/forgehold/objects/1\n');
    const mounts = await gitMounts(options);
    expect(mounts).toContainEqual(expect.objectContaining({ target: join(project, 'vendor/library/.git'), readOnly: true }));
    expect(mounts).toContainEqual(
      expect.objectContaining({ source: join(project, '.git/modules/vendor/library/objects'), target: '/opt/forgehold/objects/1' }),
    );
  });

  it('gives a folder without git an empty place for the git dir of the agent', async () => {
    const options = await seeded();
    expect(await gitMounts(options)).toEqual([{ kind: 'bind', source: options.target, target: join(project, '.git'), readOnly: false }]);
    expect(await readRepository(project)).toBeNull();
  });

  it('refuses a .git that is no repository', async () => {
    mkdirSync(join(project, '.git'));
    writeFileSync(join(project, '.git/HEAD'), 'rubbish');
    await expect(readRepository(project)).rejects.toMatchObject({ code: 'git/broken' });
  });
});

describe('a configuration of our own', () => {
  it('quotes what it writes so that git reads the same', () => {
    const file = join(folder, 'config');
    const value = 'a "b" \\ c\n\td ; # e ';
    writeFileSync(file, formatSetting(['branch.odd "name\\.x.description', value]));
    expect(parseConfig(execFileSync('git', ['config', '-f', file, '--list', '-z'], { encoding: 'utf8' }))).toEqual([
      ['branch.odd "name\\.x.description', value],
    ]);
  });

  it.each([
    ['https://token@host/x.git', 'https://host/x.git'],
    ['https://a:b@host:8443/x@y', 'https://host:8443/x@y'],
    ['ssh://git:secret@host/x', 'ssh://git@host/x'],
    ['git@host:x.git', 'git@host:x.git'],
    ['/srv/git/x', '/srv/git/x'],
  ])('makes %s %s', (url, expected) => {
    expect(writeConfig([['remote.origin.url', url]], 'sha1')).toContain(`"${expected}"`);
  });
});

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AppError } from '../../shared/errors.ts';
import type { Project } from '../../shared/model/project.ts';
import { openDatabase } from '../lib/database.ts';
import { workspaceMigrations } from './migrations.ts';
import { explainForbidden } from './project-path.ts';
import { createProjects, type Projects } from './projects.ts';

let folder: string;
let projects: Projects;
let changes: [string, Project | null][];
let removed: string[];
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'forgehold-projects-')));
  for (const name of ['home/work/anvil', 'home/.ssh/keys', 'data']) mkdirSync(join(folder, name), { recursive: true });
  changes = [];
  removed = [];
  projects = createProjects({
    database: openDatabase(join(folder, 'data/forgehold.db'), workspaceMigrations),
    surroundings: { home: join(folder, 'home'), data: join(folder, 'data') },
    onChange: (id, project) => changes.push([id, project]),
    hasWorkspaces: () => false,
    refuseKeys: () => {},
    knowsEngine: (id) => Promise.resolve(id === 'far'),
    removeWorkspaces: (id) => Promise.resolve(void removed.push(id)),
  });
});
afterEach(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

describe('repositories by URL', () => {
  it('are one project however the URL is spelled, with an id from it alone', async () => {
    const first = await projects.clone({ url: 'https://GitHub.com/Ada/Orchard.git', keep: 'temporary' });
    expect(first).toMatchObject({ kind: 'clone', url: 'https://github.com/Ada/Orchard.git', path: '/workspaces/Orchard', name: 'Orchard', keep: 'temporary' });
    expect(first).toMatchObject({ present: true, git: true, engine: 'default' });
    expect(first.projectId).toBe(createHash('sha256').update('https://github.com/Ada/Orchard').digest('hex').slice(0, 12));
    expect(await projects.clone({ url: 'https://github.com:443/Ada/Orchard/', keep: 'named' })).toEqual(first);
    expect(await projects.clone({ url: 'https://gitlab.com/Ada/Orchard', keep: 'named' })).toMatchObject({ path: '/workspaces/Orchard' });
    expect(await projects.list()).toHaveLength(2);
  });

  it('lie on the engine that was asked for, if there is one of that name', async () => {
    const url = 'https://github.com/ada/orchard';
    await expect(projects.clone({ url, keep: 'named', engine: 'nowhere' })).rejects.toMatchObject({ code: 'engine/unknown' });
    expect(await projects.clone({ url, keep: 'named', engine: 'far' })).toMatchObject({ engine: 'far' });
  });

  it('with credentials in the URL are refused, and leave nothing behind', async () => {
    for (const url of ['https://ada:s3cret@github.com/ada/orchard', 'https://s3cret@github.com/ada/orchard', 'ssh://git:s3cret@github.com/ada/orchard']) {
      const error = await projects.clone({ url, keep: 'named' }).catch((reason: unknown) => reason as AppError);
      expect(error).toMatchObject({ code: 'project/credentials-in-url', message: expect.stringContaining('Leave out') });
      expect(JSON.stringify([error, (error as AppError).stack])).not.toContain('s3cret');
    }
    expect([await projects.list(), changes]).toEqual([[], []]);
    for (const name of readdirSync(at('data'))) expect(readFileSync(join(at('data'), name)).includes('s3cret')).toBe(false);
  });

  it('stand beside folders of a database that knew only those', async () => {
    const file = join(folder, 'data/old.db');
    const old = openDatabase(file, workspaceMigrations.slice(0, 2));
    old
      .prepare('INSERT INTO project (project_id, path, created_at, used_at) VALUES (?, ?, ?, ?)')
      .run('0123456789ab', at('home/work/anvil'), '2025-01-01T00:00:00Z', '2025-01-01T00:00:00Z');
    old.close();
    const database = openDatabase(file, workspaceMigrations);
    const renewed = createProjects({
      database,
      surroundings: { home: at('home'), data: at('data') },
      onChange: () => {},
      hasWorkspaces: () => false,
      refuseKeys: () => {},
      knowsEngine: () => Promise.resolve(false),
      removeWorkspaces: () => Promise.resolve(),
    });
    expect(await renewed.list()).toMatchObject([{ projectId: '0123456789ab', kind: 'folder', name: 'anvil', present: true }]);
    await renewed.clone({ url: 'https://github.com/ada/orchard', keep: 'named' });
    expect((await renewed.list()).map(({ kind }) => kind)).toEqual(['folder', 'clone']);
    database.close();
  });
});

describe('projects', () => {
  it('are the same under every spelling of the path', async () => {
    symlinkSync(at('home/work'), at('home/link'));
    const first = await projects.create(at('home/work/anvil'));
    const spellings = ['home/work/anvil/', 'home/work/../work/./anvil', 'home/link/anvil'];
    for (const spelling of spellings) expect((await projects.create(`${folder}/${spelling}`)).projectId).toBe(first.projectId);
    expect(await projects.list()).toHaveLength(1);
    expect(first).toMatchObject({ name: 'anvil', git: false, present: true });
    expect(first.projectId).toMatch(/^[0-9a-f]{12}$/);
  });

  it('know git, linked worktrees, and folders inside a repository', async () => {
    const git = (...args: string[]): Buffer => execFileSync('git', ['-C', at('home/work/anvil'), '-c', 'user.name=a', '-c', 'user.email=a@b', ...args]);
    git('init', '-q');
    git('commit', '-q', '--allow-empty', '-m', 'x');
    git('worktree', 'add', '-q', at('home/work/side'));
    mkdirSync(at('home/work/anvil/packages/a'), { recursive: true });
    expect((await projects.create(at('home/work/anvil'))).git).toBe(true);
    expect((await projects.create(at('home/work/side'))).git).toBe(true);
    expect((await projects.create(at('home/work/anvil/packages/a'))).git).toBe(false);
  });

  it.each([
    ['work/anvil', 'project/path-not-absolute'],
    ['/nowhere/at/all', 'project/not-found'],
    ['/', 'project/forbidden-folder'],
    ['/etc/ssl', 'project/forbidden-folder'],
  ])('refuse %s', async (path, code) => {
    await expect(projects.create(path)).rejects.toMatchObject({ code });
  });

  it('refuse the home, what holds it, keys, our own data, also by a symbolic link', async () => {
    symlinkSync(at('home/.ssh'), at('home/work/innocent'));
    for (const name of ['home', '.', 'home/.ssh', 'home/.ssh/keys', 'home/work/innocent', 'data', 'home/work/anvil/../../'])
      await expect(projects.create(`${folder}/${name}`)).rejects.toMatchObject({ code: 'project/forbidden-folder' });
  });

  it('refuse a file, a bare repository and a broken .git', async () => {
    writeFileSync(at('home/work/file'), '');
    execFileSync('git', ['init', '-q', '--bare', at('home/work/bare')]);
    mkdirSync(at('home/work/anvil/.git'));
    writeFileSync(at('home/work/anvil/.git/HEAD'), 'x');
    await expect(projects.create(at('home/work/file'))).rejects.toMatchObject({ code: 'project/not-a-folder' });
    await expect(projects.create(at('home/work/bare'))).rejects.toMatchObject({ code: 'project/bare-repository' });
    await expect(projects.create(at('home/work/anvil'))).rejects.toMatchObject({ code: 'git/broken' });
  });

  it('are forgotten after their workspaces are removed; the folder stays', async () => {
    const { projectId } = await projects.create(at('home/work/anvil'));
    await projects.remove(projectId);
    expect(removed).toEqual([projectId]);
    expect(changes.at(-1)).toEqual([projectId, null]);
    await expect(projects.get(projectId)).rejects.toMatchObject({ code: 'project/unknown' });
    await expect(projects.browse(at('home/work/anvil'))).resolves.toMatchObject({ folders: [] });
  });

  it('stay in the list while their folder is away', async () => {
    await projects.create(at('home/work/anvil'));
    rmSync(at('home/work/anvil'), { recursive: true });
    expect(await projects.list()).toMatchObject([{ present: false, git: false }]);
  });
});

describe('browsing', () => {
  it('lists folders, hidden ones last, and forgives what it cannot read', async () => {
    for (const name of ['b', 'a', '.hidden', 'locked']) mkdirSync(at(`home/work/${name}`));
    chmodSync(at('home/work/locked'), 0);
    symlinkSync('/nowhere', at('home/work/broken'));
    writeFileSync(at('home/work/file'), '');
    const answer = await projects.browse(at('home/work'));
    expect(answer.folders.map((one) => one.name)).toEqual(['a', 'anvil', 'b', 'locked', '.hidden']);
    expect(answer).toMatchObject({ path: at('home/work'), parent: at('home') });
    expect((await projects.browse()).path).toBe(at('home'));
    expect((await projects.browse('/')).parent).toBeNull();
  });
});

describe('explainForbidden', () => {
  it('lets a root user work below /root', () => {
    const root = { home: '/root', data: '/root/.forgehold' };
    expect(explainForbidden('/root/anvil', root)).toBeNull();
    expect(explainForbidden('/root/.forgehold/worktrees/x', root)).not.toBeNull();
    expect(explainForbidden('/root/.sshx', root)).toBeNull();
  });
});

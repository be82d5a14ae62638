import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Project } from '../../shared/model/project.ts';
import { openDatabase } from '../lib/database.ts';
import { explainForbidden } from './project-path.ts';
import { createProjects, type Projects, projectsMigration } from './projects.ts';

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
    database: openDatabase(join(folder, 'data/forgehold.db'), [projectsMigration]),
    surroundings: { home: join(folder, 'home'), data: join(folder, 'data') },
    onChange: (id, project) => changes.push([id, project]),
    removeWorkspaces: (id) => Promise.resolve(void removed.push(id)),
  });
});
afterEach(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

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

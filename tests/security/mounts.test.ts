import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { containerName } from '../../electron/engine/names.ts';
import type { WorkspaceParts } from '../../electron/workspaces/types.ts';
import type { WorkspaceOptions } from '../../shared/model/options.ts';
import type { Project } from '../../shared/model/project.ts';
import type { Workspace } from '../../shared/model/workspace.ts';
import { createTestEngine } from '../fixtures/engine.ts';
import { makeTestPlace, openWorkspaceService, type WorkspaceService } from '../fixtures/workspace-service.ts';

/** Stands in for the user's home folder (`tests/fixtures/workspace-service.ts`). */
const place = makeTestPlace();
const home = join(place.root, 'home');
let service: WorkspaceService;
let project: Project;

type Mounts = NonNullable<WorkspaceOptions['mounts']>;
function create(mounts: Mounts): Promise<Workspace> {
  return service.workspaces.create({ projectId: project.projectId, agent: 'shell', cpus: 1, memoryMb: 512, pidsLimit: 256, mode: 'none', mounts });
}
async function inside({ projectId, workspaceId }: Workspace, line: string): Promise<string> {
  const { stdout, stderr } = await service.engine.exec(containerName('agent', projectId, workspaceId), ['sh', '-c', line]);
  return (stdout + stderr).trim();
}

beforeAll(async () => {
  for (const name of ['project', 'project/inner', 'home', 'home/.ssh', 'open', 'repository', 'data']) mkdirSync(join(place.root, name));
  writeFileSync(join(home, '.ssh', 'id'), 'secret');
  writeFileSync(join(place.root, 'open', 'file'), 'open');
  execFileSync('git', ['init', '-q', join(place.root, 'repository')]);
  const mountSurroundings: WorkspaceParts['mountSurroundings'] = async () => {
    const projects = (await service.projects.list()).map(({ path }) => path);
    return { home, data: service.folders.root, platform: process.platform, projects, agentWritable: [...projects, ...service.workspaces.writableFolders()] };
  };
  service = await openWorkspaceService(join(home, '.forgehold'), { mountSurroundings });
  project = await service.projects.create(place.project);
});
afterAll(async () => {
  await service.projects.remove(project.projectId, { discard: true });
  await service.close();
  const { engine, cleanUp } = createTestEngine(undefined, service.folders.installation);
  await engine.info();
  await cleanUp();
  place.remove();
});

describe('what opens the host is not mounted', () => {
  const socket = join(place.root, 'open', 'socket');

  it.each([
    ['the root', '/'],
    ["the engine's socket", '/var/run/docker.sock'],
    ["the engine's socket by its other name", '/run/docker.sock'],
    ['a folder that holds it', '/run'],
    ['processes of the host', '/proc/1/root/etc'],
    ['devices', '/dev'],
    ['what the engine keeps', '/var/lib/docker'],
    ['a name in the engine machine', '/host_mnt/root'],
    ['another name in the engine machine', '/run/desktop/mnt/host/c'],
  ])('%s', async (_, source) => {
    for (const readOnly of [true, false])
      await expect(create([{ source, target: '/mnt/x', readOnly, confirmed: source }])).rejects.toMatchObject({ code: 'mount/refused' });
    expect(await service.workspaces.checkMount(source, true)).toMatchObject({ kind: 'refused' });
  });

  it('by a link to it, nor by a link to a link', async () => {
    const link = join(place.root, 'open', 'link');
    symlinkSync('/var/run/docker.sock', link);
    symlinkSync(link, `${link}-2`);
    symlinkSync('/', `${link}-root`);
    symlinkSync(service.folders.root, `${link}-data`);
    for (const source of [link, `${link}-2`, `${link}-root`, `${link}-data`, `${link}-data/forgehold.db`])
      await expect(create([{ source, target: '/mnt/x', readOnly: true }])).rejects.toMatchObject({ code: 'mount/refused' });
    for (const name of ['', '-2', '-root', '-data']) rmSync(link + name);
  });

  it("Forgehold's own folder, and no folder that an agent could put a link in", async () => {
    for (const source of [service.folders.root, service.folders.database, join(service.folders.root, 'workspaces')])
      await expect(create([{ source, target: '/mnt/x', readOnly: true }])).rejects.toMatchObject({ code: 'mount/refused' });
    await expect(create([{ source: join(place.project, 'inner'), target: '/mnt/x', readOnly: true }])).rejects.toMatchObject({
      code: 'mount/refused',
      message: expect.stringContaining('an agent could put a link'),
    });
  });

  it('a socket, a pipe or a device, whatever their names', async () => {
    const server = createServer().listen(socket);
    await new Promise((resolve) => server.once('listening', resolve));
    execFileSync('mkfifo', [`${socket}.pipe`]);
    for (const source of [socket, `${socket}.pipe`])
      await expect(create([{ source, target: '/mnt/x', readOnly: true }])).rejects.toMatchObject({ code: 'mount/refused' });
    server.close();
    rmSync(`${socket}.pipe`);
  });

  it('over what Forgehold or the system keeps in the container, or twice', async () => {
    const source = join(place.root, 'open');
    for (const target of [
      '/etc',
      '/opt/forgehold/provided',
      '/run/forgehold',
      '/home/agent',
      place.project,
      join(place.project, '.git'),
      '/usr/bin',
      '/mnt/../etc',
    ])
      await expect(create([{ source, target, readOnly: true }])).rejects.toMatchObject({ code: 'mount/target' });
    const twice = { source, target: '/mnt/x', readOnly: true };
    await expect(create([twice, { ...twice, source: join(place.root, 'data') }])).rejects.toMatchObject({ code: 'mount/target' });
    // The engine would make the missing folder in the user's project, as root.
    await expect(create([{ source, target: join(place.project, 'new'), readOnly: true }])).rejects.toMatchObject({ code: 'mount/target' });
    expect(existsSync(join(place.project, 'new'))).toBe(false);
  });

  it('nothing of all that has left a workspace', () => {
    expect(service.workspaces.list()).toEqual([]);
  });
});

describe('what cannot be mounted is said in a sentence', () => {
  it.each([
    ['missing', 'nothing', 'mount/not-found'],
    ['below a file', 'open/file/x', 'mount/not-found'],
    ['a link in a circle', 'circle', 'mount/loop'],
    ['a dead link', 'dead', 'mount/not-found'],
    ['a name with a line break behind a link', 'broken', 'mount/path'],
  ])('%s', async (_, name, code) => {
    const path = join(place.root, name);
    if (name === 'circle') symlinkSync(path, path);
    if (name === 'dead') symlinkSync(join(place.root, 'gone'), path);
    if (name === 'broken') {
      mkdirSync(join(place.root, 'line\nbreak'));
      symlinkSync(join(place.root, 'line\nbreak'), path);
    }
    await expect(service.workspaces.checkMount(path, true)).rejects.toMatchObject({ code, message: expect.stringMatching(/\.$/) });
  });

  it.skipIf(process.getuid?.() === 0)('unreadable (not as root, who reads everything)', async () => {
    chmodSync(join(place.root, 'data'), 0o000);
    await expect(service.workspaces.checkMount(join(place.root, 'data'), true)).rejects.toMatchObject({ code: 'mount/not-readable' });
    chmodSync(join(place.root, 'data'), 0o755);
  });
});

describe('what is sensitive', () => {
  it('needs its resolved path, typed; a link to it does too, and another path is no confirmation', async () => {
    const source = join(home, '.ssh');
    const link = join(place.root, 'keys');
    symlinkSync(source, link);
    expect(await service.workspaces.checkMount(link, true)).toMatchObject({ kind: 'confirm', resolved: source });
    for (const confirmed of [undefined, link, home, ''])
      await expect(create([{ source: link, target: '/mnt/keys', readOnly: true, ...(confirmed !== undefined && { confirmed }) }])).rejects.toMatchObject({
        code: 'mount/needs-confirmation',
        details: { resolved: source },
      });
    const workspace = await create([{ source: link, target: '/mnt/keys', readOnly: true, confirmed: source }]);
    expect(await inside(workspace, 'cat /mnt/keys/id')).toBe('secret');
    await service.workspaces.remove(workspace.workspaceId, { discard: true });
  });

  it("is the home folder read-only at most, with Forgehold's part of it covered", async () => {
    await expect(create([{ source: home, target: '/mnt/home', readOnly: false, confirmed: home }])).rejects.toMatchObject({ code: 'mount/refused' });
    const workspace = await create([{ source: home, target: '/mnt/home', readOnly: true, confirmed: home }]);
    expect(await inside(workspace, 'cat /mnt/home/.ssh/id; touch /mnt/home/x')).toMatch(/secret.*Read-only/s);
    expect(await inside(workspace, 'ls -A /mnt/home/.forgehold 2>&1 | grep -c forgehold.db')).toBe('0');
    expect(existsSync(service.folders.database)).toBe(true);
    await service.workspaces.remove(workspace.workspaceId, { discard: true });
  });
});

describe('a repository that is mounted writable', () => {
  it('keeps its git dir as it is: what the agent writes there the user would run', async () => {
    const repository = join(place.root, 'repository');
    const workspace = await create([{ source: repository, target: '/mnt/repository', readOnly: false }]);
    expect(
      await inside(workspace, 'cd /mnt/repository && touch made; echo evil > .git/hooks/pre-commit; git config core.fsmonitor evil; mv .git git; rm -rf .git'),
    ).toMatch(/Read-only|busy/);
    expect(existsSync(join(repository, 'made'))).toBe(true);
    expect(existsSync(join(repository, '.git/hooks/pre-commit'))).toBe(false);
    expect(readFileSync(join(repository, '.git/config'), 'utf8')).not.toContain('evil');
    // What is writable there is a place where an agent may put links.
    mkdirSync(join(repository, 'sub'));
    await expect(create([{ source: join(repository, 'sub'), target: '/mnt/x', readOnly: true }])).rejects.toMatchObject({ code: 'mount/refused' });
    await service.workspaces.remove(workspace.workspaceId, { discard: true });
  });
});

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDisk, type Disk } from '../../electron/doctor/disk.ts';
import { cacheVolumeName, labels } from '../../electron/engine/names.ts';
import { openDataFolder, type DataFolder } from '../../electron/lib/data-folder.ts';
import { removeTree } from '../../electron/workspaces/remove-tree.ts';
import type { Workspace } from '../../shared/model/workspace.ts';
import { makeDataFolder, removeDataFolder } from '../fixtures/core.ts';
import { baseImage, createTestEngine, idleSpec, randomId, startIdle, type TestEngine } from '../fixtures/engine.ts';
import { makeTar } from '../fixtures/tar.ts';

/** What takes room and what may go, against the real engine: our own things, and beside them those of a user and of another Forgehold. */
const known = { workspaceId: 'aaaaaaaa', projectId: 'aaaaaaaaaaaa' };
const gone = { workspaceId: 'bbbbbbbb', projectId: 'bbbbbbbbbbbb' };
const unused = `forgehold/test-${randomId()}:${randomId()}`;
const user = `forge-test-user-${randomId()}`;
let own: TestEngine;
let other: TestEngine;
let folder: DataFolder;
let disk: Disk;

function workspaces(): readonly Workspace[] {
  return [known as Workspace];
}

function docker(...argv: readonly string[]): string {
  return execFileSync('docker', argv, { encoding: 'utf8' }).trim();
}

function dangling(): readonly string[] {
  return docker('images', '--no-trunc', '--quiet', '--filter', 'dangling=true').split('\n').filter(Boolean);
}

/** Empty when it is gone by now. */
function stepsOf(id: string): string {
  const { stdout } = spawnSync('docker', ['history', '--no-trunc', '--format', '{{.CreatedBy}}', id], { encoding: 'utf8' });
  return stdout;
}

async function importTiny(tag: string): Promise<void> {
  await own.engine.importImage(Readable.from([await makeTar([{ name: 'hello', content: 'hello' }])]), tag);
}

async function idsOf(): Promise<readonly string[]> {
  return (await disk.reclaimable()).map(({ id }) => id);
}

beforeAll(async () => {
  own = createTestEngine();
  other = createTestEngine();
  folder = openDataFolder(makeDataFolder());
  disk = createDisk({
    houses: () => [{ engine: own.engine, title: null, workspaces, currentImages: async () => [], keepers: [] }],
    folder,
    removeTree,
    log: { warn: () => undefined },
  });
  await baseImage(own.engine);
});
afterAll(async () => {
  await disk?.close();
  for (const command of [
    ['rm', '-f', user],
    ['volume', 'rm', '-f', user],
    ['rmi', '-f', unused],
  ])
    execFileSync('docker', command, { stdio: 'ignore' });
  await own?.cleanUp();
  await other?.cleanUp();
  removeDataFolder(folder.root);
});

test('what takes room is told for each workspace, with holes and second names counted as what they are', async () => {
  const id = await startIdle(own.engine, { ...known, role: 'agent', readOnlyRoot: false, user: '0:0' });
  await own.engine.exec(id, ['sh', '-c', 'head -c 3000000 /dev/urandom > /var/tmp/grown']);
  await own.engine.ensureVolume(`forge-wall-${known.projectId}-${known.workspaceId}`, known);
  mkdirSync(folder.home(known.workspaceId), { recursive: true });
  writeFileSync(join(folder.home(known.workspaceId), 'transcript'), Buffer.alloc(2_000_000, 1));
  mkdirSync(folder.gitDir({ projectId: known.projectId, name: 'orchard' }, known.workspaceId), { recursive: true });
  const use = await disk.use();
  expect(use.workspaces).toMatchObject([{ ...known, volumes: expect.any(Number), git: expect.any(Number) }]);
  expect(use.workspaces[0]!.container).toBeGreaterThan(2_900_000);
  expect(use.workspaces[0]!.home).toBeGreaterThan(1_900_000);
  expect(use.free.data).toBeGreaterThan(0);
  expect(use.shared.map(({ id }) => id)).toEqual(expect.arrayContaining(['images', 'downloads', 'logs']));
});

test('what can go is our own, needed by nobody, and says why nothing is lost; taken away, it frees what was promised', async () => {
  await importTiny(unused);
  const helper = await startIdle(own.engine, { role: 'installer' });
  const busy = await startIdle(own.engine, { role: 'installer' });
  await own.engine.stopContainer(helper, 0);
  await own.engine.ensureVolume(`forge-wall-${gone.projectId}-${gone.workspaceId}`, gone);
  for (const cache of ['npm', 'cargo']) await own.engine.ensureVolume(cacheVolumeName(known.projectId, cache), { projectId: known.projectId });
  const cache = cacheVolumeName(known.projectId, 'cargo');
  const user = await startIdle(own.engine, { mounts: [{ kind: 'volume', source: cache, target: '/var/cache/x', readOnly: false }] });
  const home = join(folder.workspace(gone.workspaceId), 'home');
  const emptyGit = join(folder.root, 'git/orchard-bbbbbb/bbbbbbbb');
  mkdirSync(home, { recursive: true });
  mkdirSync(join(emptyGit, 'objects/pack'), { recursive: true });
  mkdirSync(join(folder.root, 'git/orchard-bbbbbb/cccccccc.draft/objects/ab'), { recursive: true });
  mkdirSync(folder.downloads, { recursive: true });
  mkdirSync(folder.logs, { recursive: true });
  for (const name of ['stale', 'fresh']) writeFileSync(join(folder.downloads, name), 'x'.repeat(10_000));
  utimesSync(join(folder.downloads, 'stale'), 1, 1);
  for (const name of ['core.log', 'core.log.1']) writeFileSync(join(folder.logs, name), 'x'.repeat(10_000));

  const wanted = [`image:${unused}`, `container:${helper}`, `volume:forge-wall-${gone.projectId}-${gone.workspaceId}`];
  wanted.push(`volume:${cacheVolumeName(known.projectId, 'npm')}`, 'home:bbbbbbbb', 'git:bbbbbbbb', 'draft:cccccccc', 'download:stale', 'log:core.log.1');
  const offered = await disk.reclaimable();
  expect(offered.map(({ id }) => id)).toEqual(expect.arrayContaining(wanted));
  for (const { why, bytes } of offered) expect([why.length > 10, bytes >= 0]).toEqual([true, true]);
  expect(offered.map(({ id }) => id)).not.toEqual(expect.arrayContaining([`container:${busy}`]));
  expect(offered.map(({ id }) => id)).not.toContain(`volume:${cache}`);

  const promised = offered.filter(({ id }) => wanted.includes(id)).reduce((sum, { bytes }) => sum + bytes, 0);
  expect(await disk.reclaim(wanted)).toBe(promised);
  expect(await own.engine.imageId(unused)).toBe(null);
  expect(await own.engine.inspectContainer(helper)).toBe(null);
  expect(await own.engine.inspectContainer(busy)).not.toBe(null);
  expect([home, emptyGit, join(folder.downloads, 'stale'), join(folder.logs, 'core.log.1')].map((path) => existsSync(path))).toEqual([
    false,
    false,
    false,
    false,
  ]);
  expect([join(folder.downloads, 'fresh'), join(folder.logs, 'core.log'), folder.home(known.workspaceId)].map((path) => existsSync(path))).toEqual([
    true,
    true,
    true,
  ]);
  await own.engine.removeContainer(user);
  await own.engine.removeVolume(cache);
  expect((await own.engine.listVolumes()).map(({ name }) => name)).toEqual([`forge-wall-${known.projectId}-${known.workspaceId}`]);
});

test('work that may lie nowhere else is never offered: a git dir with objects of its own, a clone in a volume', async () => {
  const git = join(folder.root, 'git/orchard-bbbbbb/dddddddd/objects/ab');
  mkdirSync(git, { recursive: true });
  writeFileSync(join(git, 'cdef'), 'a commit');
  const nested = join(folder.root, 'git/orchard-bbbbbb/eeeeeeee/modules/sub/objects/pack');
  mkdirSync(nested, { recursive: true });
  writeFileSync(join(nested, 'pack-1.pack'), 'commits');
  const clone = `forge-clone-${gone.projectId}-${gone.workspaceId}`;
  await own.engine.ensureVolume(clone, gone);
  const offered = await idsOf();
  for (const id of ['git:dddddddd', 'git:eeeeeeee', `volume:${clone}`]) expect(offered).not.toContain(id);
  expect(await disk.reclaim(['git:dddddddd', 'git:eeeeeeee', `volume:${clone}`, 'home:aaaaaaaa'])).toBe(0);
  expect([existsSync(join(git, 'cdef')), existsSync(nested), existsSync(folder.home(known.workspaceId))]).toEqual([true, true, true]);
  expect((await own.engine.listVolumes()).map(({ name }) => name)).toContain(clone);
});

test("another installation's things and the user's own are neither offered nor removed, not even by name", async () => {
  const image = await baseImage(own.engine);
  docker('run', '--name', user, '--label', `${labels.managed}=1`, '--label', `${labels.role}=installer`, image, 'true');
  docker('volume', 'create', '--label', `${labels.managed}=1`, user);
  const theirs = await startIdle(other.engine, { role: 'installer' });
  await other.engine.stopContainer(theirs, 0);
  await other.engine.ensureVolume(`forge-wall-${gone.projectId}-ffffffff`, { ...gone, workspaceId: 'ffffffff' });
  const containerId = docker('inspect', '--format', '{{.Id}}', user);
  const wishes = [`container:${containerId}`, `container:${user}`, `volume:${user}`, `image:${image}`, `container:${theirs}`];
  wishes.push(`volume:forge-wall-${gone.projectId}-ffffffff`, 'image:debian:latest', 'home:../../etc', 'download:../settings.json', '');
  const offered = await idsOf();
  for (const wish of wishes) expect(offered).not.toContain(wish);
  expect(await disk.reclaim(wishes)).toBe(0);
  expect(docker('inspect', '--format', '{{.Name}}', user)).toBe(`/${user}`);
  expect(docker('volume', 'inspect', '--format', '{{.Name}}', user)).toBe(user);
  expect(await other.engine.inspectContainer(theirs)).not.toBe(null);
  expect((await other.engine.listVolumes()).length).toBe(1);
  expect(await own.engine.imageId(image)).not.toBe(null);
  await expect(own.engine.removeImage(image)).rejects.toMatchObject({ code: 'engine/foreign-image' });
});

test('what vanished or came into use meanwhile is tolerated', async () => {
  await importTiny(unused);
  const helper = await startIdle(own.engine, { role: 'installer' });
  await own.engine.stopContainer(helper, 0);
  expect(await idsOf()).toEqual(expect.arrayContaining([`image:${unused}`, `container:${helper}`]));
  await own.engine.removeContainer(helper);
  await own.engine.createContainer(await idleSpec(own.engine, { image: unused, command: ['/hello'] }));
  expect(await disk.reclaim([`image:${unused}`, `container:${helper}`])).toBe(0);
  expect(await own.engine.imageId(unused)).not.toBe(null);
});

test('a broken-off build of ours leaves an image that can go; one that is young, and a build of the user, stay', async () => {
  const base = await baseImage(own.engine);
  const marker = randomId();
  /** What the build left, told from what others build meanwhile. */
  const build = async (step: string): Promise<readonly string[]> => {
    const file = { name: 'Dockerfile', content: `FROM ${base}\nRUN mkdir -p ${step}\nRUN exit 3\n` };
    await own.engine
      .buildImage(await makeTar([file]), { tag: `forgehold/never:${randomId()}`, buildArgs: {}, onProgress: () => undefined })
      .catch(() => undefined);
    return dangling().filter((id) => stepsOf(id).includes(`mkdir -p ${step}`));
  };
  const ours = await build(`/opt/forgehold/tools /${marker}`);
  const strangers = await build(`/srv/${marker}`);
  expect(strangers.length).toBeGreaterThan(0);
  try {
    expect((await own.engine.buildLeftovers(3600_000)).filter(({ id }) => ours.includes(id))).toEqual([]);
    const found = new Set((await own.engine.buildLeftovers(0)).map(({ id }) => id));
    const left = ours.filter((id) => found.has(id));
    expect(left.length).toBeGreaterThan(0);
    expect(strangers.filter((id) => found.has(id))).toEqual([]);
    expect(await own.engine.removeBuildLeftover(left[0]!)).toBe(true);
    expect(await own.engine.removeBuildLeftover(left[0]!)).toBe(false);
    expect(await own.engine.removeBuildLeftover(strangers[0]!)).toBe(false);
  } finally {
    for (const id of [...ours, ...strangers]) if (dangling().includes(id)) docker('rmi', id);
  }
});

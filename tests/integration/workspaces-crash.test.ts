import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { egressNetworkName, toolsVolumeName } from '../../electron/engine/names.ts';
import { until } from '../fixtures/core.ts';
import { createTestEngine, idleSpec } from '../fixtures/engine.ts';
import { listObjects, makeTestPlace, openWorkspaceService } from '../fixtures/workspace-service.ts';

const place = makeTestPlace();
const driver = join(import.meta.dirname, '..', 'fixtures', 'create-workspace.ts');

function git(...args: string[]): string {
  return execFileSync('git', ['-C', place.project, '-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args], { encoding: 'utf8' }).trim();
}

beforeAll(async () => {
  mkdirSync(place.project);
  git('init', '-q', '-b', 'main');
  writeFileSync(join(place.project, 'a.txt'), 'a');
  git('add', '-A');
  git('commit', '-qm', 'begin');
  // The tools are made ready once, as they would be for a second workspace.
  const service = await openWorkspaceService(place.data);
  await service.parts.tools.ensure('node', () => {});
  await service.close();
});
afterAll(async () => {
  const service = await openWorkspaceService(place.data);
  for (const project of await service.projects.list()) await service.projects.remove(project.projectId);
  await service.close();
  const { engine, cleanUp } = createTestEngine(undefined, service.folders.installation);
  await engine.info();
  await cleanUp();
  place.remove();
});

/** Lets a core make a workspace and kills it as soon as it says `moment`, or so many milliseconds later. */
async function killAt(moment: string, delay = 0): Promise<void> {
  const child = spawn(process.execPath, [driver, place.data, place.project], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise<NodeJS.Signals | null>((resolve) => child.once('exit', (_, signal) => resolve(signal)));
  for await (const line of createInterface({ input: child.stdout })) {
    if (line !== moment) continue;
    if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
    child.kill('SIGKILL');
    break;
  }
  expect(await exited).toBe('SIGKILL');
}

function contentOf(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

const steps = ['engine', 'agent-image', 'gateway-image', 'tools', 'folders', 'wall', 'container', 'start', 'self-test', 'agent', 'terminals'];
const moments: readonly [string, number][] = [
  // A step's end is the next one's beginning.
  ...steps.map((step): [string, number] => [`${step} running`, 0]),
  [`${steps.at(-1)} done`, 0],
  // In the midst of what takes long.
  ...[5, 10, 20, 40].map((delay): [string, number] => ['folders running', delay]),
  ...[10, 30, 60, 120, 240].map((delay): [string, number] => ['wall running', delay]),
  ...[10, 30, 60, 120, 240].map((delay): [string, number] => ['container running', delay]),
];

describe('a core that is killed while it makes a workspace', () => {
  it.each(moments)('leaves nothing that the next start does not remove (%s, +%i ms)', async (moment, delay) => {
    await killAt(moment, delay);
    const service = await openWorkspaceService(place.data);
    try {
      await service.settled();
      // Killed at its very last moment it may have become ready, and is adopted with its wall; else nothing is left.
      const [left] = service.workspaces.list();
      expect(left?.state.kind ?? 'gone').toMatch(/^(running|gone)$/);
      // What the engine finished only now, for the core that is dead, goes as soon as the engine tells of it.
      await until(
        async () => (await listObjects(service.engine)).filter((one) => one.workspaceId !== undefined && one.workspaceId !== left?.workspaceId),
        (strays) => strays.length === 0,
        'nothing of an unknown workspace',
      );
      if (left) await service.workspaces.remove(left.workspaceId);
      // The installation's own volume of tools and its way out are for all workspaces, and stay.
      const lasting = new Set([toolsVolumeName(service.folders.installation), egressNetworkName(service.folders.installation)]);
      expect((await listObjects(service.engine)).filter((one) => !lasting.has(one.name))).toEqual([]);
      for (const folder of ['workspaces', 'git']) expect(contentOf(join(place.data, folder))).toEqual([]);
      expect(git('for-each-ref', 'refs/forge')).toBe('');
      expect(git('status', '--porcelain')).toBe('');
    } finally {
      await service.close();
    }
  });

  it('leaves nothing of what the engine finishes only after the next start has looked', async () => {
    const service = await openWorkspaceService(place.data);
    await service.settled();
    const late = { projectId: 'a'.repeat(12), workspaceId: 'b'.repeat(8), role: 'agent' as const };
    const id = await service.engine.createContainer(await idleSpec(service.engine, late));
    await until(
      () => service.engine.inspectContainer(id),
      (container) => container === null,
      'the end of a container of nobody',
    );
    expect(service.workspaces.list()).toEqual([]);
    await service.close();
  });

  it('leaves a running one alone, which the next start adopts', async () => {
    await killAt('ready');
    const service = await openWorkspaceService(place.data);
    await service.settled();
    expect(service.workspaces.list()).toMatchObject([{ state: { kind: 'running' } }]);
    await service.close();
  });

  it('leaves no trace of a workspace whose record was lost', async () => {
    const service = await openWorkspaceService(place.data);
    await service.settled();
    await service.close();
    for (const name of ['forgehold.db', 'forgehold.db-wal', 'forgehold.db-shm'])
      if (existsSync(join(place.data, name))) execFileSync('rm', [join(place.data, name)]);
    const again = await openWorkspaceService(place.data);
    await again.settled();
    expect((await listObjects(again.engine)).filter((one) => one.workspaceId !== undefined)).toEqual([]);
    await again.close();
  });
});

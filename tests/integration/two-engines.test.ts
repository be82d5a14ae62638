import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../electron/engine/engine.ts';
import { containerName } from '../../electron/engine/names.ts';
import type { Engine } from '../../electron/engine/types.ts';
import { attachToCore } from '../../electron/ipc/attach.ts';
import { openDataFolder } from '../../electron/lib/data-folder.ts';
import { createSettings } from '../../electron/settings/settings.ts';
import type { Client } from '../../shared/contract/client.ts';
import type { Change } from '../../shared/model/snapshot.ts';
import type { Workspace } from '../../shared/model/workspace.ts';
import { copyImages } from '../fixtures/copy-images.ts';
import { makeDataFolder, removeDataFolder, startCore, type TestCore, until } from '../fixtures/core.ts';
import { canRunDockerd, makePrivateDockerd, type PrivateDockerd } from '../fixtures/dockerd.ts';
import { removeAll, testEndpoint } from '../fixtures/engine.ts';
import { createTestTools } from '../fixtures/tools.ts';

/** One core, two engines: this machine's, and a second one that dies. The core runs beside the second, in a network that leads nowhere. */
describe.skipIf(!canRunDockerd)('two projects on two engines', () => {
  let second: PrivateDockerd;
  let core: TestCore;
  let client: Client;
  const engines: Engine[] = [];
  const changes: Change[] = [];
  const data = makeDataFolder();
  const parent = realpathSync(mkdtempSync(join(tmpdir(), 'forgehold-projects-')));
  const projects: Record<'near' | 'far' | 'lost', string> = { near: '', far: '', lost: '' };
  let near: Workspace;
  let far: Workspace;

  beforeAll(async () => {
    second = makePrivateDockerd('overlay2');
    await second.start();
    const { installation } = openDataFolder(data);
    const named = [
      { name: 'second', address: second.endpoint.address },
      // Nobody listens on port 9, and what is reached over TCP has none of this machine's folders.
      { name: 'lost', address: 'tcp://127.0.0.1:9' },
    ];
    createSettings({ folder: data }).set({ engine: testEndpoint().address, engines: named });
    engines.push(createEngine({ installation, endpoint: testEndpoint() }), createEngine({ installation, endpoint: second.endpoint }));
    await copyImages(second.endpoint.address);
    // The core has no way to a registry; what it finds is used as it is.
    for (const engine of engines) {
      const tools = await createTestTools(engine);
      for (const tool of ['node', 'npm'] as const) await tools.ensure(tool, () => undefined);
      await tools.end();
    }
    await open();
    await makeProjects();
  });
  afterAll(async () => {
    client?.close();
    await core?.stop();
    for (const engine of engines) await removeAll(engine);
    await second?.remove();
    removeDataFolder(data);
    rmSync(parent, { recursive: true, force: true });
  });

  async function makeProjects(): Promise<void> {
    for (const [name, engine] of [
      ['near', 'default'],
      ['far', 'second'],
      ['lost', 'lost'],
    ] as const) {
      const path = join(parent, name);
      mkdirSync(path);
      const { projectId } = await client.call('projects.create', { path });
      expect(await client.call('projects.edit', { projectId, engine })).toMatchObject({ engine });
      projects[name] = projectId;
    }
  }
  async function open(): Promise<void> {
    core = await startCore(data, {}, second.beside());
    client = await attachToCore(data);
    client.on('app.changed', ({ change }) => changes.push(change));
  }
  async function see({ workspaceId }: Workspace): Promise<Workspace> {
    return (await client.call('workspaces.list', {})).find((one) => one.workspaceId === workspaceId)!;
  }
  function reach(workspace: Workspace, ...kinds: readonly Workspace['state']['kind'][]): Promise<Workspace> {
    return until(
      () => see(workspace),
      (one) => kinds.includes(one?.state.kind),
      `one of ${kinds.join(', ')}`,
    );
  }
  async function answerIn(terminalId: string, sum: string): Promise<void> {
    await client.call('terminals.send', { terminalId, text: `echo sum-$((${sum}))`, enter: true });
    await until(
      () => client.call('terminals.screen', { terminalId }),
      ({ lines }) => lines.some((line) => line.startsWith(`sum-${sum.split(' + ').reduce((total, one) => total + Number(one), 0)}`)),
      'the answer of the shell',
    );
  }
  async function engineStates(): Promise<Record<string, string>> {
    const { engines: inUse } = await client.call('app.snapshot', {});
    return Object.fromEntries(inUse.map(({ engineId, state }) => [engineId, state.kind]));
  }
  async function objectsOf({ workspaceId }: Workspace): Promise<readonly number[]> {
    return Promise.all(engines.map(async (engine) => (await engine.listContainers({ workspaceId })).length));
  }

  it('run each on its own, behind a wall that is proven there', async () => {
    far = await client.call('workspaces.create', { projectId: projects.far, agent: 'shell' });
    near = await client.call('workspaces.create', { projectId: projects.near, agent: 'shell' });
    for (const workspace of [near, far]) expect(workspace).toMatchObject({ state: { kind: 'running' }, wall: { kind: 'standing' } });
    expect(await objectsOf(near)).toEqual([2, 0]);
    expect(await objectsOf(far)).toEqual([0, 2]);
    expect((await client.call('workspaces.list', {})).length).toBe(2);
    const report = await client.call('selftest.run', { workspaceId: far.workspaceId });
    expect(report.attempts.find(({ id }) => id === 'canary-heard')?.result).toBe('passed');
    expect(await client.call('domains.list', { workspaceId: far.workspaceId })).toMatchObject({ blocked: [] });
  });

  it('have their terminals side by side', async () => {
    for (const { workspaceId } of [near, far]) {
      const { terminalId } = await client.call('terminals.open', { workspaceId, kind: 'shell' });
      await answerIn(terminalId, '20 + 22');
    }
    expect(new Set((await client.call('terminals.list', {})).map(({ workspaceId }) => workspaceId))).toEqual(new Set([near.workspaceId, far.workspaceId]));
  });

  it('tell which engines there are, and what is true of each', async () => {
    const list = await client.call('engines.list', {});
    expect(list.find(({ engineId }) => engineId === 'second')).toMatchObject({ local: true, origin: 'settings', projects: 1, state: { kind: 'connected' } });
    expect(list.find(({ engineId }) => engineId === 'lost')).toMatchObject({ local: false, projects: 1, state: { kind: 'unreachable' } });
    expect(await client.call('engines.probe', { engine: 'second' })).toMatchObject({ kind: 'answers', apiVersion: expect.stringMatching(/^1\./) });
    expect(await client.call('engines.probe', { engine: 'lost' })).toMatchObject({ kind: 'fails', reason: expect.stringContaining('Nothing listens') });
    expect(await client.call('engines.probe', { engine: 'tcp://192.0.2.7' })).toMatchObject({ kind: 'fails', reason: expect.stringContaining('Without TLS') });
    await until(engineStates, ({ lost }) => lost === 'unreachable', 'the state of the lost engine');
    expect(await engineStates()).toEqual({ default: 'connected', second: 'connected', lost: 'unreachable' });
    // The doctor looks at each as closely as at the default one.
    const checks = await client.call('doctor.run', { ids: ['engine', 'engine-second', 'engine-lost'] });
    expect(checks.map(({ id, state, facts }) => [id, state, Object.keys(facts ?? {}).length])).toEqual([
      ['engine', 'ok', Object.keys(checks[0]?.facts ?? {}).length],
      ['engine-second', 'ok', Object.keys(checks[0]?.facts ?? {}).length],
      ['engine-lost', 'bad', 1],
    ]);
    expect(checks[0]?.facts).toHaveProperty('security');
  });

  it('cannot have a folder of this machine on an engine of another one', async () => {
    await expect(client.call('workspaces.create', { projectId: projects.lost, agent: 'shell' })).rejects.toMatchObject({
      code: 'project/engine-remote',
      message: expect.stringContaining('clone URL'),
    });
  });

  it('do not feel it when the engine of the other dies, and when it is back', async () => {
    const [terminal] = await client.call('terminals.list', { workspaceId: near.workspaceId });
    changes.length = 0;
    await second.kill();
    await reach(far, 'unknown');
    await answerIn(terminal!.terminalId, '30 + 3');
    expect(await engineStates()).toEqual({ default: 'connected', second: 'unreachable', lost: 'unreachable' });
    await expect(client.call('workspaces.create', { projectId: projects.far, agent: 'shell' })).rejects.toMatchObject({
      code: expect.stringMatching(/^engine\//),
    });
    expect((await client.call('workspaces.restart', { workspaceId: near.workspaceId })).state.kind).toBe('running');
    await second.start();
    await reach(far, 'running', 'stopped');
    expect((await client.call('workspaces.start', { workspaceId: far.workspaceId })).wall.kind).toBe('standing');
    const { terminalId } = await client.call('terminals.open', { workspaceId: far.workspaceId, kind: 'shell' });
    await answerIn(terminalId, '40 + 4');
    const ofNear = changes.flatMap((change) =>
      change.kind === 'workspace' && change.id === near.workspaceId && change.value ? [change.value.state.kind] : [],
    );
    expect(ofNear).not.toContain('unknown');
    expect(changes.filter(({ kind }) => kind === 'engine')).toEqual([]);
  });

  it('are found again by a core that starts while one engine is away, and takes nothing of the other', async () => {
    await client.call('workspaces.stop', { workspaceId: far.workspaceId });
    client.close();
    await core.stop();
    await second.kill();
    await open();
    await reach(near, 'running');
    expect((await see(far)).state.kind).toBe('unknown');
    // Its look for leftovers is over when it has adopted what runs.
    expect(await engines[0]!.inspectContainer(containerName('agent', near.projectId, near.workspaceId))).toMatchObject({ status: 'running' });
    await second.start();
    await reach(far, 'stopped');
    await expect.poll(() => engines[1]!.state().kind, { timeout: 30_000 }).toBe('connected');
    expect(await objectsOf(far)).toEqual([0, 2]);
  });

  it('leave nothing on either when they are removed', async () => {
    for (const projectId of [projects.near, projects.far, projects.lost]) await client.call('projects.remove', { projectId, discard: true });
    expect(await client.call('workspaces.list', {})).toEqual([]);
    expect(await objectsOf(near)).toEqual([0, 0]);
    expect(await objectsOf(far)).toEqual([0, 0]);
  });
});

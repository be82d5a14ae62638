import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../electron/engine/engine.ts';
import { containerName } from '../../electron/engine/names.ts';
import type { Engine } from '../../electron/engine/types.ts';
import { openDataFolder } from '../../electron/lib/data-folder.ts';
import { createSettings } from '../../electron/settings/settings.ts';
import type { Workspace } from '../../shared/model/workspace.ts';
import { copyImages } from '../fixtures/copy-images.ts';
import { makeDataFolder, removeDataFolder, startCore, type TestCore, until } from '../fixtures/core.ts';
import { canRunDockerd, makePrivateDockerd, type PrivateDockerd } from '../fixtures/dockerd.ts';
import { createTestTools } from '../fixtures/tools.ts';

/**
 * A whole core beside an engine that dies. Both run in a network of their own, which leads nowhere: what an allowed name in the
 * internet answers is not part of this test. All else of the wall is, with the canary and every control.
 */
describe.skipIf(!canRunDockerd)('an engine that is killed under a core', () => {
  let dockerd: PrivateDockerd;
  let engine: Engine;
  let core: TestCore;
  let runs: Workspace;
  let rests: Workspace;
  let frozen: Workspace;
  const data = makeDataFolder();
  const parent = realpathSync(mkdtempSync(join(tmpdir(), 'forgehold-projects-')));

  beforeAll(async () => {
    dockerd = makePrivateDockerd('overlay2');
    await dockerd.start();
    const { installation } = openDataFolder(data);
    createSettings({ folder: data }).set({ engine: dockerd.endpoint.address });
    engine = createEngine({ installation, endpoint: dockerd.endpoint });
    await copyImages(dockerd.endpoint.address);
    // The core has no way to a registry; what it finds is used as it is.
    const tools = await createTestTools(engine);
    for (const tool of ['node', 'npm'] as const) await tools.ensure(tool, () => undefined);
    await tools.end();
    core = await startCore(data, {}, dockerd.beside());
    const path = join(parent, 'orchard');
    mkdirSync(path);
    const { projectId } = await core.call('projects.create', { path });
    const request = { projectId, agent: 'shell' } as const;
    runs = await core.call('workspaces.create', request);
    rests = await core.call('workspaces.create', request);
    await core.call('workspaces.stop', { workspaceId: rests.workspaceId });
    frozen = await core.call('workspaces.create', request);
    await core.call('workspaces.pause', { workspaceId: frozen.workspaceId });
  });
  afterAll(async () => {
    await core?.stop();
    engine?.close();
    await dockerd?.remove();
    removeDataFolder(data);
    rmSync(parent, { recursive: true, force: true });
  });

  async function see({ workspaceId }: Workspace): Promise<Workspace> {
    const list = await core.call('workspaces.list');
    return list.find((one) => one.workspaceId === workspaceId)!;
  }
  function stateIs(workspace: Workspace, kind: Workspace['state']['kind']): Promise<Workspace> {
    return until(
      () => see(workspace),
      (one) => one.state.kind === kind,
      `the state ${kind}`,
    );
  }
  /** The shell's answer to a sum: nothing that was typed holds it. */
  async function answerIn(terminalId: string): Promise<void> {
    await core.call('terminals.send', { terminalId, text: 'echo sum-$((20 + 22))', enter: true });
    await until(
      () => core.call('terminals.screen', { terminalId }),
      ({ lines }) => lines.some((line) => line.startsWith('sum-42')),
      'the answer of the shell',
    );
  }
  async function expectWholeWall({ workspaceId }: Workspace): Promise<void> {
    const report = await core.call('selftest.run', { workspaceId });
    expect(report.attempts.filter(({ result }) => result === 'failed')).toEqual([]);
    expect(report.attempts.find(({ id }) => id === 'canary-heard')?.result).toBe('passed');
    expect((await see(runs)).wall.kind).toBe('standing');
  }

  it('was whole before (the control of what follows)', async () => {
    expect((await see(runs)).state.kind).toBe('running');
    expect((await see(rests)).state.kind).toBe('stopped');
    expect((await see(frozen)).state.kind).toBe('paused');
    await expectWholeWall(runs);
    const { terminalId } = await core.call('terminals.open', { workspaceId: runs.workspaceId, kind: 'shell' });
    await answerIn(terminalId);
  });

  it('leaves every state unknown, and what is asked of it refused', async () => {
    await dockerd.kill();
    await stateIs(runs, 'unknown');
    await stateIs(rests, 'unknown');
    await stateIs(frozen, 'unknown');
    expect((await core.call('app.info')).engine.kind).toMatch(/^(unreachable|connecting)$/);
    expect((await core.call('terminals.list', {})).map(({ state }) => state.kind)).toEqual(['unknown']);
    await expect(core.call('workspaces.start', { workspaceId: rests.workspaceId })).rejects.toMatchObject({ code: expect.stringMatching(/^engine\//) });
    await expect(core.call('workspaces.create', { projectId: runs.projectId, agent: 'shell' })).rejects.toMatchObject({
      code: expect.stringMatching(/^engine\//),
    });
  });

  it('comes back: states are what the new engine has', async () => {
    await dockerd.start();
    await stateIs(rests, 'stopped');
    const { state } = await until(
      () => see(runs),
      (one) => ['running', 'stopped', 'failed'].includes(one.state.kind),
      'a state that is known',
    );
    const container = await engine.inspectContainer(containerName('agent', runs.projectId, runs.workspaceId));
    // Engines differ in this: 20.10 ends what its predecessor left running, and starts it again only sometimes.
    const runsOn = container!.status === 'running';
    const reason = expect.stringContaining('may have been restarted') as string;
    expect(state).toMatchObject(runsOn ? { kind: 'running', since: new Date(container!.startedAt).toISOString() } : { kind: 'stopped', reason });
    expect((await core.call('terminals.list', {})).map((terminal) => terminal.state.kind)).toEqual(runsOn ? [] : ['stopped']);
  });

  it('has what was paused as the new engine has it, and starts it', async () => {
    const { status } = (await engine.inspectContainer(containerName('agent', frozen.projectId, frozen.workspaceId)))!;
    // Some engines bring it back running, some ended; none of them keeps its processes.
    await stateIs(frozen, status === 'running' ? 'running' : status === 'paused' ? 'paused' : 'stopped');
    expect(await core.call('workspaces.start', { workspaceId: frozen.workspaceId })).toMatchObject({ state: { kind: 'running' }, wall: { kind: 'standing' } });
    expect((await core.call('workspaces.pause', { workspaceId: frozen.workspaceId })).state.kind).toBe('paused');
  });

  it('runs again: the wall is proven anew, and a terminal opens', async () => {
    const { state, wall } = await core.call('workspaces.start', { workspaceId: runs.workspaceId });
    const container = await engine.inspectContainer(containerName('agent', runs.projectId, runs.workspaceId));
    expect(container).toMatchObject({ status: 'running' });
    expect(state).toEqual({ kind: 'running', since: new Date(container!.startedAt).toISOString() });
    expect(wall.kind).toBe('standing');
    await expectWholeWall(runs);
    // The programs of its terminals ended with the engine; a new one runs as the first did.
    expect(await core.call('terminals.list', {})).toEqual([]);
    const { terminalId } = await core.call('terminals.open', { workspaceId: runs.workspaceId, kind: 'shell' });
    await answerIn(terminalId);
  });

  it('starts, makes and removes workspaces as before', async () => {
    expect((await core.call('workspaces.start', { workspaceId: rests.workspaceId })).state.kind).toBe('running');
    const third = await core.call('workspaces.create', { projectId: runs.projectId, agent: 'shell' });
    expect(third.state.kind).toBe('running');
    for (const { workspaceId } of [runs, rests, third, frozen]) await core.call('workspaces.remove', { workspaceId });
    expect(await engine.listContainers()).toEqual([]);
    expect(await core.call('workspaces.list')).toEqual([]);
  });
});

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../electron/engine/engine.ts';
import type { Engine } from '../../electron/engine/types.ts';
import { attachToCore } from '../../electron/ipc/attach.ts';
import { openDataFolder } from '../../electron/lib/data-folder.ts';
import { createSettings } from '../../electron/settings/settings.ts';
import type { Client } from '../../shared/contract/client.ts';
import type { Workspace } from '../../shared/model/workspace.ts';
import { copyImages } from '../fixtures/copy-images.ts';
import { makeDataFolder, removeDataFolder, startCore, type TestCore, until } from '../fixtures/core.ts';
import { canRunDockerd, makePrivateDockerd, type PrivateDockerd } from '../fixtures/dockerd.ts';
import { makeRelay, type Relay } from '../fixtures/relay.ts';
import { createTestTools } from '../fixtures/tools.ts';

const COUNT = 40;
/** Long enough for any timer of seconds to show itself. Milliseconds. */
const IDLE = 12_000;

/** One core with forty workspaces on an engine of the test's own, behind a relay that sees every request. */
describe.skipIf(!canRunDockerd)('forty workspaces', { timeout: 600_000 }, () => {
  const data = makeDataFolder();
  const parent = realpathSync(mkdtempSync(join(tmpdir(), 'forgehold-projects-')));
  let dockerd: PrivateDockerd;
  let relay: Relay;
  let engine: Engine;
  let core: TestCore;
  let client: Client;
  const made: Workspace[] = [];

  beforeAll(async () => {
    dockerd = makePrivateDockerd('overlay2');
    await dockerd.start();
    relay = await makeRelay(dockerd.endpoint);
    const { installation } = openDataFolder(data);
    createSettings({ folder: data }).set({ engine: relay.endpoint.address });
    engine = createEngine({ installation, endpoint: dockerd.endpoint });
    await copyImages(dockerd.endpoint.address);
    // The core has no way to a registry; what it finds is used as it is.
    const tools = await createTestTools(engine);
    for (const tool of ['node', 'npm'] as const) await tools.ensure(tool, () => undefined);
    await tools.end();
    core = await startCore(data, {}, dockerd.beside());
    client = await attachToCore(data);
  });
  afterAll(async () => {
    client?.close();
    await core?.stop();
    engine?.close();
    relay?.close();
    await dockerd?.remove();
    removeDataFolder(data);
    rmSync(parent, { recursive: true, force: true });
  });

  it('are made, a few at a time, each behind a wall that is proven', async () => {
    await eachFew(COUNT, async (index) => {
      const path = join(parent, `orchard-${String(index).padStart(2, '0')}`);
      mkdirSync(path);
      const { projectId } = await client.call('projects.create', { path });
      made[index] = await client.call('workspaces.create', { projectId, agent: 'shell', cpus: 0.2, memoryMb: 256, pidsLimit: 64 });
    });
    expect(made.map(({ state, wall }) => `${state.kind}, ${wall.kind}`)).toEqual(Array(COUNT).fill('running, standing'));
  });

  it('are listed whole, in the order they were made, and as the snapshot has them', async () => {
    const list = await client.call('workspaces.list', {});
    const times = list.map(({ createdAt }) => createdAt);
    expect(times).toEqual(times.toSorted());
    expect(list.map(({ workspaceId }) => workspaceId).toSorted()).toEqual(made.map(({ workspaceId }) => workspaceId).toSorted());
    expect((await client.call('app.snapshot', {})).workspaces).toEqual(list);
  });

  it('cost the engine nothing while nobody does anything: no exec, no list, no request at all', async () => {
    const { terminalId } = await client.call('terminals.open', { workspaceId: made[0]!.workspaceId, kind: 'shell' });
    await until(
      () => client.call('terminals.screen', { terminalId }),
      ({ lines }) => lines.some((line) => line.trim() !== ''),
      'a prompt',
    );
    const events = watchEngine(dockerd.endpoint.address);
    try {
      // The control: one exec of ours is seen by both witnesses.
      await sleep(1_000);
      const before = relay.requests().length;
      await client.call('selftest.run', { workspaceId: made[1]!.workspaceId });
      expect(relay.requests().slice(before).join('\n')).toMatch(/POST \/v[\d.]+\/containers\/[0-9a-f]+\/exec/);
      await until(events.seen, (seen) => seen.some((line) => line.includes('exec_create')), 'the exec in the engine’s log');
      await sleep(2_000);
      const [requests, told] = [relay.requests().length, events.seen().length];
      await sleep(IDLE);
      expect(relay.requests().slice(requests)).toEqual([]);
      expect(events.seen().slice(told)).toEqual([]);
    } finally {
      events.stop();
    }
  });

  it('stop together, and start again', async () => {
    await Promise.all(made.slice(0, 10).map(({ workspaceId }) => client.call('workspaces.stop', { workspaceId })));
    expect((await kindsOf()).filter((kind) => kind === 'stopped')).toHaveLength(10);
    await eachFew(5, async (index) => void (await client.call('workspaces.start', { workspaceId: made[index]!.workspaceId })));
    expect((await kindsOf()).toSorted()).toEqual([...Array<string>(COUNT - 5).fill('running'), ...Array<string>(5).fill('stopped')]);
  });

  it('are what the engine has, after it was killed and came back', async () => {
    await dockerd.kill();
    await until(kindsOf, (kinds) => kinds.every((kind) => kind === 'unknown'), 'forty unknown states');
    await dockerd.start();
    await until(kindsOf, (kinds) => kinds.every((kind) => kind === 'running' || kind === 'stopped'), 'states that are known', 240_000);
    const containers = await engine.listContainers({ role: 'agent' });
    const list = await client.call('workspaces.list', {});
    const runs = ({ workspaceId }: Workspace): boolean => containers.some((one) => one.workspaceId === workspaceId && one.status === 'running');
    expect(list.filter(({ state }) => state.kind === 'running')).toEqual(list.filter(runs));
    expect(list.filter(({ state, wall }) => state.kind === 'running' && wall.kind !== 'standing')).toEqual([]);
    const stopped = list.find(({ state }) => state.kind === 'stopped')!;
    expect((await client.call('workspaces.start', { workspaceId: stopped.workspaceId })).wall.kind).toBe('standing');
  });

  async function kindsOf(): Promise<readonly string[]> {
    return (await client.call('workspaces.list', {})).map(({ state }) => state.kind);
  }
});

/** Three at a time: more only wait for the machine's two processors. */
async function eachFew(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  async function take(): Promise<void> {
    while (next < count) await work(next++);
  }
  await Promise.all([take(), take(), take()]);
}

/** The engine's own log of events, every kind. */
function watchEngine(host: string): { readonly seen: () => readonly string[]; readonly stop: () => void } {
  const child = spawn('docker', ['--host', host, 'events'], { stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { seen: () => text.split('\n').filter((line) => line !== ''), stop: () => void child.kill() };
}

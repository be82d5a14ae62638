import { execFileSync } from 'node:child_process';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startAndWatch } from '../../electron/workspaces/ready.ts';
import { type Channel, createChannel } from '../../shared/contract/channel.ts';
import { decodeFrame } from '../../shared/contract/wire.ts';
import { until } from '../fixtures/core.ts';
import { idleSpec } from '../fixtures/engine.ts';
import { type House, nameOf, openHouse } from '../fixtures/house.ts';

let house: House;

beforeAll(async () => {
  house = await openHouse();
});
afterEach(() => house.removeAll());
afterAll(() => house.end());

/** A reader's end of a channel, and the core's. */
function openChannel(): { readonly reader: Channel; readonly core: Channel } {
  const reader = createChannel(1, (frame) => setImmediate(() => core.receive(decodeFrame(frame)!)));
  const core = createChannel(1, (frame) => setImmediate(() => reader.receive(decodeFrame(frame)!)));
  return { reader: reader.channel, core: core.channel };
}

describe('the log of a container', () => {
  it('is read after its end, in order, standard output and error told apart, from its tail', async () => {
    const workspace = await house.create();
    // Two pipes to the engine: it knows the order of what does not come at the same moment.
    const lines = ['echo one > /proc/1/fd/1', 'echo two > /proc/1/fd/2', 'echo three > /proc/1/fd/1'];
    for (const line of lines) await house.inside(workspace, 'sh', '-c', line);
    await house.service.workspaces.stop(workspace.workspaceId);
    const { reader, core } = openChannel();
    const messages: string[] = [];
    reader.onData((bytes) => void messages.push(`${bytes[0]} ${Buffer.from(bytes.subarray(1)).toString().trim()}`));
    await house.service.workspaces.logs({ workspaceId: workspace.workspaceId, role: 'agent', tail: 2, follow: true }, core);
    core.end();
    await reader.closed;
    expect(messages).toEqual(['2 two', '1 three']);
    await house.service.workspaces.start(workspace.workspaceId);
    await expect(house.inside(workspace, 'curl', '-sS', '--max-time', '5', 'http://nowhere.example/')).resolves.toContain('nowhere.example');
    const gateway = openChannel();
    let size = 0;
    gateway.reader.onData((bytes) => void (size += bytes.length));
    await house.service.workspaces.logs({ workspaceId: workspace.workspaceId, role: 'gateway', tail: 50, follow: false }, gateway.core);
    gateway.core.end();
    await gateway.reader.closed;
    expect(size).toBeGreaterThan(0);
  });

  it('is followed live, waits for a slow reader, and leaves no request open when the reader goes', async () => {
    const workspace = await house.create();
    const quiet = await countStanding(house.relay.connections);
    const { reader, core } = openChannel();
    let size = 0;
    const gate = Promise.withResolvers<void>();
    reader.onData(async (bytes) => {
      size += bytes.length;
      await gate.promise;
    });
    const ended = house.service.workspaces.logs({ workspaceId: workspace.workspaceId, role: 'agent', tail: 0, follow: true }, core);
    await until(house.relay.connections, (count) => count > quiet, 'the request to be open');
    // 8 MB, and a reader that takes none of it: a window of 1 MB is on its way, and the rest waits in the engine.
    await house.inside(workspace, 'sh', '-c', 'head -c 8000000 /dev/zero | tr "\\0" x | fold -w 100 > /proc/1/fd/1');
    await until(
      () => size,
      (bytes) => bytes > 900_000,
      'the first window',
    );
    expect(size).toBeLessThanOrEqual(1024 * 1024);
    gate.resolve();
    await until(
      () => size,
      (bytes) => bytes >= 8_000_000,
      'the rest',
    );
    await until(house.relay.connections, (count) => count === quiet + 1, 'the one request that is open');
    reader.end();
    await ended;
    await until(house.relay.connections, (count) => count === quiet, 'the request to end');
  });

  it('of a container that is not there is refused in words', async () => {
    const workspace = await house.create();
    execFileSync('docker', ['rm', '-f', nameOf(workspace)]);
    await house.stateIs(workspace.workspaceId, 'stopped');
    const { core } = openChannel();
    const asked = house.service.workspaces.logs({ workspaceId: workspace.workspaceId, role: 'agent', tail: 10, follow: false }, core);
    await expect(asked).rejects.toMatchObject({ code: 'workspace/no-container' });
  });
});

describe('a container that ends by itself', () => {
  it('again and again is crashing, with its numbers and last words, behind its wall, until it stays up', async () => {
    const workspace = await house.create();
    const { workspaceId } = workspace;
    const crash = (): Promise<unknown> => house.inside(workspace, 'sh', '-c', 'echo the end > /proc/1/fd/2; pkill -9 -f forge-init').catch(() => {});
    await crash();
    const once = await house.stateIs(workspaceId, 'crashing');
    expect(once.state).toMatchObject({ restarts: 1, exitCode: 137, outOfMemory: false, lines: ['the end'] });
    await until(
      () => house.service.engine.inspectContainer(nameOf(workspace)),
      (info) => info?.status === 'running',
      'its return',
    );
    await crash();
    await until(
      () => house.service.workspaces.get(workspaceId).state,
      (state) => state.kind === 'crashing' && state.restarts === 2,
      'the second crash',
    );
    expect((await house.service.engine.inspectContainer(nameOf(workspace, 'gateway')))!.status).toBe('running');
    expect(() => house.service.workspaces.launch(workspaceId, 'main', 'shell')).toThrow(expect.objectContaining({ code: 'workspace/not-running' }));
    // A core that finds it so says the same.
    await house.reopen();
    expect(house.service.workspaces.get(workspaceId)).toMatchObject({ state: { kind: 'crashing', restarts: 2 } });
    expect(await house.stateIs(workspaceId, 'running', 30_000)).toMatchObject({ wall: { kind: 'standing' } });
    await crash();
    await house.stateIs(workspaceId, 'crashing');
    expect((await house.service.workspaces.stop(workspaceId)).state).toEqual({ kind: 'stopped' });
    expect((await house.service.workspaces.start(workspaceId)).state.kind).toBe('running');
  });

  it('for want of memory says so, and so does one whose program alone was ended', async () => {
    const workspace = await house.create();
    const eat = ['python3', '-c', 'x = bytearray(400 * 1024 * 1024)\nfor i in range(0, len(x), 4096): x[i] = 1'];
    await expect(house.inside(workspace, ...eat)).rejects.toThrow('python3');
    const state = await until(
      () => house.service.workspaces.get(workspace.workspaceId).state,
      (one) => one.kind === 'running' && one.notice !== undefined,
      'the notice',
    );
    expect(state).toMatchObject({ notice: expect.stringMatching(/ran out of memory.*256 MiB/) });
  });
});

describe('a container that is started', () => {
  it.each([
    ['at once', 'echo bye; exit 3', 3],
    ['after 100 ms', 'echo bye; sleep 0.1; exit 4', 4],
    ['after 400 ms', 'echo bye; sleep 0.4; exit 5', 5],
  ])('and ends %s is told from one that stays, whatever the engine does about it', async (_, script, exitCode) => {
    for (const restart of ['no', 'unless-stopped'] as const) {
      const id = await house.service.engine.createContainer(await idleSpec(house.service.engine, { command: ['sh', '-c', script], restart }));
      const started = startAndWatch(house.service.engine, id).then(async (one) => one.steady(AbortSignal.timeout(10_000)));
      await expect(started).rejects.toMatchObject({
        code: 'workspace/ended-at-once',
        details: { exitCode, outOfMemory: false, lines: expect.arrayContaining(['bye']) },
      });
      await house.service.engine.removeContainer(id);
    }
  });

  it('and stays is ready', async () => {
    const id = await house.service.engine.createContainer(await idleSpec(house.service.engine));
    const started = await startAndWatch(house.service.engine, id);
    await started.steady(AbortSignal.timeout(10_000));
    expect(await started.explainEnd()).toBeNull();
    started.close();
    await house.service.engine.removeContainer(id);
  });
});

/** Connections that stay: those of requests that are ending just now go within a second. */
async function countStanding(count: () => number): Promise<number> {
  let same = 0;
  let last = count();
  await until(
    () => {
      const now = count();
      same = now === last ? same + 1 : 0;
      last = now;
      return same;
    },
    (times) => times >= 7,
    'a count that stays',
  );
  return last;
}

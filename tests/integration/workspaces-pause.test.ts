import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SelfTestReport } from '../../shared/model/selftest.ts';
import type { Terminal } from '../../shared/model/terminal.ts';
import type { Workspace } from '../../shared/model/workspace.ts';
import { Secret } from '../../shared/secret.ts';
import { until } from '../fixtures/core.ts';
import { freeze } from '../fixtures/freeze.ts';
import { type House, nameOf, openHouse } from '../fixtures/house.ts';
import { attach } from '../fixtures/terminals.ts';
import { listObjects } from '../fixtures/workspace-service.ts';

let house: House;
/** Its terminal counts in a file of the project, as long as it may run. */
let one: Workspace;
let terminal: Terminal;

beforeAll(async () => {
  house = await openHouse();
  one = await house.create({ name: 'one' });
  terminal = await countIn(one);
});
afterAll(() => house?.end());

async function docker(...argv: readonly string[]): Promise<void> {
  execFileSync('docker', [...argv], { stdio: 'pipe' });
}
function counter({ workspaceId }: Workspace): number {
  return Number(readFileSync(join(house.project.path, `count-${workspaceId}`), 'utf8'));
}
/** What is typed there is answered, so that a key that was kept back would show. */
async function countIn(workspace: Workspace): Promise<Terminal> {
  const { workspaceId } = workspace;
  const { workspaces, terminals } = house.service;
  const opened = await terminals.open({ workspaceId, worktree: 'main', kind: 'shell', launch: workspaces.launch(workspaceId, 'main', 'shell') });
  const loop = `(n=0; while :; do n=$((n+1)); echo $n > count-${workspaceId}; sleep 0.02; done) & while read line; do echo "heard-$line"; done`;
  await terminals.send(opened.terminalId, loop, true);
  await until(
    () => house.inside(workspace, 'sh', '-c', `cat "${house.project.path}/count-${workspaceId}" || true`),
    (text) => Number(text) > 0,
    'the first count',
  );
  return opened;
}
async function expectMoving(workspace: Workspace): Promise<void> {
  const before = counter(workspace);
  await until(
    () => counter(workspace),
    (now) => now > before,
    'the counter to move',
  );
}
/** In this time the counter moves twenty times (`expectMoving` is the control). */
async function expectStill(workspace: Workspace): Promise<void> {
  const before = counter(workspace);
  await wait(400);
  expect(counter(workspace)).toBe(before);
}
async function statuses({ workspaceId }: Workspace): Promise<readonly string[]> {
  return (await house.service.engine.listContainers({ workspaceId })).map(({ role, status }) => `${role} ${status}`).toSorted();
}
function names(all: readonly Workspace[]): readonly string[] {
  return all.map(({ name, state }) => `${name} ${state.kind}`).toSorted();
}
/** The self-test of the next test of any wall, instead of the real one. */
function leakOnce(): void {
  const { wall } = house.service.parts;
  const { test } = wall;
  const attempt = { id: 'host', label: 'TCP to the host', expected: 'blocked' as const, result: 'failed' as const, detail: 'answered' };
  Object.assign(wall, {
    test: async (workspaceId: string): Promise<SelfTestReport> => {
      Object.assign(wall, { test });
      const now = new Date().toISOString();
      return { workspaceId, passed: false, startedAt: now, endedAt: now, attempts: [attempt] };
    },
  });
}

describe('a workspace that is paused', () => {
  it('stands still behind its wall, shows its last screen, takes nothing in, and goes on where it was', async () => {
    const { workspaces, terminals, parts } = house.service;
    const { workspaceId } = one;
    const before = workspaces.get(workspaceId);
    const viewer = attach(terminals, terminal);
    await viewer.until((text) => text.includes('heard-'));
    const seen = viewer.text();

    expect((await workspaces.pause(workspaceId)).state).toEqual({ kind: 'paused' });
    await expectStill(one);
    expect(await statuses(one)).toEqual(['agent paused', 'gateway running']);
    expect(workspaces.get(workspaceId).wall).toEqual(before.wall);
    expect((await workspaces.pause(workspaceId)).state).toEqual({ kind: 'paused' });

    expect(terminals.list(workspaceId).map(({ state }) => state.kind)).toEqual(['paused']);
    await until(
      () => viewer.notices.at(-1),
      (notice) => notice?.kind === 'paused' && notice.paused,
      'the word that it is paused',
    );
    expect(viewer.text()).toBe(seen);
    await viewer.channel.write(Buffer.from('lost\r'));
    for (const ask of [terminals.send(terminal.terminalId, 'x', true), terminals.paste(terminal.terminalId, 'x'), terminals.screen(terminal.terminalId)])
      await expect(ask).rejects.toMatchObject({ code: 'terminal/paused', message: expect.stringContaining('Resume it') });
    expect(() => workspaces.launch(workspaceId, 'main', 'shell')).toThrow(/paused/);
    await expect(parts.wall.test(workspaceId)).rejects.toMatchObject({ code: 'network/nothing-to-test', message: expect.stringContaining('paused') });
    await parts.wall.addRule(workspaceId, 'later.example.org', { allowPrivate: false, addedBy: 'user' });

    const late = attach(terminals, terminal);
    const resumed = await workspaces.resume(workspaceId);
    // Nothing was started anew, and a wall that stood all the while needs no new proof.
    expect({ state: resumed.state, wall: resumed.wall }).toEqual({ state: before.state, wall: before.wall });
    await expectMoving(one);
    await late.until((text) => text.includes('heard-'));
    expect(late.notices.flatMap((notice) => (notice.kind === 'paused' ? [notice.paused] : []))).toEqual([true, false]);
    await terminals.send(terminal.terminalId, 'kept', true);
    await viewer.until((text) => text.includes('heard-kept'));
    expect(viewer.text()).not.toContain('heard-lost');
    viewer.detach();
    late.detach();
  });

  it('by `docker pause` from outside is shown as such, and goes on after `docker unpause`', async () => {
    await freeze(nameOf(one));
    await house.stateIs(one.workspaceId, 'paused');
    expect(house.service.terminals.get(terminal.terminalId).state.kind).toBe('paused');
    await docker('unpause', nameOf(one));
    await house.stateIs(one.workspaceId, 'running');
    await expectMoving(one);
    await house.service.terminals.send(terminal.terminalId, 'again', true);
  });

  it('that was asked for something in the very moment of the pause answers when it goes on', async () => {
    const { workspaces, terminals } = house.service;
    const asked = Array.from({ length: 20 }, () =>
      terminals.screen(terminal.terminalId).then(
        () => 'answered',
        (error: { code: string }) => error.code,
      ),
    );
    await freeze(nameOf(one));
    await house.stateIs(one.workspaceId, 'paused');
    await workspaces.resume(one.workspaceId);
    expect(new Set(await Promise.all(asked))).not.toContain('terminal/tmux-timeout');
    expect((await terminals.screen(terminal.terminalId)).terminalId).toBe(terminal.terminalId);
  });

  it('gets new limits at once, and a key that came meanwhile when it goes on', async () => {
    const { workspaces, parts } = house.service;
    const { workspaceId } = one;
    const delivered: string[] = [];
    const { deliverKey } = parts.home;
    Object.assign(parts.home, {
      deliverKey: (...given: Parameters<typeof deliverKey>) => {
        delivered.push(workspaces.get(given[0].workspaceId).state.kind);
        return deliverKey(...given);
      },
    });
    await workspaces.pause(workspaceId);
    parts.vault.set({ agent: 'shell', workspaceId }, new Secret('k'));
    await workspaces.edit(workspaceId, { memoryMb: 320, cpus: 0.75 }, false);
    await expectStill(one);
    expect(workspaces.get(workspaceId)).toMatchObject({ state: { kind: 'paused' }, limits: { memoryMb: 320, cpus: 0.75 } });
    expect(delivered).toEqual([]);
    await workspaces.resume(workspaceId);
    expect(delivered).toHaveLength(1);
    await expectMoving(one);
    const limits = execFileSync('docker', ['inspect', '-f', '{{.HostConfig.Memory}} {{.HostConfig.NanoCpus}}', nameOf(one)], { encoding: 'utf8' });
    expect(limits.trim()).toBe(`${320 * 1024 * 1024} 750000000`);
    Object.assign(parts.home, { deliverKey });
  });

  it('whose gateway ends gets it back, and its wall is proven before it counts as running', async () => {
    const { workspaces } = house.service;
    await workspaces.pause(one.workspaceId);
    await docker('kill', nameOf(one, 'gateway'));
    await until(
      async () => [...(await statuses(one)), workspaces.get(one.workspaceId).wall.kind].join(', '),
      (text) => text === 'agent paused, gateway running, off',
      'the return of the gateway',
    );
    const before = Date.now();
    const { wall } = await workspaces.resume(one.workspaceId);
    expect(wall.kind === 'standing' && Date.parse(wall.testedAt)).toBeGreaterThanOrEqual(before);
    await expectMoving(one);
  });

  it('is started by going on; one that is not paused cannot be resumed', async () => {
    const { workspaces } = house.service;
    const { state } = workspaces.get(one.workspaceId);
    await workspaces.pause(one.workspaceId);
    expect((await workspaces.start(one.workspaceId)).state).toEqual(state);
    await expectMoving(one);
    expect((await workspaces.resume(one.workspaceId)).state).toEqual(state);
    await workspaces.stop(one.workspaceId);
    await expect(workspaces.resume(one.workspaceId)).rejects.toMatchObject({ code: 'workspace/not-paused' });
    await expect(workspaces.pause(one.workspaceId)).rejects.toMatchObject({ code: 'workspace/not-running' });
    await workspaces.start(one.workspaceId);
  });
});

describe('a core that is closed over a paused workspace', () => {
  it('leaves it paused; the next one knows it, proves the wall when it is resumed, and finds its terminal', async () => {
    terminal = await countIn(one);
    await house.service.workspaces.pause(one.workspaceId);
    await house.reopen();
    const { workspaces, terminals } = house.service;
    expect(workspaces.get(one.workspaceId)).toMatchObject({ state: { kind: 'paused' }, wall: { kind: 'off' } });
    expect(await statuses(one)).toEqual(['agent paused', 'gateway running']);
    await expectStill(one);
    expect((await workspaces.resume(one.workspaceId)).wall.kind).toBe('standing');
    await expectMoving(one);
    expect(terminals.list(one.workspaceId).map(({ terminalId }) => terminalId)).toEqual([terminal.terminalId]);
  });

  it('and whose wall does not hold any more is stopped when it is resumed', async () => {
    await house.service.workspaces.pause(one.workspaceId);
    await house.reopen();
    const { workspaces } = house.service;
    leakOnce();
    await expect(workspaces.resume(one.workspaceId)).rejects.toMatchObject({
      code: 'workspace/not-resumed',
      message: expect.stringContaining('TCP to the host'),
    });
    expect(workspaces.get(one.workspaceId).state.kind).toBe('stopped');
    expect((await workspaces.start(one.workspaceId)).state.kind).toBe('running');
  });
});

describe('a paused workspace that shall not go on', () => {
  it('is stopped as gracefully as one that runs', async () => {
    const { workspaces, engine } = house.service;
    const end = async (): Promise<number | undefined> => (await engine.inspectContainer(nameOf(one)))!.exitCode;
    await workspaces.stop(one.workspaceId);
    const control = await end();
    expect(control).not.toBe(137);
    await workspaces.start(one.workspaceId);
    await workspaces.pause(one.workspaceId);
    expect((await workspaces.stop(one.workspaceId)).state).toEqual({ kind: 'stopped' });
    expect(await end()).toBe(control);
    await workspaces.start(one.workspaceId);
    await workspaces.pause(one.workspaceId);
    expect((await workspaces.restart(one.workspaceId)).state.kind).toBe('running');
  });

  it('is recreated into one that runs; when that fails early it is paused as before, when it fails late it runs again', async () => {
    const { workspaces, engine } = house.service;
    const { workspaceId } = one;
    const id = async (): Promise<string> => (await engine.inspectContainer(nameOf(one)))!.id;
    const old = await id();
    await countIn(one);
    await workspaces.pause(workspaceId);
    await expect(workspaces.edit(workspaceId, { image: 'forgehold-none.invalid/none:1' }, true)).rejects.toMatchObject({ code: expect.any(String) });
    expect(workspaces.get(workspaceId).state).toEqual({ kind: 'paused' });
    expect(await id()).toBe(old);
    await expectStill(one);
    await workspaces.edit(workspaceId, { image: null }, false);
    leakOnce();
    await expect(workspaces.recreate(workspaceId)).rejects.toMatchObject({ code: 'workspace/wall-not-proven' });
    expect(workspaces.get(workspaceId).state.kind).toBe('running');
    expect(await id()).toBe(old);
    await workspaces.pause(workspaceId);
    expect((await workspaces.recreate(workspaceId)).state.kind).toBe('running');
    expect(await id()).not.toBe(old);
  });

  it('is removed, and leaves nothing; all of them pause and resume together', async () => {
    const { workspaces, engine } = house.service;
    const two = await house.create({ name: 'two' });
    const three = await house.create({ name: 'three' });
    await workspaces.stop(three.workspaceId);
    const paused = await workspaces.pauseAll();
    expect([names(paused.workspaces), paused.failures]).toEqual([['one paused', 'two paused'], []]);
    await workspaces.remove(two.workspaceId);
    expect((await listObjects(engine)).filter(({ workspaceId }) => workspaceId === two.workspaceId)).toEqual([]);
    const resumed = await workspaces.resumeAll();
    expect([names(resumed.workspaces), resumed.failures]).toEqual([['one running'], []]);
    expect(names(workspaces.list())).toEqual(['one running', 'three stopped']);
  });
});

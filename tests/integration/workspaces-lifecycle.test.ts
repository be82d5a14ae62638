import { execFileSync } from 'node:child_process';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../fixtures/core.ts';
import { type House, nameOf, openHouse } from '../fixtures/house.ts';

let house: House;
/** A second, on a machine that is not busy with other tests. Milliseconds. */
const seenWithin = 10_000;

beforeAll(async () => {
  house = await openHouse();
});
afterEach(() => house.removeAll());
afterAll(() => house.end());

describe('a restart', () => {
  it('stops gracefully and starts again behind the wall, with home and git as they were', async () => {
    const workspace = await house.create();
    await house.inside(workspace, 'sh', '-c', 'echo kept > ~/kept; git -c user.name=a -c user.email=a@b commit -q --allow-empty -m agent');
    const before = await house.service.engine.inspectContainer(nameOf(workspace));
    const after = await house.service.workspaces.restart(workspace.workspaceId);
    expect(after).toMatchObject({ state: { kind: 'running' }, wall: { kind: 'standing' } });
    const now = await house.service.engine.inspectContainer(nameOf(workspace));
    expect(now).toMatchObject({ id: before!.id, restartCount: 0 });
    expect(now!.startedAt).not.toBe(before!.startedAt);
    expect(await house.inside(workspace, 'sh', '-c', 'cat ~/kept; git log -1 --format=%s')).toBe('kept\nagent');
    await house.service.workspaces.stop(workspace.workspaceId);
    expect((await house.service.workspaces.restart(workspace.workspaceId)).state.kind).toBe('running');
  });
});

describe('a rename', () => {
  it('changes the name at once, of a running one too, and lasts', async () => {
    const one = await house.create({ name: 'One' });
    const other = await house.create({ name: 'Other' });
    expect(() => house.service.workspaces.rename(one.workspaceId, 'Other')).toThrow(
      expect.objectContaining({ code: 'workspace/name-taken', message: expect.stringContaining('"Other"') }),
    );
    expect(house.service.workspaces.rename(one.workspaceId, 'First')).toMatchObject({ name: 'First', state: one.state });
    expect(house.service.workspaces.rename(other.workspaceId, 'One').name).toBe('One');
    expect(house.service.workspaces.rename(other.workspaceId, 'One').name).toBe('One');
    await house.reopen();
    expect(house.service.workspaces.list().map(({ name }) => name)).toEqual(['First', 'One']);
    await house.service.settled();
  });
});

describe('a recreation', () => {
  it('puts a new container in the place of the old one, with home, git dir and name as they were', async () => {
    const workspace = await house.create();
    await house.inside(workspace, 'sh', '-c', 'echo kept > ~/kept; touch /tmp/layer; git -c user.name=a -c user.email=a@b commit -q --allow-empty -m agent');
    const before = await house.service.engine.inspectContainer(nameOf(workspace));
    const after = await house.service.workspaces.recreate(workspace.workspaceId);
    expect(after).toMatchObject({ name: workspace.name, state: { kind: 'running' }, wall: { kind: 'standing' } });
    const now = await house.service.engine.inspectContainer(nameOf(workspace));
    expect(now!.id).not.toBe(before!.id);
    expect(await house.service.engine.listContainers({ workspaceId: workspace.workspaceId, role: 'agent' })).toHaveLength(1);
    expect(await house.inside(workspace, 'sh', '-c', 'cat ~/kept; git log -1 --format=%s; test -e /tmp/layer || echo anew')).toBe('kept\nagent\nanew');
    const states = house.service.changes.flatMap(({ workspace: one }) => (one?.state.kind === 'recreating' ? [one.state.steps] : []));
    expect(states.at(-1)!.map((step) => step.state)).toEqual(Array.from({ length: 11 }, () => 'done'));
  });

  it('of a stopped one leaves it stopped, and the new container runs at the next start', async () => {
    const workspace = await house.create();
    const before = await house.service.engine.inspectContainer(nameOf(workspace));
    await house.service.workspaces.stop(workspace.workspaceId);
    expect(await house.service.workspaces.recreate(workspace.workspaceId)).toMatchObject({ state: { kind: 'stopped' }, wall: { kind: 'off' } });
    const now = await house.service.engine.inspectContainer(nameOf(workspace));
    expect(now).toMatchObject({ status: 'exited' });
    expect(now!.id).not.toBe(before!.id);
    await house.service.workspaces.start(workspace.workspaceId);
    expect((await house.service.engine.inspectContainer(nameOf(workspace)))!.id).toBe(now!.id);
  });

  it('whose new container has no proven wall leaves the old one running, under its name', async () => {
    const workspace = await house.create();
    const before = await house.service.engine.inspectContainer(nameOf(workspace));
    const { wall } = house.service.parts;
    const test = wall.test.bind(wall);
    let failures = 1;
    Object.assign(wall, {
      test: async (...args: Parameters<typeof test>) => {
        const report = await test(...args);
        return failures-- > 0
          ? { ...report, passed: false, attempts: report.attempts.slice(0, 1).map((one) => ({ ...one, result: 'failed' as const })) }
          : report;
      },
    });
    await expect(house.service.workspaces.recreate(workspace.workspaceId)).rejects.toMatchObject({ code: 'workspace/wall-not-proven' });
    Object.assign(wall, { test });
    expect(house.service.workspaces.get(workspace.workspaceId)).toMatchObject({ state: { kind: 'running' }, wall: { kind: 'standing' } });
    expect(await house.service.engine.listContainers({ workspaceId: workspace.workspaceId, role: 'agent' })).toMatchObject([
      { id: before!.id, name: nameOf(workspace), status: 'running' },
    ]);
  });

  it('can be cancelled, and a stop in its midst stops the old one', async () => {
    const workspace = await house.create();
    const before = await house.service.engine.inspectContainer(nameOf(workspace));
    const recreating = (step: string): Promise<unknown> =>
      until(
        () => house.service.workspaces.get(workspace.workspaceId).state,
        (state) => state.kind === 'recreating' && state.steps.find(({ id }) => id === step)?.state === 'running',
        step,
      );
    const first = house.service.workspaces.recreate(workspace.workspaceId).catch((error: { code: string }) => error.code);
    await recreating('self-test');
    await house.service.workspaces.cancel(workspace.workspaceId);
    expect(await first).toBe('workspace/cancelled');
    expect(house.service.workspaces.get(workspace.workspaceId)).toMatchObject({ state: { kind: 'running' }, wall: { kind: 'standing' } });
    const second = house.service.workspaces.recreate(workspace.workspaceId).catch((error: { code: string }) => error.code);
    await recreating('self-test');
    expect(await house.service.workspaces.stop(workspace.workspaceId)).toMatchObject({ state: { kind: 'stopped' }, wall: { kind: 'off' } });
    expect(await second).toBe('workspace/cancelled');
    expect(await house.service.engine.listContainers({ workspaceId: workspace.workspaceId, role: 'agent' })).toMatchObject([
      { id: before!.id, status: 'exited' },
    ]);
  });
});

describe('a workspace that is changed outside Forgehold', () => {
  it('shows a stop, a start, a restart and a kill within a second, each behind its wall', async () => {
    const workspace = await house.create();
    const { workspaceId } = workspace;
    const name = nameOf(workspace);
    execFileSync('docker', ['stop', '-t', '1', name]);
    await house.stateIs(workspaceId, 'stopped', seenWithin);
    execFileSync('docker', ['start', name]);
    await until(
      () => house.service.workspaces.get(workspaceId).state.kind,
      (kind) => kind !== 'stopped',
      'its return to be seen',
      seenWithin,
    );
    await house.stateIs(workspaceId, 'running');
    const before = house.service.workspaces.get(workspaceId).state;
    execFileSync('docker', ['restart', '-t', '1', name]);
    await until(
      () => house.service.workspaces.get(workspaceId).state,
      (state) => state !== before,
      'the restart to be seen',
      seenWithin,
    );
    expect((await house.stateIs(workspaceId, 'running')).wall.kind).toBe('standing');
    execFileSync('docker', ['kill', name]);
    await house.stateIs(workspaceId, 'stopped', seenWithin);
  });

  it('gets its name back when someone renames its container, and is made anew when someone removes it', async () => {
    const workspace = await house.create();
    execFileSync('docker', ['rename', nameOf(workspace), `${nameOf(workspace)}-mine`]);
    await until(
      () => house.service.engine.inspectContainer(nameOf(workspace)),
      (info) => info?.status === 'running',
      'its name',
    );
    expect(house.service.workspaces.get(workspace.workspaceId).state.kind).toBe('running');
    execFileSync('docker', ['rm', '-f', nameOf(workspace)]);
    await house.stateIs(workspace.workspaceId, 'stopped', seenWithin);
    expect((await house.service.workspaces.start(workspace.workspaceId)).state.kind).toBe('running');
  });
});

describe('an edit', () => {
  it('brings live options into effect at once, keeps the rest for a recreation, and does both when asked to', async () => {
    const workspace = await house.create({ env: { COLOUR: 'green' } });
    const { workspaceId } = workspace;
    const before = await house.service.engine.inspectContainer(nameOf(workspace));
    const edited = await house.service.workspaces.edit(
      workspaceId,
      { mode: 'restricted', memoryMb: 300, domains: ['example.org'], env: { COLOUR: 'red' } },
      false,
    );
    expect(edited).toMatchObject({ mode: 'restricted', limits: { memoryMb: 300 }, rules: 1, pending: ['env'], state: { kind: 'running' } });
    expect(await house.inside(workspace, 'sh', '-c', 'echo $COLOUR')).toBe('green');
    // What was asked lasts, and waits: also across a restart of container and core.
    await house.service.workspaces.restart(workspaceId);
    expect((await house.service.engine.inspectContainer(nameOf(workspace)))!.id).toBe(before!.id);
    expect(await house.service.workspaces.inspect(workspaceId)).toMatchObject({
      options: { env: { COLOUR: 'red' } },
      environment: { COLOUR: 'green' },
      pending: ['env'],
    });
    expect(await house.service.workspaces.recreate(workspaceId)).toMatchObject({ pending: [], limits: { memoryMb: 300 }, mode: 'restricted', rules: 1 });
    expect(await house.inside(workspace, 'sh', '-c', 'echo $COLOUR')).toBe('red');
    const both = await house.service.workspaces.edit(workspaceId, { env: { COLOUR: 'blue' }, pidsLimit: 200 }, true);
    expect(both).toMatchObject({ pending: [], limits: { pidsLimit: 200 }, state: { kind: 'running' }, wall: { kind: 'standing' } });
    expect(await house.inside(workspace, 'sh', '-c', 'echo $COLOUR')).toBe('blue');
  });

  it('that cannot be done changes nothing', async () => {
    const workspace = await house.create();
    const asked = house.service.workspaces.edit(workspace.workspaceId, { cpus: 1000, env: { A: 'b' } }, true);
    await expect(asked).rejects.toMatchObject({ code: 'workspace/too-much' });
    const key = house.service.workspaces.edit(workspace.workspaceId, { env: { ANTHROPIC_API_KEY: 'x' } }, false);
    await expect(key).rejects.toMatchObject({ code: 'workspace/foreign-key' });
    expect(await house.service.workspaces.inspect(workspace.workspaceId)).toMatchObject({ limits: { cpus: 0.5 }, environment: {}, pending: [] });
  });
});

describe('a duplicate', () => {
  it('has the same options and domains, those that are denied too, a name, home, git and container of its own', async () => {
    const workspace = await house.create({ name: 'Fix', env: { COLOUR: 'green' } });
    const { wall } = house.service.parts;
    const own = { allowPrivate: false, addedBy: 'user' } as const;
    await wall.addRules({ workspaceId: workspace.workspaceId }, [
      { ...own, pattern: 'example.org' },
      { ...own, pattern: 'db.example.org:5432' },
      { ...own, pattern: '*.ads.example.org', verdict: 'deny', quiet: true },
      { ...own, pattern: 'passing.example.org', scope: 'session' },
    ]);
    await house.inside(workspace, 'sh', '-c', 'touch ~/mine; git -c user.name=a -c user.email=a@b commit -q --allow-empty -m agent');
    const copy = await house.service.workspaces.duplicate(workspace.workspaceId);
    expect(copy).toMatchObject({ name: 'Fix 2', agent: 'shell', mode: 'none', limits: workspace.limits, rules: 3, state: { kind: 'running' } });
    expect(wall.rules(copy.workspaceId)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ pattern: 'db.example.org', ports: [5432] }),
        expect.objectContaining({ pattern: '*.ads.example.org', verdict: 'deny', quiet: true }),
      ]),
    );
    expect(await house.inside(copy, 'sh', '-c', 'echo $COLOUR; test -e ~/mine || git log -1 --format=%s')).toBe('green\nbegin');
    expect(house.service.workspaces.list().map(({ name }) => name)).toEqual(['Fix', 'Fix 2']);
    const again = house.service.workspaces.duplicate(workspace.workspaceId, 'Fix 2');
    await expect(again).rejects.toMatchObject({ code: 'workspace/name-taken' });
  });
});

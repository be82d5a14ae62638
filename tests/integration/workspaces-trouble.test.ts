import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { containerName, egressNetworkName } from '../../electron/engine/names.ts';
import type { ContainerSpec } from '../../electron/engine/objects.ts';
import type { Wall } from '../../electron/network/types.ts';
import type { CreateRequest } from '../../electron/workspaces/admit.ts';
import type { AppError } from '../../shared/errors.ts';
import type { Project } from '../../shared/model/project.ts';
import type { SelfTestReport } from '../../shared/model/selftest.ts';
import type { Workspace } from '../../shared/model/workspace.ts';
import { until } from '../fixtures/core.ts';
import { createTestEngine, testEndpoint } from '../fixtures/engine.ts';
import { freeze } from '../fixtures/freeze.ts';
import { makeRelay, type Relay } from '../fixtures/relay.ts';
import { listObjects, makeTestPlace, openWorkspaceService, type WorkspaceService } from '../fixtures/workspace-service.ts';

const place = makeTestPlace();
let relay: Relay;
let service: WorkspaceService;
let project: Project;
/** While true, the self-test of any wall fails. */
let leaky = false;
const warnings: string[] = [];

function warn(facts: object, message: string): void {
  warnings.push(message);
  if (process.env['FORGEHOLD_TEST_LOG']) console.error(message, facts);
}
/** The service over a line that can be cut, with a wall whose self-test fails when it is told to. */
async function open(): Promise<void> {
  service = await openWorkspaceService(place.data, { log: { info: () => {}, warn, error: warn } }, relay.endpoint);
  const { wall } = service.parts;
  const test = wall.test.bind(wall);
  Object.assign(wall, { test: async (workspaceId, signal) => (leaky ? leak(workspaceId) : test(workspaceId, signal)) } satisfies Pick<Wall, 'test'>);
}
function leak(workspaceId: string): SelfTestReport {
  const now = new Date().toISOString();
  const attempt = { id: 'host', label: 'TCP to the host', expected: 'blocked' as const, result: 'failed' as const, detail: 'answered' };
  return { workspaceId, passed: false, startedAt: now, endedAt: now, attempts: [attempt] };
}
function request(changes: Partial<CreateRequest> = {}): CreateRequest {
  return { projectId: project.projectId, agent: 'shell', mode: 'none', env: {}, skipPermissions: false, extraArguments: [], ...changes };
}
function stateIs(workspaceId: string, kind: Workspace['state']['kind']): Promise<Workspace> {
  return until(
    () => service.workspaces.get(workspaceId),
    (one) => one.state.kind === kind,
    `the state ${kind}`,
  );
}
function agent(workspace: Pick<Workspace, 'projectId' | 'workspaceId'>): string {
  return containerName('agent', workspace.projectId, workspace.workspaceId);
}
async function objects(): Promise<readonly string[]> {
  const all = await listObjects(service.engine);
  return all.filter((one) => one.workspaceId !== undefined).map((one) => one.name);
}

beforeAll(async () => {
  mkdirSync(place.project);
  relay = await makeRelay(testEndpoint());
  await open();
  project = await service.projects.create(place.project);
});
afterEach(async () => {
  leaky = false;
  for (const { workspaceId } of service.workspaces.list()) await service.workspaces.remove(workspaceId);
});
afterAll(async () => {
  await service.close();
  relay.close();
  const { engine, cleanUp } = createTestEngine(undefined, service.folders.installation);
  await engine.info();
  await cleanUp();
  place.remove();
});

describe('a wall that is not proven', () => {
  it('lets no workspace become ready, and leaves its error only; starting it tries again', async () => {
    leaky = true;
    await expect(service.workspaces.create(request())).rejects.toMatchObject({ code: 'workspace/wall-not-proven' });
    expect(await objects()).toEqual([]);
    const [failed] = service.workspaces.list();
    expect(failed!.state).toMatchObject({ kind: 'failed', error: { message: expect.stringContaining('TCP to the host') } });
    leaky = false;
    expect((await service.workspaces.start(failed!.workspaceId)).state.kind).toBe('running');
  });

  it('stops what runs already, when a core finds it so', async () => {
    const { workspaceId, projectId } = await service.workspaces.create(request());
    await service.close();
    leaky = true;
    await open();
    await until(
      () => service.engine.inspectContainer(containerName('agent', projectId, workspaceId)),
      (info) => info?.status === 'exited',
      'its end',
    );
    expect((await stateIs(workspaceId, 'stopped')).state).toMatchObject({ reason: expect.stringContaining('wall') });
    leaky = false;
    expect((await service.workspaces.start(workspaceId)).state.kind).toBe('running');
  });
});

describe('a wall that stood', () => {
  it('and leaks later stops its agent, says why, and is whole again at the next start', async () => {
    const workspace = await service.workspaces.create(request());
    const bystander = await service.workspaces.create(request());
    // A second leg for the agent: what no wall can hold.
    execFileSync('docker', ['network', 'connect', egressNetworkName(service.folders.installation), agent(workspace)]);
    expect((await service.parts.wall.test(workspace.workspaceId)).passed).toBe(false);
    const stopped = await stateIs(workspace.workspaceId, 'stopped');
    expect(stopped.state).toMatchObject({ reason: expect.stringMatching(/self-test failed: .*listener/) });
    expect((await service.engine.inspectContainer(agent(workspace)))!.status).toBe('exited');
    await service.settled();
    expect(service.workspaces.get(workspace.workspaceId).wall).toEqual({ kind: 'off' });
    expect((await service.workspaces.start(workspace.workspaceId)).state.kind).toBe('running');
    expect(service.workspaces.get(workspace.workspaceId).wall.kind).toBe('standing');
    expect(service.workspaces.get(bystander.workspaceId).state).toEqual(bystander.state);
  });

  it('and is merely down comes back, and the agent runs on', async () => {
    const { state, ...workspace } = await service.workspaces.create(request());
    const wall = (): string => service.workspaces.get(workspace.workspaceId).wall.kind;
    execFileSync('docker', ['kill', containerName('gateway', workspace.projectId, workspace.workspaceId)]);
    await until(wall, (kind) => kind === 'down', 'the end of the gateway');
    await until(wall, (kind) => kind === 'standing', 'its return');
    expect(service.workspaces.get(workspace.workspaceId).state).toEqual(state);
  });

  it('and is tested for someone who goes away stands as it stood', async () => {
    const { workspaceId, state } = await service.workspaces.create(request());
    const before = service.workspaces.get(workspaceId).wall;
    const controller = new AbortController();
    const test = service.parts.wall.test(workspaceId, controller.signal);
    setTimeout(() => controller.abort(new Error('gone')), 100);
    const error = await test.then(
      () => null,
      (reason: unknown) => reason as AppError,
    );
    expect(error).toMatchObject({ code: 'engine/cancelled', details: { program: '/usr/bin/python3' } });
    expect(JSON.stringify(error!.details).length).toBeLessThan(400);
    await service.settled();
    expect(service.workspaces.get(workspaceId)).toMatchObject({ state, wall: before });
  });
});

describe('a workspace that is being proven', () => {
  it.each(['stop', 'remove'] as const)('obeys a %s at once, without a word about its wall', async (call) => {
    const { workspaceId } = await service.workspaces.create(request());
    await service.close();
    warnings.length = 0;
    await open();
    await stateIs(workspaceId, 'starting');
    await service.workspaces[call](workspaceId);
    expect(service.workspaces.list().map((one) => one.state)).toEqual(call === 'stop' ? [{ kind: 'stopped' }] : []);
    expect(warnings).toEqual([]);
  });

  it('waits for the end of a pause that someone made', async () => {
    const { workspaceId, projectId } = await service.workspaces.create(request());
    await freeze(containerName('agent', projectId, workspaceId));
    await service.close();
    await open();
    await stateIs(workspaceId, 'paused');
    execFileSync('docker', ['unpause', containerName('agent', projectId, workspaceId)]);
    expect((await stateIs(workspaceId, 'running')).wall.kind).toBe('standing');
  });
});

describe('an engine that goes away', () => {
  it('makes the state unknown, and comes back as it is', async () => {
    const { workspaceId, projectId } = await service.workspaces.create(request());
    const other = await service.workspaces.create(request());
    const direct = createTestEngine(undefined, service.folders.installation);
    relay.cut();
    await stateIs(workspaceId, 'unknown');
    // Meanwhile one of them ends.
    await direct.engine.stopContainer(containerName('agent', projectId, workspaceId), 1);
    await expect(service.workspaces.start(workspaceId)).rejects.toMatchObject({ code: expect.stringMatching(/^engine\//) });
    relay.mend();
    direct.engine.close();
    await stateIs(workspaceId, 'stopped');
    await stateIs(other.workspaceId, 'running');
    expect((await service.workspaces.start(workspaceId)).state.kind).toBe('running');
  });

  it('leaves nothing of a workspace in the making, once it is back', async () => {
    const { engine } = service.parts;
    const { createContainer } = engine;
    Object.assign(engine, {
      createContainer: (spec: ContainerSpec) => {
        if (spec.role === 'agent') relay.cut();
        return createContainer(spec);
      },
    });
    try {
      await expect(service.workspaces.create(request())).rejects.toMatchObject({ code: expect.stringMatching(/^engine\//) });
    } finally {
      Object.assign(engine, { createContainer });
      relay.mend();
    }
    await service.settled();
    expect(await objects()).toEqual([]);
    expect(service.workspaces.list()[0]!.state.kind).toBe('failed');
  });
});

describe('a workspace that hangs', () => {
  it('holds up no other, and can be cancelled', async () => {
    const { home } = service.parts;
    const prepare = home.prepare;
    const hang = Promise.withResolvers<void>();
    let hanging = '';
    Object.assign(home, {
      prepare: async (...args: Parameters<typeof prepare>) => {
        const [container, , signal] = args;
        if (hanging !== '') return prepare(...args);
        hanging = container.workspaceId;
        hang.resolve();
        await new Promise((_, reject) => signal!.addEventListener('abort', () => reject(signal!.reason as Error)));
      },
    });
    const stuck = service.workspaces.create(request()).catch((error: { code: string }) => error.code);
    await hang.promise;
    const other = await service.workspaces.create(request());
    await service.workspaces.stop(other.workspaceId);
    await service.workspaces.start(other.workspaceId);
    expect(service.workspaces.get(hanging).state.kind).toBe('creating');
    await service.workspaces.cancel(hanging);
    expect(await stuck).toBe('workspace/cancelled');
    expect(service.workspaces.list().map((one) => one.workspaceId)).toEqual([other.workspaceId]);
    Object.assign(home, { prepare });
  });
});

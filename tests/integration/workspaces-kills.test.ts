import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Workspace } from '../../shared/model/workspace.ts';
import { type House, openHouse } from '../fixtures/house.ts';
import { type Answer, answerSchema, type Order } from '../fixtures/orders.ts';
import { listObjects } from '../fixtures/workspace-service.ts';

/** More than any piece of work has steps at which it can be killed. */
const count = 9;
const driver = join(import.meta.dirname, '..', 'fixtures', 'drive-workspaces.ts');
let house: House;
let workspaces: readonly Workspace[];
/** Folder of its git dir, by workspace. */
const gitDirs = new Map<string, string>();
const heads = new Map<string, string>();

beforeAll(async () => {
  house = await openHouse();
  workspaces = await Promise.all(Array.from({ length: count }, (_, index) => house.create({ name: `W${index}` })));
  for (const workspace of workspaces) {
    heads.set(workspace.workspaceId, await house.inside(workspace, 'sh', '-c', commit));
    gitDirs.set(workspace.workspaceId, (await house.service.workspaces.inspect(workspace.workspaceId)).folders[0]!);
  }
});
afterAll(async () => {
  await house.removeAll();
  await house.end();
});
const commit = 'echo kept > ~/kept; git -c user.name=a -c user.email=a@b commit -q --allow-empty -m agent; git rev-parse HEAD';

/** A core in a process of its own, that can be told and killed. */
function startDriver(data: string): { readonly tell: (orders: readonly Order[]) => Promise<readonly Answer[]>; readonly kill: () => Promise<void> } {
  const child = spawn(process.execPath, [driver, data], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const open = lines.next();
  return {
    async tell(orders) {
      await open;
      child.stdin.write(`${JSON.stringify(orders)}\n`);
      const answers: Answer[] = [];
      while (answers.length < orders.length) answers.push(answerSchema.parse(JSON.parse((await lines.next()).value as string)));
      return answers;
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Does the same to many workspaces at once, each standing still before another step of it; kills the core there, and opens the next one. */
async function killAtEachStep(what: Order['what'], concerned: readonly Workspace[]): Promise<readonly Answer[]> {
  await house.close();
  const core = startDriver(house.data);
  try {
    // The first one goes to the end, and so tells how many steps there are.
    const [first] = await core.tell([{ workspaceId: concerned[0]!.workspaceId, what }]);
    expect(first!.error).toBeUndefined();
    const moments = spread(first!.calls.length, concerned.length - 1);
    const answers = await core.tell(concerned.slice(1, moments.length + 1).map(({ workspaceId }, index) => ({ workspaceId, what, at: moments[index]! })));
    expect(answers.map(({ at }) => at)).not.toContain(null);
    return answers;
  } finally {
    await core.kill();
    await house.reopen();
  }
}

/** As many of the numbers below `steps` as there is room for, evenly, the first and the last among them. */
function spread(steps: number, room: number): readonly number[] {
  if (steps <= room) return Array.from({ length: steps }, (_, index) => index);
  return Array.from({ length: room }, (_, index) => Math.round((index * (steps - 1)) / (room - 1)));
}

/** What there is of a workspace. */
async function see(workspaceId: string): Promise<object> {
  const { projectId } = house.project;
  const { engine, workspaces: service } = house.service;
  const containers = await engine.listContainers({ workspaceId });
  const workspace = service.get(workspaceId);
  return {
    state: workspace.state.kind,
    wall: workspace.wall.kind,
    containers: containers.map(({ name, status }) => `${name.replace(`-${projectId}-${workspaceId}`, '')} ${status}`).toSorted(),
    home: readFileSync(join(house.service.folders.home(workspaceId), 'kept'), 'utf8'),
    head: readFileSync(join(gitDirs.get(workspaceId)!, 'refs/heads/main'), 'utf8').trim(),
  };
}

/** What there should be. */
function whole(workspaceId: string, kind: string): object {
  const status = kind === 'running' ? 'running' : 'exited';
  return {
    state: kind === 'running' ? 'running' : 'stopped',
    wall: kind === 'running' ? 'standing' : 'off',
    containers: [`forge-agent ${status}`, `forge-gateway ${status}`],
    home: 'kept\n',
    head: heads.get(workspaceId),
  };
}

describe('a core that is killed at each step', () => {
  it('of a recreation leaves the old container or the new one, running under its name, with home and git dir', async () => {
    const answers = await killAtEachStep('recreate', workspaces);
    expect(answers.map(({ at }) => at)).toEqual(
      expect.arrayContaining([
        'createContainer agent-next',
        'stopContainer agent',
        'startContainer agent-next',
        'renameContainer agent',
        'removeContainer agent-replaced',
      ]),
    );
    for (const { workspaceId, at } of answers) expect(await see(workspaceId), `killed before ${at}`).toEqual(whole(workspaceId, 'running'));
  });

  it('of the recreation of a stopped one leaves it stopped', async () => {
    await Promise.all(workspaces.map(({ workspaceId }) => house.service.workspaces.stop(workspaceId)));
    const answers = await killAtEachStep('recreate', workspaces);
    for (const { workspaceId, at } of answers) expect(await see(workspaceId), `killed before ${at}`).toEqual(whole(workspaceId, 'stopped'));
  });

  it('of a start leaves it running behind its wall, or stopped', async () => {
    const answers = await killAtEachStep('start', workspaces.slice(0, 5));
    for (const { workspaceId, at } of answers) {
      const { kind } = house.service.workspaces.get(workspaceId).state;
      expect(await see(workspaceId), `killed before ${at}`).toEqual(whole(workspaceId, kind));
    }
  });

  it('of a stop leaves it running behind its wall, or stopped', async () => {
    await Promise.all(workspaces.slice(0, 3).map(({ workspaceId }) => house.service.workspaces.start(workspaceId)));
    const answers = await killAtEachStep('stop', workspaces.slice(0, 3));
    for (const { workspaceId, at } of answers) {
      const { kind } = house.service.workspaces.get(workspaceId).state;
      expect(await see(workspaceId), `killed before ${at}`).toEqual(whole(workspaceId, kind));
    }
  });

  it('of a removal finishes it at the next start', async () => {
    const answers = await killAtEachStep('remove', workspaces.slice(0, 6));
    expect(answers.length).toBeGreaterThan(3);
    const left = house.service.workspaces.list().map(({ workspaceId }) => workspaceId);
    for (const { workspaceId, at } of answers) {
      expect(left, `killed before ${at}`).not.toContain(workspaceId);
      expect((await listObjects(house.service.engine)).filter((one) => one.workspaceId === workspaceId)).toEqual([]);
      for (const folder of [house.service.folders.workspace(workspaceId), gitDirs.get(workspaceId)!]) expect(existsSync(folder)).toBe(false);
    }
  });
});

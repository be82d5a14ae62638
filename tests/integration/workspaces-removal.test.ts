import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Workspace } from '../../shared/model/workspace.ts';
import { type House, openHouse } from '../fixtures/house.ts';
import { listObjects } from '../fixtures/workspace-service.ts';

let house: House;
const identity = '-c user.name=Agent -c user.email=agent@example.com';

beforeAll(async () => {
  house = await openHouse();
});
afterEach(() => house.removeAll());
afterAll(() => house.end());

function sh(workspace: Workspace, script: string): Promise<string> {
  return house.inside(workspace, 'sh', '-ec', script);
}
async function namesOf(workspaceId: string): Promise<readonly string[]> {
  return (await listObjects(house.service.engine)).filter((one) => one.workspaceId === workspaceId).map(({ name }) => name);
}

/** Unpushed first, then the worktrees, in an order of their own. */
function sorted(work: readonly { readonly kind: string; readonly worktree: string }[]): object[] {
  return [
    ...work.filter(({ kind }) => kind === 'unpushed'),
    ...work.filter(({ kind }) => kind !== 'unpushed').toSorted((one, other) => other.worktree.localeCompare(one.worktree)),
  ];
}

describe('a removal', () => {
  it('says beforehand what goes and what stays, and takes exactly that', async () => {
    const { workspaceId } = await house.create();
    const { workspaces, work, keeps } = await house.service.workspaces.removal(workspaceId);
    expect(work).toEqual([]);
    expect(keeps).toEqual([house.project.path]);
    const [parts] = workspaces;
    const named = [...parts!.containers, ...parts!.networks, ...parts!.volumes];
    expect(named.toSorted()).toEqual((await namesOf(workspaceId)).toSorted());
    expect(named).toHaveLength(4);
    expect(parts).toMatchObject({ workspaceId, name: 'Shell', runningTerminals: 0 });
    expect(parts!.folders.map(({ path }) => existsSync(path))).toEqual([true, true]);
    expect(parts!.folders[0]!.bytes).toBeGreaterThan(0);
    await house.service.workspaces.remove(workspaceId);
    expect(await namesOf(workspaceId)).toEqual([]);
    expect(parts!.folders.map(({ path }) => existsSync(path))).toEqual([false, false]);
    expect(readdirSync(house.project.path)).toEqual(['.git', 'a.txt']);
  });

  it('of work that lies nowhere else needs to be told so, whether the workspace runs or not', async () => {
    const workspace = await house.create();
    const { workspaceId } = workspace;
    await sh(workspace, `git ${identity} commit -q --allow-empty -m on-main`);
    await sh(workspace, `git checkout -q -b feature/x; for n in 1 2; do git ${identity} commit -q --allow-empty -m "feature $n"; done; git checkout -q main`);
    await sh(workspace, `git worktree add -q ~/tree -b tree; echo new > ~/tree/new.txt; git worktree add -q --detach /tmp/layer; echo x > /tmp/layer/a.txt`);
    await sh(workspace, `git -C /tmp/layer ${identity} commit -qam detached; echo y > /tmp/layer/a.txt`);
    const expected = (layer: object): object[] => [
      {
        workspaceId,
        kind: 'unpushed',
        worktree: 'main',
        branch: 'feature/x',
        commits: [{ subject: 'feature 2' }, { subject: 'feature 1' }, { subject: 'on-main' }],
      },
      { workspaceId, kind: 'unpushed', worktree: 'main', branch: 'main', commits: [{ subject: 'on-main' }] },
      { workspaceId, kind: 'unpushed', worktree: '/home/agent/tree', branch: 'tree', commits: [{ subject: 'on-main' }] },
      { workspaceId, kind: 'unpushed', branch: 'HEAD', commits: [{ subject: 'detached' }, { subject: 'on-main' }] },
      ...[
        { workspaceId, worktree: '/tmp/layer', ...layer },
        { workspaceId, kind: 'uncommitted', worktree: '/home/agent/tree', files: ['new.txt'] },
      ],
    ];
    const running = await house.service.workspaces.removal(workspaceId);
    expect(sorted(running.work)).toMatchObject(expected({ kind: 'uncommitted', files: ['a.txt'] }));
    await house.service.workspaces.stop(workspaceId);
    const stopped = await house.service.workspaces.removalOfProject(house.project.projectId);
    expect(sorted(stopped.work)).toMatchObject(expected({ kind: 'unknown', reason: expect.stringContaining('Start the workspace') }));
    const refused = { code: 'workspace/unpushed-work', details: { work: stopped.work } };
    await expect(house.service.workspaces.remove(workspaceId)).rejects.toMatchObject(refused);
    await expect(house.service.projects.remove(house.project.projectId)).rejects.toMatchObject(refused);
    // Nothing has gone, the lookers have.
    expect((await namesOf(workspaceId)).length).toBe(4);
    expect((await house.service.workspaces.start(workspaceId)).state.kind).toBe('running');
    expect(await sh(workspace, 'git log -1 --format=%s main')).toBe('on-main');
    await house.service.workspaces.remove(workspaceId, { discard: true });
    expect(await namesOf(workspaceId)).toEqual([]);
  });

  it('does not call work lost that the user or a remote has', async () => {
    const workspace = await house.create();
    const { workspaceId } = workspace;
    await sh(workspace, `git ${identity} commit -q --allow-empty -m taken; git checkout -q -b pushed; git ${identity} commit -q --allow-empty -m pushed`);
    await sh(workspace, 'git init -q --bare ~/remote.git; git remote add origin ~/remote.git; git push -q origin pushed');
    await sh(workspace, 'git bundle create -q taken.bundle main');
    execFileSync('git', ['-C', house.project.path, 'fetch', '-q', 'taken.bundle', 'main:refs/forge/taken'], { stdio: 'pipe' });
    expect((await house.service.workspaces.removal(workspaceId)).work).toEqual([]);
    execFileSync('git', ['-C', house.project.path, 'update-ref', '-d', 'refs/forge/taken']);
    await sh(workspace, 'rm taken.bundle');
    await house.service.workspaces.remove(workspaceId);
  });

  it('runs nothing of what an agent has planted, and says so when it cannot look', async () => {
    const workspace = await house.create();
    const { workspaceId } = workspace;
    const hook = 'printf "#!/bin/sh\\ntouch $PWD/ran \\$HOME/ran\\n" > evil; chmod +x evil';
    await sh(
      workspace,
      `${hook}; git ${identity} commit -q --allow-empty -m work; git worktree add -q ~/tree; git config core.fsmonitor $PWD/evil; git config core.pager $PWD/evil`,
    );
    expect((await house.service.workspaces.removal(workspaceId)).work).toMatchObject([
      { kind: 'unpushed', branch: 'main' },
      { kind: 'unpushed', branch: 'tree' },
    ]);
    const { folders } = await house.service.workspaces.inspect(workspaceId);
    expect([...folders, house.project.path].map((folder) => existsSync(join(folder, 'ran')))).toEqual([false, false, false]);
    await sh(workspace, 'rm evil; echo "[core" > .git/config');
    const { work } = await house.service.workspaces.removal(workspaceId);
    expect(work).toMatchObject([{ kind: 'unknown', reason: expect.stringContaining('Git could not look') }]);
    await expect(house.service.workspaces.remove(workspaceId)).rejects.toMatchObject({ code: 'workspace/unpushed-work' });
  });
});

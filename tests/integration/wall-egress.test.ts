import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostRoutes, freeSubnets } from '../../electron/network/subnets.ts';
import { createTestWall, type TestWall, type Walled } from '../fixtures/wall.ts';

let test: TestWall;
beforeAll(async () => {
  test = await createTestWall();
});
afterAll(() => test?.cleanUp());

async function remove({ workspaceId, projectId, agent }: Walled): Promise<void> {
  await test.engine.removeContainer(agent);
  await test.wall.remove({ workspaceId, projectId });
}
async function egressIds(): Promise<readonly string[]> {
  return (await test.engine.listNetworks()).filter(({ name }) => name === test.egress).map(({ id }) => id);
}

describe('the egress network', () => {
  it('is there with the first workspace, goes with the last, and is made anew for the next', async () => {
    expect(await egressIds()).toEqual([]);
    const [one, two] = await Promise.all([test.build(), test.build()]);
    const [id, ...others] = await egressIds();
    expect(others).toEqual([]);
    await remove(one);
    expect(await egressIds()).toEqual([id]);
    await remove(two);
    expect(await egressIds()).toEqual([]);
    const next = await test.build();
    expect(await egressIds()).toHaveLength(1);
    expect(await egressIds()).not.toEqual([id]);
    expect((await test.wall.test(next.workspaceId)).passed).toBe(true);
    await remove(next);
  });

  it('stays for a stopped workspace that this process has not touched yet', async () => {
    const [sleeper, other] = await Promise.all([test.build(), test.build()]);
    await test.engine.stopContainer(sleeper.agent, 0);
    await test.wall.lower(sleeper.workspaceId);
    const before = await egressIds();
    test.reopen();
    await remove(other);
    expect(await egressIds()).toEqual(before);
    await test.wall.raise({ ...sleeper, mode: 'restricted' }, () => undefined);
    await test.engine.startContainer(sleeper.agent);
    expect((await test.wall.test(sleeper.workspaceId)).passed).toBe(true);
    await remove(sleeper);
    expect(await egressIds()).toEqual([]);
  });

  it('is under nobody pulled away by a removal at the same time', async () => {
    let standing = await test.build();
    for (let round = 0; round < 4; round++) {
      const [next] = await Promise.all([test.build(), remove(standing)]);
      expect((await test.engine.inspectContainer(next.gateway))?.networks[test.egress]).toMatch(/^10\.214\./);
      standing = next;
    }
    expect((await test.wall.test(standing.workspaceId)).passed).toBe(true);
    await remove(standing);
    expect(await egressIds()).toEqual([]);
  });

  it('that has no address left says so, and has one again when a workspace is stopped', async () => {
    const taken = [...(await test.engine.usedSubnets()), ...(await hostRoutes())];
    // Two addresses: the host's own, and one gateway's.
    const subnet = freeSubnets('10.214.0.0/16', 30, taken, Date.now() % 10_000).next().value as string;
    await test.engine.ensureNetwork({ name: test.egress, internal: false, options: {}, subnet });
    const one = await test.build();
    const refused = await test.build().catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'network/egress-full' });
    await test.engine.stopContainer(one.agent, 0);
    await test.wall.lower(one.workspaceId);
    const two = await test.build();
    await expect(test.wall.raise({ ...one, mode: 'restricted' }, () => undefined)).rejects.toMatchObject({ code: 'network/egress-full' });
    await remove(one);
    await remove(two);
    // The refused one was never removed: it may be started again, so the network waits for it.
    expect(await egressIds()).toHaveLength(1);
  });
});

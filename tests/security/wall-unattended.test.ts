import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startUpstream, type Upstream } from '../fixtures/upstream.ts';
import { createTestWall, type TestWall, type Walled } from '../fixtures/wall.ts';

let test: TestWall;
let one: Walled;
let upstream: Upstream;
/** Instead of the built image of the gateway; empty: that. */
let image = '';

beforeAll(async () => {
  test = await createTestWall(undefined, { gatewayImage: () => image });
  one = await test.build();
  upstream = await startUpstream(test.engine, test.agentImage, ['up.example.com', 'other.example.com']);
  await test.wall.addRule(one.workspaceId, 'up.example.com', { allowPrivate: true, addedBy: 'user' });
});
afterAll(() => test?.cleanUp());

const fetch = (name: string): Promise<string> => test.run(one, `curl -s -m 5 http://${name}/; true`);
/** By name, and straight to its address. */
async function expectNoWayOut(): Promise<void> {
  const before = await upstream.heard();
  expect(
    await test.run(one, `curl -s -m 4 http://up.example.com/; curl -sk -m 4 https://up.example.com/; curl -s -m 4 http://${upstream.address}:8080/; true`),
  ).toBe('');
  expect(await upstream.heard()).toEqual(before);
}
const pid1 = async (container: string): Promise<string> => (await test.engine.inspectContainer(container))!.startedAt;

describe('while nobody watches', () => {
  it('a gateway that ends is started by the engine, with the rules that it had', async () => {
    expect(await fetch('up.example.com'), 'control').toContain('hello');
    // An app that has ended: nothing raises this wall.
    test.reopen();
    const before = await pid1(one.gateway);
    await test.engine.exec(one.gateway, ['bash', '-c', 'kill -9 $(grep -l haproxy /proc/[0-9]*/comm | cut -d/ -f3)']).catch(() => undefined);
    await expect.poll(() => pid1(one.gateway), { timeout: 30_000 }).not.toBe(before);
    await expect.poll(() => fetch('up.example.com'), { timeout: 30_000 }).toContain('hello');
    expect(await fetch('other.example.com')).toContain('Blocked by Forgehold');
  });

  it('an agent that is started without its gateway has no way out', async () => {
    await test.engine.stopContainer(one.gateway, 0);
    execFileSync('docker', ['restart', '-t', '0', one.agent]);
    await expectNoWayOut();
    await test.wall.raise({ ...one, mode: 'restricted' }, () => undefined);
    expect((await test.wall.test(one.workspaceId)).passed).toBe(true);
    expect(await fetch('up.example.com'), 'control').toContain('hello');
  });
});

describe('a gateway that cannot be made', () => {
  it('for want of its image leaves the agent without a way out, says so, and is there as soon as the image is', async () => {
    image = 'forgehold-none.invalid/gateway:1';
    await test.engine.removeContainer(one.gateway);
    const state = (): unknown => test.wall.state(one.workspaceId);
    await expect.poll(state, { timeout: 30_000 }).toMatchObject({ kind: 'down', healing: true, reason: expect.stringMatching(/image|gateway/i) });
    await expectNoWayOut();
    image = '';
    await expect.poll(state, { timeout: 90_000 }).toMatchObject({ kind: 'standing' });
    expect(await fetch('up.example.com')).toContain('hello');
    expect(await fetch('other.example.com')).toContain('Blocked by Forgehold');
  });
});

import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTcpUpstream } from '../fixtures/tcp-upstream.ts';
import { startUpstream, type Upstream } from '../fixtures/upstream.ts';
import { createTestWall, type TestWall, type Walled } from '../fixtures/wall.ts';

let test: TestWall;
let one: Walled;
let upstream: Upstream;
/** Instead of the built image of the gateway; empty: that. */
let image = '';

beforeAll(async () => {
  test = await createTestWall(undefined, { gatewayImage: () => image });
  one = await test.build('restricted', { entrypoint: ['tini', '--', 'forge-init'] });
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

  it('what was to end by itself ends in the gateway: rules for the web and for TCP, and learning', async () => {
    await startTcpUpstream(test.engine, test.agentImage, 'tcp.example.com');
    await test.wall.raise({ ...one, mode: 'restricted' }, () => undefined);
    const expiresAt = new Date(Date.now() + 10_000).toISOString();
    const rule = { allowPrivate: true, addedBy: 'user', expiresAt } as const;
    const probe = async (): Promise<readonly string[]> => {
      const line = `curl -s -m 5 http://other.example.com/; curl -sk -m 5 https://other.example.com/; echo; sleep 0.5 | timeout 5 nc -N tcp.example.com 22`;
      return [...(await test.run(one, line)).matchAll(/hello|SSH-2\.0|Blocked/g)].map(([word]) => word);
    };
    for (const pattern of ['other.example.com', 'tcp.example.com:22']) await test.wall.addRule(one.workspaceId, pattern, rule);
    expect(await probe(), 'control').toEqual(['hello', 'hello', 'SSH-2.0']);
    // A tenth of a minute. The address is a private one, which learning lets nobody reach: that is another sentence than that of a list.
    await test.wall.setMode(one.workspaceId, 'learning', 0.1);
    expect(await fetch('third.example.com'), 'control').not.toContain('list of allowed domains');
    test.reopen();
    await expect.poll(probe, { timeout: 30_000, interval: 1000 }).toEqual(['Blocked', 'Blocked']);
    await expect.poll(() => fetch('third.example.com'), { timeout: 30_000 }).toContain('list of allowed domains');
    expect(await fetch('up.example.com'), 'a rule that lasts').toContain('hello');
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

import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Decision } from '../../shared/model/domain.ts';
import { startUpstream, type Upstream } from '../fixtures/upstream.ts';
import { createTestWall, type TestWall, type Walled } from '../fixtures/wall.ts';

let test: TestWall;
let one: Walled;
let upstream: Upstream;
const rule = { allowPrivate: true, addedBy: 'user' } as const;

beforeAll(async () => {
  test = await createTestWall();
  one = await test.build();
  upstream = await startUpstream(test.engine, test.agentImage, ['up.example.com', 'other.example.com', 'a.wild.example.com', 'wild.example.com']);
});
afterAll(() => test?.cleanUp());

function fetchStatus(url: string): Promise<string> {
  return test.run(one, `curl -sk -m 15 -o /dev/null -w '%{http_code}' ${url}`);
}
async function until<T>(probe: () => T | Promise<T>, fits: (value: T) => boolean): Promise<T> {
  for (let tries = 0; ; tries++) {
    const value = await probe();
    if (fits(value)) return value;
    if (tries > 300) throw new Error(`Waited in vain; last seen: ${JSON.stringify(value)}`);
    await wait(100);
  }
}
function decisions(): readonly Decision[] {
  return test.wall.decisions({ workspaceId: one.workspaceId, limit: 1000 });
}

describe('the wall', () => {
  it('proves itself from inside the agent container', async () => {
    const report = await test.wall.test(one.workspaceId);
    expect(report.attempts.filter(({ result }) => result === 'failed')).toEqual([]);
    expect(report.passed).toBe(true);
    expect(report.attempts.find(({ id }) => id === 'canary-heard')?.result).toBe('passed');
    expect(test.wall.state(one.workspaceId).kind).toBe('standing');
    expect(test.wall.lastTest(one.workspaceId)).toEqual(report);
    test.reopen();
    expect(test.wall.lastTest(one.workspaceId)).toEqual(report);
    await test.wall.raise({ ...one, mode: 'restricted' }, () => undefined);
  });

  it('refuses to call a container on an ordinary network walled', async () => {
    const { engine } = test;
    const agent = await engine.createContainer({ ...test.agentSpec(one), name: `forge-agent-bare-${one.workspaceId}`, network: { name: test.egress } });
    await engine.stopContainer(one.agent, 0);
    await engine.startContainer(agent);
    const report = await test.wall.test(one.workspaceId);
    await engine.removeContainer(agent);
    await engine.startContainer(one.agent);
    expect(report.passed).toBe(false);
    expect(report.attempts.filter(({ result }) => result === 'failed').map(({ id }) => id)).toEqual(expect.arrayContaining(['canary', 'canary-heard']));
    expect(test.wall.state(one.workspaceId)).toMatchObject({ kind: 'down' });
    expect((await test.wall.test(one.workspaceId)).passed).toBe(true);
  });
});

describe('rules', () => {
  it('hold for the very next connection, over HTTP and TLS, and are gone as fast', async () => {
    expect(await fetchStatus('http://up.example.com/')).toBe('403');
    expect(await fetchStatus('https://up.example.com/')).toBe('403');
    await test.wall.addRule(one.workspaceId, 'UP.example.com.', rule);
    expect(await fetchStatus('http://up.example.com/')).toBe('200');
    expect(await fetchStatus('https://up.example.com/')).toBe('200');
    await test.wall.removeRule(one.workspaceId, 'up.example.com');
    expect(await fetchStatus('http://up.example.com/')).toBe('403');
    expect(await fetchStatus('https://up.example.com/')).toBe('403');
  });

  it('refuse a private address unless they say otherwise', async () => {
    await test.wall.addRule(one.workspaceId, 'up.example.com', { ...rule, allowPrivate: false });
    expect(await test.run(one, 'curl -s -m 10 http://up.example.com/')).toContain('has a private address');
    expect(await test.run(one, 'curl -sk -m 10 https://up.example.com/')).toContain('has a private address');
    await test.wall.addRule(one.workspaceId, 'up.example.com', rule);
    expect(await fetchStatus('https://up.example.com/')).toBe('200');
    await test.wall.removeRule(one.workspaceId, 'up.example.com');
  });

  it('come through when the program in the gateway that brings them is killed, each time', async () => {
    const kill = (): Promise<unknown> => test.engine.exec(one.gateway, ['bash', '-c', 'kill -9 $(grep -lz stay /proc/[0-9]*/cmdline | cut -d/ -f3)']);
    await test.wall.addRule(one.workspaceId, 'first.example.com', rule);
    await test.wall.addRule(one.workspaceId, 'second.example.com', rule);
    await kill();
    await test.wall.addRule(one.workspaceId, 'up.example.com', rule);
    expect(await fetchStatus('https://up.example.com/')).toBe('200');
    await test.wall.removeRule(one.workspaceId, 'first.example.com');
    await kill();
    await test.wall.removeRule(one.workspaceId, 'up.example.com');
    expect(await fetchStatus('https://up.example.com/')).toBe('403');
    await test.wall.removeRule(one.workspaceId, 'second.example.com');
    expect((await test.engine.inspectContainer(one.gateway))?.restartCount).toBe(0);
  });

  it('with a star match below the name, on a dot, and not the name itself', async () => {
    await test.wall.addRule(one.workspaceId, '*.wild.example.com', rule);
    expect(await fetchStatus('http://a.wild.example.com/')).toBe('200');
    expect(await fetchStatus('http://wild.example.com/')).toBe('403');
    expect(await fetchStatus('http://xwild.example.com/')).toBe('403');
    await test.wall.removeRule(one.workspaceId, '*.wild.example.com');
    expect(await fetchStatus('http://a.wild.example.com/')).toBe('403');
  });

  it('taken away end their own downloads, and no others, while two hundred change', async () => {
    await test.wall.addRule(one.workspaceId, 'up.example.com', rule);
    await test.wall.addRule(one.workspaceId, 'other.example.com', rule);
    const download = (name: string, scheme: string): Promise<string> =>
      test.run(one, `curl -sk -m 50 --no-buffer -o /tmp/${scheme}-${name} -w '%{exitcode} %{size_download}' ${scheme}://${name}/slow; true`);
    const size = async (file: string): Promise<number> => Number(await test.run(one, `stat -c %s /tmp/${file} 2>/dev/null || echo 0`));
    const ended = [download('up.example.com', 'http'), download('up.example.com', 'https')];
    void download('other.example.com', 'https');
    for (const file of ['http-up.example.com', 'https-up.example.com', 'https-other.example.com'])
      await until(
        () => size(file),
        (bytes) => bytes > 0,
      );
    const names = Array.from({ length: 200 }, (_, index) => `name-${index}.example.org`);
    await Promise.all(names.map((name) => test.wall.addRule(one.workspaceId, name, rule)));
    await test.wall.removeRule(one.workspaceId, 'up.example.com');
    for (const result of await Promise.all(ended)) expect(result).not.toMatch(/^0 /);
    await Promise.all(names.map((name) => test.wall.removeRule(one.workspaceId, name)));
    const before = await size('https-other.example.com');
    expect(
      await until(
        () => size('https-other.example.com'),
        (bytes) => bytes > before,
      ),
    ).toBeGreaterThan(before);
    await test.wall.removeRule(one.workspaceId, 'other.example.com');
  });
});

describe('modes', () => {
  it('change without recreation, and end what they no longer allow', async () => {
    const { gateway } = one;
    await test.wall.addRule(one.workspaceId, 'up.example.com', rule);
    await test.wall.setMode(one.workspaceId, 'none');
    expect(await test.run(one, 'curl -s -m 10 http://up.example.com/')).toContain('switched off');
    expect(await test.run(one, 'curl -sk -m 10 https://up.example.com/')).toContain('switched off');
    await test.wall.setMode(one.workspaceId, 'full');
    expect(await fetchStatus('http://up.example.com/')).toBe('200');
    expect(await test.run(one, 'curl -s -m 10 http://other.example.com/')).toContain('private address');
    await test.wall.setMode(one.workspaceId, 'restricted');
    expect(await test.run(one, 'curl -s -m 10 http://other.example.com/')).toContain("not on this workspace's list");
    await test.wall.removeRule(one.workspaceId, 'up.example.com');
    expect((await test.engine.inspectContainer(gateway))?.restartCount).toBe(0);
  });
});

describe('decisions', () => {
  it('are recorded once each, live, with the bytes of those that were let out', async () => {
    await test.wall.addRule(one.workspaceId, 'up.example.com', rule);
    await fetchStatus('https://blocked-once.example.net/');
    await fetchStatus('http://up.example.com/');
    const blocked = await until(
      () => decisions().find(({ host }) => host === 'blocked-once.example.net'),
      (found) => found !== undefined,
    );
    expect(blocked).toMatchObject({ verdict: 'blocked', reason: 'not-listed', port: 443, protocol: 'tls' });
    const allowed = await until(
      () => decisions().find(({ host }) => host === 'up.example.com'),
      (found) => found?.bytesDown !== undefined,
    );
    expect(allowed).toMatchObject({ verdict: 'allowed', reason: 'rule', port: 80, protocol: 'http' });
    const before = decisions().map(({ seq }) => seq);
    test.reopen();
    await test.wall.raise({ ...one, mode: 'restricted' }, () => undefined);
    await fetchStatus('https://after-restart.example.net/');
    await until(
      () => decisions().find(({ host }) => host === 'after-restart.example.net'),
      (found) => found !== undefined,
    );
    expect(decisions().filter(({ host }) => host === 'blocked-once.example.net')).toHaveLength(1);
    expect(decisions()[0]!.seq).toBe(Math.max(...before) + 1);
    await test.wall.removeRule(one.workspaceId, 'up.example.com');
  });

  it('list blocked names until they are allowed or dismissed', async () => {
    const hosts = (): readonly string[] => test.wall.blocked(one.workspaceId).map(({ host }) => host);
    await fetchStatus('https://wanted.example.net/');
    await fetchStatus('https://unwanted.example.net/');
    await until(hosts, (list) => list.includes('wanted.example.net') && list.includes('unwanted.example.net'));
    await test.wall.addRule(one.workspaceId, '*.example.net', { ...rule, allowPrivate: false });
    expect(hosts()).not.toContain('wanted.example.net');
    await test.wall.removeRule(one.workspaceId, '*.example.net');
    await fetchStatus('https://unwanted.example.net/');
    await until(hosts, (list) => list.includes('unwanted.example.net'));
    test.wall.dismiss(one.workspaceId, 'unwanted.example.net');
    expect(hosts()).not.toContain('unwanted.example.net');
  });
});

describe('a gateway that dies', () => {
  it('is down at once, comes back with the rules of the database, and is proven again', async () => {
    await test.wall.addRule(one.workspaceId, 'up.example.com', rule);
    const states: string[] = [];
    const dispose = test.wall.onChange(() => states.push(test.wall.state(one.workspaceId).kind));
    // Its second process: the container must not live on with half a wall.
    await test.engine.exec(one.gateway, ['bash', '-c', 'kill -9 $(cat /proc/[0-9]*/stat | grep "(haproxy)" | cut -d" " -f1)']).catch(() => undefined);
    await until(() => states.includes('down'), Boolean);
    await until(
      () => test.wall.state(one.workspaceId).kind,
      (kind) => kind === 'standing',
    );
    dispose();
    expect(await fetchStatus('http://up.example.com/')).toBe('200');
    expect(await fetchStatus('http://other.example.com/')).toBe('403');
    await test.wall.removeRule(one.workspaceId, 'up.example.com');
  });

  it('gets rid of what was put into its maps behind our back', async () => {
    await test.engine.exec(one.gateway, ['forge-runtime'], { stdin: 'add map /cfg/exact.map other.example.com:80 allow-private/0123456789ab\n' });
    expect(await fetchStatus('http://other.example.com/')).toBe('200');
    test.reopen();
    await test.wall.raise({ ...one, mode: 'restricted' }, () => undefined);
    expect(await fetchStatus('http://other.example.com/')).toBe('403');
  });
});

describe('several walls', () => {
  it('made at once get networks of their own, and remove leaves nothing', async () => {
    const more = await Promise.all([test.build(), test.build(), test.build()]);
    expect(new Set(more.map(({ site }) => site.agentAddress)).size).toBe(3);
    for (const { workspaceId, projectId, agent } of more) {
      await test.engine.removeContainer(agent);
      await test.wall.remove({ workspaceId, projectId });
      expect(await test.engine.listContainers({ workspaceId })).toEqual([]);
      expect(await test.engine.listNetworks({ workspaceId })).toEqual([]);
      expect(await test.engine.listVolumes({ workspaceId })).toEqual([]);
    }
    expect(upstream.address).not.toBe('');
  });
});

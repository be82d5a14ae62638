import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RuleInput } from '../../electron/network/types.ts';
import type { Decision, HttpRule } from '../../shared/model/domain.ts';
import { startUpstream, type Upstream } from '../fixtures/upstream.ts';
import { createTestWall, type TestWall, type Walled } from '../fixtures/wall.ts';

let test: TestWall;
/** Two workspaces of one project. */
let one: Walled;
let two: Walled;
let upstream: Upstream;
const rest = { addedBy: 'user', allowPrivate: true } as const;

beforeAll(async () => {
  test = await createTestWall();
  one = await test.build();
  two = await test.build('restricted', {}, one.projectId);
  upstream = await startUpstream(test.engine, test.agentImage, ['up.example.com', 'other.example.com', 'a.wild.example.com', 'b.wild.example.com']);
});
afterEach(async () => {
  await test.wall.removeRules(test.wall.allRules().map(({ id }) => id));
});
afterAll(() => test?.cleanUp());

function add(input: Partial<RuleInput> & { readonly pattern: string }) {
  return test.wall.addRule(one.workspaceId, input.pattern, { ...rest, ...input });
}
function fetchStatus(url: string, where = one, options = ''): Promise<string> {
  return test.run(where, `curl -sk --path-as-is -m 15 ${options} -o /dev/null -w '%{http_code}' '${url}'`);
}
function fetchBody(url: string): Promise<string> {
  return test.run(one, `curl -sk -m 10 '${url}'`);
}
function download(name: string): Promise<string> {
  return test.run(one, `curl -sk -m 50 --no-buffer -o /tmp/deny-${name} -w '%{exitcode}' https://${name}/slow; true`);
}
async function size(name: string): Promise<number> {
  return Number(await test.run(one, `stat -c %s /tmp/deny-${name} 2>/dev/null || echo 0`));
}
async function until<T>(probe: () => T | Promise<T>, fits: (value: T) => boolean): Promise<T> {
  for (let tries = 0; ; tries++) {
    const value = await probe();
    if (fits(value)) return value;
    if (tries > 300) throw new Error(`Waited in vain; last seen: ${JSON.stringify(value)}`);
    await wait(100);
  }
}
async function lastDecision(host: string): Promise<Decision> {
  const found = await until(
    () => test.wall.decisions({ workspaceId: one.workspaceId, limit: 50, quiet: true }).find((decision) => decision.host === host),
    (decision) => decision !== undefined,
  );
  return found!;
}

describe('a rule', () => {
  it('lets out its own ports, and no other', async () => {
    const rule = await add({ pattern: 'up.example.com:443' });
    expect(await fetchStatus('https://up.example.com/')).toBe('200');
    expect(await fetchStatus('http://up.example.com/')).toBe('403');
    expect(await lastDecision('up.example.com')).toMatchObject({ port: 80, verdict: 'blocked', reason: 'not-listed' });
    await add({ pattern: '*.wild.example.com', ports: [80] });
    expect(await fetchStatus('http://a.wild.example.com/')).toBe('200');
    expect(await fetchStatus('https://a.wild.example.com/')).toBe('403');
    expect(rule.ports).toEqual([443]);
  });

  it('is named by each decision that it makes, and counts them', async () => {
    const rule = await add({ pattern: 'up.example.com' });
    await fetchStatus('https://up.example.com/');
    await fetchStatus('http://up.example.com/');
    await until(
      () => test.wall.counted(test.wall.rules(one.workspaceId))[0]?.hits,
      (hits) => hits === 2,
    );
    expect(await lastDecision('up.example.com')).toMatchObject({ rule: rule.id, reason: 'rule', address: upstream.address });
  });

  it('adds up with others for the same name: one that says private is enough, in whichever order', async () => {
    await add({ pattern: '*.wild.example.com', allowPrivate: false });
    await add({ pattern: '*.example.com', allowPrivate: true });
    await add({ pattern: 'a.wild.example.com', allowPrivate: false });
    expect(await fetchStatus('http://a.wild.example.com/')).toBe('200');
    await test.wall.removeRule(one.workspaceId, '*.example.com');
    expect(await fetchBody('http://a.wild.example.com/')).toContain('private address');
  });
});

describe('a deny rule', () => {
  it('wins over every allow rule and in every mode, over HTTP and TLS, and says so', async () => {
    await add({ pattern: 'a.wild.example.com' });
    await add({ pattern: '*.wild.example.com' });
    await add({ pattern: 'other.example.com' });
    const deny = await add({ pattern: '*.wild.example.com', verdict: 'deny' });
    for (const mode of ['restricted', 'full', 'learning'] as const) {
      await test.wall.setMode(one.workspaceId, mode);
      for (const scheme of ['http', 'https'])
        expect(await fetchBody(`${scheme}://a.wild.example.com/`)).toContain("denied by a rule of this workspace's owner");
      expect(await fetchStatus('https://other.example.com/')).toBe('200');
    }
    await test.wall.setMode(one.workspaceId, 'restricted');
    expect(await lastDecision('a.wild.example.com')).toMatchObject({ verdict: 'blocked', reason: 'denied', rule: deny.id });
    expect(test.wall.blocked(one.workspaceId).map(({ host }) => host)).not.toContain('a.wild.example.com');
    await test.wall.removeRules([deny.id]);
    expect(await fetchStatus('https://a.wild.example.com/')).toBe('200');
  });

  it('may be for one port, and then leaves the others', async () => {
    await add({ pattern: 'up.example.com' });
    await add({ pattern: 'up.example.com:80', verdict: 'deny' });
    expect(await fetchStatus('http://up.example.com/')).toBe('403');
    expect(await fetchStatus('https://up.example.com/')).toBe('200');
  });

  it('that is quiet keeps what it refuses, and shows it when asked only', async () => {
    await add({ pattern: 'quiet.example.com', verdict: 'deny', quiet: true });
    await fetchStatus('https://quiet.example.com/');
    expect(await lastDecision('quiet.example.com')).toMatchObject({ reason: 'denied', quiet: true });
    const shown = test.wall.decisions({ workspaceId: one.workspaceId, limit: 1000 });
    expect(shown.map(({ host }) => host)).not.toContain('quiet.example.com');
  });

  it('ends the connections that it forbids, and no other', async () => {
    await add({ pattern: 'up.example.com' });
    await add({ pattern: 'other.example.com' });
    const ended = download('up.example.com');
    void download('other.example.com');
    for (const name of ['up.example.com', 'other.example.com'])
      await until(
        () => size(name),
        (bytes) => bytes > 0,
      );
    await add({ pattern: 'up.example.com', verdict: 'deny' });
    expect(await ended).not.toBe('0');
    const before = await size('other.example.com');
    await until(
      () => size('other.example.com'),
      (bytes) => bytes > before,
    );
  });
});

describe('a rule for some requests', () => {
  const http: HttpRule = { methods: ['GET'], pathPrefix: '/v1/models' };

  it('lets out its methods, below its path on a segment’s boundary', async () => {
    const rule = await add({ pattern: 'up.example.com', http });
    expect(await fetchStatus('http://up.example.com/v1/models')).toBe('200');
    expect(await fetchStatus('http://up.example.com/v1/models/')).toBe('200');
    expect(await fetchStatus('http://up.example.com/v1/models/a%20b.c?x=/../y')).toBe('200');
    expect(await lastDecision('up.example.com')).toMatchObject({ reason: 'rule', rule: rule.id });
    expect(await fetchStatus('http://up.example.com/v1/modelsx')).toBe('403');
    expect(await fetchStatus('http://up.example.com/v1')).toBe('403');
    expect(await fetchStatus('http://up.example.com/V1/models')).toBe('403');
    expect(await fetchStatus('http://up.example.com/v1/models', one, '-X POST')).toBe('403');
    expect(await lastDecision('up.example.com')).toMatchObject({ verdict: 'blocked', reason: 'other-request' });
    expect(await fetchBody('http://up.example.com/')).toContain('other methods or paths');
    expect(await fetchStatus('https://up.example.com/v1/models')).toBe('403');
  });

  it('judges every request of a connection by itself', async () => {
    await add({ pattern: 'up.example.com', http });
    const line = `curl -s -m 10 -o /dev/null -w '%{http_code} %{num_connects}\\n' http://up.example.com/v1/models --next -s -o /dev/null -w '%{http_code} %{num_connects}\\n' http://up.example.com/secret`;
    expect((await test.run(one, line)).split('\n')).toEqual(['200 1', '403 0']);
  });

  it('lets nothing out that can be read in two ways', async () => {
    await add({ pattern: 'up.example.com', http: { methods: [], pathPrefix: '/a' } });
    const before = (await upstream.heard()).length;
    const tricks = [
      '/a/../b',
      '/a/..',
      '/a/./b',
      '/a//b',
      '//a',
      '/a/%2e%2e/b',
      '/a/.%2E/b',
      '/a%2fb',
      '/a/%5C..',
      '/a/%5cb',
      '/a%00',
      '/a;x',
      '/a/..;/b',
      '/a/%3bx',
      '/a/%252e%252e/b',
      '/a/%c0%ae',
      '/a/%zz',
      '/a/%0d%0ax',
    ];
    for (const path of tricks) expect([path, await fetchStatus(`http://up.example.com${path}`)]).toEqual([path, expect.stringMatching(/^40[03]$/)]);
    // HAProxy passes an offer of h2c on to nobody.
    for (const header of ['Upgrade: other', 'X-HTTP-Method-Override: DELETE', 'X-Original-URL: /b'])
      expect([header, await fetchStatus('http://up.example.com/a', one, `-H 'Connection: Upgrade' -H '${header}'`)]).toEqual([header, '403']);
    expect(await fetchStatus('http://up.example.com/a', one, '--request-target http://up.example.com/a')).toBe('403');
    expect(await fetchStatus('http://up.example.com/a', one, "--request-target '*' -X OPTIONS")).toMatch(/^40[03]$/);
    expect((await upstream.heard()).length).toBe(before);
    expect(await fetchStatus('http://up.example.com/a/b', one, '-X PUT')).toBe('200');
  });

  it('of several the longest path decides nothing: each may let a request out', async () => {
    await add({ pattern: 'up.example.com', http: { methods: ['GET'], pathPrefix: '/a/b' } });
    await add({ pattern: 'up.example.com', http: { methods: [], pathPrefix: '/a' } });
    await add({ pattern: 'up.example.com', http: { methods: ['PUT'], pathPrefix: '/' } });
    expect(await fetchStatus('http://up.example.com/a/b', one, '-X DELETE')).toBe('200');
    expect(await fetchStatus('http://up.example.com/c', one, '-X PUT')).toBe('200');
    expect(await fetchStatus('http://up.example.com/c')).toBe('403');
    await add({ pattern: 'up.example.com', ports: [80] });
    expect(await fetchStatus('http://up.example.com/c')).toBe('200');
  });
});

describe('scopes', () => {
  it('a project’s and a global rule hold in two workspaces at once, and are gone from both at once', async () => {
    for (const scope of ['project', 'global'] as const) {
      const rule = await add({ pattern: 'up.example.com', scope });
      for (const where of [one, two]) expect(await fetchStatus('https://up.example.com/', where)).toBe('200');
      await test.wall.removeRules([rule.id]);
      for (const where of [one, two]) expect(await fetchStatus('https://up.example.com/', where)).toBe('403');
    }
    await add({ pattern: 'up.example.com' });
    expect(await fetchStatus('https://up.example.com/', two)).toBe('403');
  });

  it('once holds for a minute from its first connection', async () => {
    await fetchStatus('https://up.example.com/');
    await until(
      () => test.wall.blocked(one.workspaceId).map(({ host }) => host),
      (hosts) => hosts.includes('up.example.com'),
    );
    const rule = await test.wall.answer(one.workspaceId, { host: 'up.example.com', port: 443, answer: 'once', allowPrivate: true });
    expect(test.wall.blocked(one.workspaceId).map(({ host }) => host)).not.toContain('up.example.com');
    const left = (): number => Date.parse(test.wall.rules(one.workspaceId).find(({ id }) => id === rule.id)!.expiresAt!) - Date.now();
    expect(left()).toBeGreaterThan(60_000);
    expect(await fetchStatus('https://up.example.com/')).toBe('200');
    await until(left, (ms) => ms <= 60_000);
  });

  it('a session’s rule is gone after the workspace was stopped', async () => {
    await add({ pattern: 'up.example.com', scope: 'session' });
    await add({ pattern: 'other.example.com' });
    await test.engine.stopContainer(one.agent, 0);
    await test.wall.lower(one.workspaceId);
    await test.wall.raise({ ...one, mode: 'restricted' }, () => undefined);
    await test.engine.startContainer(one.agent);
    expect(await fetchStatus('https://up.example.com/')).toBe('403');
    expect(await fetchStatus('https://other.example.com/')).toBe('200');
  });
});

describe('what ends by itself', () => {
  it('a rule that expires ends its connections, as if it had been taken away', async () => {
    await add({ pattern: 'up.example.com', expiresAt: new Date(Date.now() + 6000).toISOString() });
    expect(await fetchStatus('https://up.example.com/')).toBe('200');
    const outcome = await test.run(one, `curl -sk -m 50 -o /dev/null -w '%{exitcode}' https://up.example.com/slow; true`);
    expect(outcome).not.toBe('0');
    expect(await fetchStatus('https://up.example.com/')).toBe('403');
    expect(test.wall.allRules()).toEqual([]);
  });

  it('learning lets everything out that full does, keeps what it saw, and ends', async () => {
    await add({ pattern: 'up.example.com' });
    await test.wall.setMode(one.workspaceId, 'learning', 1 / 10);
    expect(await fetchStatus('https://up.example.com/')).toBe('200');
    expect(await fetchBody('http://other.example.com/')).toContain('private address');
    await until(
      () => fetchBody('http://other.example.com/'),
      (body) => body.includes("not on this workspace's list"),
    );
    expect(test.wall.mode(one.workspaceId)).toBe('restricted');
    const seen = await until(
      () => test.wall.seenWhileLearning(one.workspaceId),
      (decisions) => decisions.length >= 2,
    );
    expect(seen.slice(0, 2)).toMatchObject([
      { host: 'up.example.com', verdict: 'allowed' },
      { host: 'other.example.com', reason: 'refused-address' },
    ]);
    expect(test.wall.learning(one.workspaceId)).toMatchObject({ running: false });
  });
});

it('a flood of names is kept as names, newest first, and stands in the way of nothing', async () => {
  const line = `for n in $(seq 2200); do printf 'url = "http://flood-%s.example.net/"\\noutput = /dev/null\\n' $n; done > /tmp/flood && curl -s -m 100 --parallel --parallel-max 50 -K /tmp/flood >/dev/null; true`;
  await test.run(two, line, 120_000);
  const names = await until(
    () => test.wall.blocked(two.workspaceId),
    (list) => list.length >= 2000,
  );
  expect(names).toHaveLength(2000);
  expect(names[0]!.lastAt >= names.at(-1)!.lastAt).toBe(true);
  // The gateway judges on meanwhile: nothing of the flood stands in its way.
  expect(await fetchStatus('http://up.example.com/', two)).toBe('403');
});

/** Opens TLS connections to a name that is not allowed, each of which is answered by a certificate of its own, and holds them for a while. */
const holdMany = String.raw`
import socket, ssl, time
context = ssl._create_unverified_context()
held = []
for n in range(1200):
    raw = socket.create_connection(('n%d.flood.example.net' % n, 443))
    raw.settimeout(20)
    try:
        held.append(context.wrap_socket(raw, server_hostname='n%d.flood.example.net' % n))
    except OSError:
        break
print(len(held), flush=True)
time.sleep(3)
`;

it('a container opens so many connections and no more, and its gateway stays up and small', async () => {
  const flood = test.engine.exec(one.agent, ['bash', '-c', 'ulimit -n 4096; exec python3 -'], { stdin: holdMany, timeoutMs: 110_000 });
  // What others open through theirs is another matter.
  expect(await fetchStatus('http://up.example.com/', two)).toBe('403');
  const { stdout } = await flood;
  expect(Number(stdout)).toBeGreaterThan(500);
  expect(Number(stdout)).toBeLessThanOrEqual(900);
  const memory = await test.engine.exec(one.gateway, ['bash', '-c', 'cat /proc/[0-9]*/status | grep VmHWM']);
  const kilobytes = [...memory.stdout.matchAll(/(\d+) kB/g)].reduce((sum, [, each]) => sum + Number(each), 0);
  expect(kilobytes).toBeLessThan(384 * 1024);
  expect((await test.engine.inspectContainer(one.gateway))?.restartCount).toBe(0);
  await until(
    () => fetchStatus('http://up.example.com/'),
    (status) => status === '403',
  );
});

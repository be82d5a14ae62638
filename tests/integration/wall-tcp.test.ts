import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Decision } from '../../shared/model/domain.ts';
import { startTcpUpstream } from '../fixtures/tcp-upstream.ts';
import { createTestWall, type TestWall, type Walled } from '../fixtures/wall.ts';

const [alpha, beta] = ['git.alpha.example', 'git.beta.example'];
let test: TestWall;
let walled: Walled;

beforeAll(async () => {
  test = await createTestWall();
  walled = await test.build('restricted', { entrypoint: ['tini', '--', 'forge-init'] });
  await Promise.all([alpha, beta].map((name) => startTcpUpstream(test.engine, test.agentImage, name)));
});
afterAll(() => test?.cleanUp());

async function allow(pattern: string, allowPrivate = true): Promise<void> {
  await test.wall.addRule(walled.workspaceId, pattern, { allowPrivate, addedBy: 'user' });
}

const remove = (pattern: string): Promise<unknown> => test.wall.removeRule(walled.workspaceId, pattern);
const run = (line: string): Promise<string> => test.run(walled, line);
const python = (script: string): Promise<string> => run(`python3 - <<'E'\nimport socket, struct, sys, time\n${script}\nE`);
/** Its client goes on listening for a moment: one that has nothing to say and ends at once may end before anyone has answered. */
const banner = (name: string, port = 22): string => `sleep 0.5 | timeout 5 nc -N ${name} ${port} | head -1 | tr -d '\\r'`;

function decided(fits: Partial<Decision>): Promise<Decision> {
  return vi.waitFor(
    () => {
      const all = test.wall.decisions({ workspaceId: walled.workspaceId, limit: 1000 });
      const found = all.find((decision) => Object.entries(fits).every(([key, value]) => decision[key as keyof Decision] === value));
      if (found === undefined) throw new Error(`There is no such decision: ${JSON.stringify(fits)}`);
      return found;
    },
    { timeout: 10_000, interval: 50 },
  );
}

describe('TCP by name', () => {
  it('tells two hosts on one port apart', async () => {
    await allow(`${alpha}:22`);
    await allow(`${beta}:22`);
    expect(await run(`${banner(alpha)}; ${banner(beta)}; ${banner(alpha)}`)).toBe(`SSH-2.0-${alpha}\nSSH-2.0-${beta}\nSSH-2.0-${alpha}`);
    expect(await decided({ host: beta, port: 22 })).toMatchObject({ protocol: 'tcp', verdict: 'allowed', reason: 'rule' });
    await vi.waitFor(async () => expect(await decided({ host: beta, port: 22 })).toMatchObject({ bytesUp: 0 }), 5000);
    expect((await decided({ host: beta, port: 22 })).bytesDown).toBeGreaterThan(20);
  });

  it('lets the client speak first, and says who it was', async () => {
    await allow(`${alpha}:5432`);
    const said = python(`s = socket.create_connection(('${alpha}', 5432)); s.sendall(b'select 1'); print(s.recv(100).decode()); time.sleep(4)`);
    const known = await vi.waitFor(async () => {
      const decision = await decided({ host: alpha, port: 5432 });
      expect(decision.program).toBeDefined();
      return decision;
    }, 10_000);
    expect(known.program).toBe('python3');
    expect(await said).toBe('select 1');
  });

  it('leaves the other ports of a name and other names shut, at once; the usual ports are written down with the program that tried', async () => {
    expect(await run(`timeout 5 nc -v ${alpha} 9000 </dev/null; timeout 5 nc -v gamma.example 9000 </dev/null; true`)).toMatch(/refused[^]*refused/);
    const tried = run(
      `exec -a ssh python3 -c "import socket, time; s = socket.create_connection(('gamma.example', 22)); print(s.recv(10)); time.sleep(4)" git@gamma.example`,
    );
    expect(await decided({ protocol: 'other', port: 22 })).toMatchObject({ verdict: 'blocked', host: '', reason: 'malformed' });
    await vi.waitFor(async () => expect((await decided({ protocol: 'other', port: 22 })).program).toBe('ssh'), 5000);
    expect(await tried).toBe("b''");
  });

  it('ends both ways when the client ends one, after the last answer', async () => {
    await allow(`${beta}:9000`);
    const { length } = 'three plain words';
    expect(await run(`printf 'three plain words' | timeout 10 nc -N ${beta} 9000`)).toMatch(new RegExp(`^${length} [0-9a-f]{64}$`));
    expect(await run(`(echo hello; sleep 1; echo again) | timeout 10 nc -N ${alpha} 22 | tr -d '\\r'`)).toBe(`SSH-2.0-${alpha}\nhello\nagain\nbye`);
  });

  it('carries 50 MB up and down whole, and keeps none of it', async () => {
    await allow(`${beta}:9001`);
    const before = await rssOfForwarder();
    const seen = await python(`
import hashlib
block = bytes(range(256)) * 256
up = socket.create_connection(('${beta}', 9000)); sent = hashlib.sha256()
for n in range(800): up.sendall(block); sent.update(block)
up.shutdown(socket.SHUT_WR); print(up.makefile().readline().strip() == '%d %s' % (800 * 65536, sent.hexdigest()))
down = socket.create_connection(('${beta}', 9001)); down.sendall(b'%d\\n' % (800 * 65536)); got = hashlib.sha256(); total = 0
while True:
    data = down.recv(1 << 20)
    if not data: break
    got.update(data); total += len(data)
print(total == 800 * 65536, got.hexdigest() == sent.hexdigest())`);
    expect(seen).toBe('True\nTrue True');
    // A reader that stops reading stops the sender: what lies between them is the kernels', and two pieces of 64 kB here.
    await python(`
slow = [socket.create_connection(('${beta}', 9001)) for _ in range(20)]
for s in slow: s.sendall(b'50000000\\n')
time.sleep(3)`);
    expect((await rssOfForwarder()) - before).toBeLessThan(8 * 1024);
  });

  it('serves more connections than it has room for, one after the other', async () => {
    const seen = await python(`
held = [socket.create_connection(('${alpha}', 5432)) for _ in range(450)]
for s in held[:390]: s.sendall(b'x')
print(all(s.recv(1) == b'x' for s in held[:390]))
for s in held[:200]: s.close()
for s in held[390:]: s.settimeout(10); s.sendall(b'y')
print(all(s.recv(1) == b'y' for s in held[390:]))`);
    expect(seen).toBe('True\nTrue');
  });

  it('keeps the web of the same name', async () => {
    expect(await run(`curl -sS http://${alpha}/`)).toContain('Blocked by Forgehold');
    await allow(alpha);
    expect(await run(`curl -sS http://${alpha}/`)).toBe(`web of ${alpha}`);
    expect(await run(`getent ahostsv4 ${alpha} | head -1 | cut -d' ' -f1; getent ahostsv6 ${alpha} | grep -vc ::ffff`)).toMatch(/^127\.77\.\d+\.\d+\n0$/);
  });

  it('is refused for a private address that no rule allows, closed without a word, and recorded', async () => {
    await remove(`${alpha}:5432`);
    await allow(`${alpha}:5432`, false);
    expect(await python(`s = socket.create_connection(('${alpha}', 5432)); s.settimeout(5); print(s.recv(10))`)).toMatch(/^b''$|reset/);
    expect(await decided({ host: alpha, port: 5432, verdict: 'blocked' })).toMatchObject({ protocol: 'tcp', reason: 'refused-address' });
  });

  it('ends with its rule, live, and the connections of other rules live on', async () => {
    const ended = python(`
one, other = [socket.create_connection((name, 22)) for name in ('${alpha}', '${beta}')]
for s in (one, other): s.recv(100); s.settimeout(20)
print('ready'); sys.stdout.flush()
try: print('ended', one.recv(10))
except ConnectionResetError: print('ended', b'')
other.sendall(b'still'); print(other.recv(10))`);
    await wait(1500);
    await remove(`${alpha}:22`);
    expect(await ended).toBe("ready\nended b''\nb'still'");
    expect(await run(`timeout 5 nc -v ${alpha} 22 </dev/null; true`)).toMatch(/refused/);
    await allow(`${alpha}:22`);
    expect(await run(banner(alpha))).toBe(`SSH-2.0-${alpha}`);
  });

  it('gives the name back to the gateway with its last rule', async () => {
    await allow('short.example.com:2222');
    expect(await run('getent hosts short.example.com')).toMatch(/^127\.77\./);
    await remove('short.example.com:2222');
    await vi.waitFor(async () => expect(await run('getent hosts short.example.com')).toContain(walled.site.gatewayAddress), 5000);
  });

  it('in mode none lets nothing out', async () => {
    await test.wall.setMode(walled.workspaceId, 'none');
    expect(await run(banner(beta))).toBe('');
    expect(await decided({ host: beta, port: 22, verdict: 'blocked' })).toMatchObject({ reason: 'mode' });
    await test.wall.setMode(walled.workspaceId, 'restricted');
    expect(await run(banner(beta))).toBe(`SSH-2.0-${beta}`);
  });
});

/** Python that sends what the forwarder sends, with any name, port and command, and prints what comes back and its own port. */
function forge(name: string, port: number, command = 0x21): string {
  return `
name = ${JSON.stringify(name)}.encode()
body = socket.inet_aton('203.0.113.9') + socket.inet_aton('198.51.100.9') + struct.pack('!HH', 4444, ${port}) + struct.pack('!BH', 2, len(name)) + name
s = socket.create_connection(('${walled.site.gatewayAddress}', 7777)); s.settimeout(5)
s.sendall(b'\\r\\n\\r\\n\\0\\r\\nQUIT\\n' + struct.pack('!BBH', ${command}, 0x11, len(body)) + body)
try: print(s.recv(100), s.getsockname()[1])
except ConnectionResetError: print(b'', s.getsockname()[1])`;
}

describe('the raw listener', () => {
  it('gives a forged header nothing that no rule allows, whatever it says', async () => {
    for (const [name, port] of [
      ['forged.example.com', 22],
      [beta, 5433],
      [beta, 80],
      [`${beta}:22`, 9],
      [`${beta}\u0000.example.com`, 22],
      ['', 22],
      [`${'a'.repeat(300)}.example`, 22],
      [walled.site.gatewayAddress, 80],
      ['gateway', 22],
    ] as const)
      expect(await python(forge(name, port)), `${name}:${port}`).toMatch(/^b'' /);
    expect(await python(forge(beta, 22, 0x20))).toMatch(/^b'' /);
    expect(await decided({ host: 'forged.example.com' })).toMatchObject({ verdict: 'blocked', reason: 'not-listed', protocol: 'tcp', port: 22 });
  });

  it('writes down whence a connection really came, so that it ends with its rule', async () => {
    const ended = python(`${forge(beta, 22)}
sys.stdout.flush()
try: print('ended', s.recv(10))
except ConnectionResetError: print('ended', b'')`);
    await wait(1500);
    await remove(`${beta}:22`);
    expect(await ended).toMatch(/^b'SSH-2.0-git.beta.example\\r\\n' \d+\nended b''$/);
    await allow(`${beta}:22`);
  });

  it('hears what is no header, and closes', async () => {
    expect(
      await python(`
s = socket.create_connection(('${walled.site.gatewayAddress}', 7777)); s.settimeout(5); s.sendall(b'GET / HTTP/1.1\\r\\n\\r\\n')
try: print(s.recv(10))
except ConnectionResetError: print(b'')`),
    ).toBe("b''");
    expect(await decided({ protocol: 'other', port: 7777 })).toMatchObject({ verdict: 'blocked', reason: 'malformed' });
  });
});

describe('the forwarder', () => {
  it('is started again when it dies', async () => {
    await run('pkill -9 -f "^/usr/bin/python3 -IS /opt/forgehold/forge-forward"');
    await vi.waitFor(async () => expect(await run(banner(beta))).toBe(`SSH-2.0-${beta}`), { timeout: 10_000, interval: 300 });
  });

  it('is there again after a restart of the container, of the gateway, and of the app', async () => {
    await test.engine.stopContainer(walled.agent, 30);
    await test.engine.startContainer(walled.agent);
    await vi.waitFor(async () => expect(await run(banner(beta))).toBe(`SSH-2.0-${beta}`), { timeout: 10_000, interval: 300 });
    await test.engine.stopContainer(walled.gateway, 1);
    await vi.waitFor(async () => expect(await run(banner(beta))).toBe(`SSH-2.0-${beta}`), { timeout: 60_000, interval: 500 });
    expect((await test.wall.test(walled.workspaceId)).passed).toBe(true);
    const wall = test.reopen();
    await wall.raise({ ...walled, mode: 'restricted' }, () => undefined);
    await wall.addRule(walled.workspaceId, `${beta}:5432`, { allowPrivate: true, addedBy: 'user' });
    expect(await run(`printf hi | timeout 5 nc -N ${beta} 5432`)).toBe('hi');
  });

  it('is told its names in a container that takes the place of another', async () => {
    await test.engine.removeContainer(walled.agent);
    const agent = await test.engine.createContainer({ ...test.agentSpec(walled), entrypoint: ['tini', '--', 'forge-init'] });
    await test.engine.startContainer(agent);
    walled = { ...walled, agent };
    await vi.waitFor(async () => expect(await run(banner(beta))).toBe(`SSH-2.0-${beta}`), { timeout: 10_000, interval: 300 });
  });

  it('holds no rule up when the container has stopped it', async () => {
    await run('pkill -STOP -f "^/usr/bin/python3 -IS /opt/forgehold/forge-forward"');
    await remove(`${beta}:5432`);
    await allow(`${beta}:5432`);
    await run('pkill -CONT -f "^/usr/bin/python3 -IS /opt/forgehold/forge-forward"');
    expect(await run(`printf hi | timeout 5 nc -N ${beta} 5432`)).toBe('hi');
  });

  it('does not hold up the end of the container', async () => {
    const before = performance.now();
    await test.engine.stopContainer(walled.agent, 30);
    expect(performance.now() - before).toBeLessThan(10_000);
    expect((await test.engine.inspectContainer(walled.agent))?.exitCode).toBe(0);
  });
});

async function rssOfForwarder(): Promise<number> {
  return Number(await run('ps -o rss= -p $(pgrep -f "^/usr/bin/python3 -IS /opt/forgehold/forge-forward")'));
}

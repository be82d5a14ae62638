import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createListeners, type Listeners } from '../fixtures/listeners.ts';
import { startUpstream, type Upstream } from '../fixtures/upstream.ts';
import { createTestWall, hostAddresses, type TestWall, type Walled } from '../fixtures/wall.ts';

let test: TestWall;
let one: Walled;
let allowed: Upstream;
let victim: Upstream;
let listeners: Listeners;
/** The same container without a wall: what it reaches was there to be reached. */
let bare: string;

beforeAll(async () => {
  test = await createTestWall();
  one = await test.build();
  allowed = await startUpstream(test.engine, test.agentImage, ['good.example.com']);
  victim = await startUpstream(test.engine, test.agentImage, ['evil.example.com']);
  await test.wall.addRule(one.workspaceId, 'good.example.com', { allowPrivate: true, addedBy: 'user' });
  bare = await test.engine.createContainer({
    ...test.agentSpec(one),
    role: 'probe',
    name: `forge-bare-${one.workspaceId}`,
    network: { name: test.egress },
    dns: [],
  });
  await test.engine.startContainer(bare);
  listeners = await createListeners(hostAddresses().filter((address) => /^\d+\.\d+\.\d+\.\d+$/.test(address)));
});
afterAll(async () => {
  listeners?.close();
  await test?.cleanUp();
});

async function python(container: string, code: string): Promise<string> {
  const { stdout, stderr } = await test.engine.exec(container, ['python3', '-c', code], { timeoutMs: 60_000 });
  return `${stdout}${stderr}`.trim();
}
/** Sends raw bytes to the gateway and returns what comes back. */
function send(port: number, ...parts: readonly string[]): Promise<string> {
  const code = `
import socket, time
s = socket.create_connection(('${one.site.gatewayAddress}', ${port}), 10); s.settimeout(3)
for part in ${JSON.stringify(parts)}:
    s.sendall(part.encode('latin1')); time.sleep(0.2)
out = b''
try:
    while True:
        data = s.recv(65536)
        if not data: break
        out += data
except OSError: pass
print(out.decode('latin1'))`;
  return python(one.agent, code);
}
async function expectVictimUnheard(attempt: () => Promise<unknown>): Promise<void> {
  const before = await victim.heard();
  await attempt();
  expect(await victim.heard()).toEqual(before);
}
const tcp = (address: string, port: number): string =>
  `import socket\ntry:\n  s=socket.create_connection(('${address}',${port}),2.5); print('connected')\nexcept OSError as e: print('no', e)`;
const udp = (address: string, port: number): string =>
  `import socket\ns=socket.socket(socket.AF_INET,socket.SOCK_DGRAM); s.settimeout(2)\ntry:\n  s.connect(('${address}',${port})); s.send(b'x'); print('got', s.recv(9))\nexcept OSError as e: print('no', e)`;

describe('around the gateway', () => {
  it('no port of any address of the host is reached, though each listens', async () => {
    for (const { address, port } of listeners.tcp.filter(({ address }) => !address.startsWith('127.'))) {
      expect(await python(bare, tcp(address, port)), `control ${address}`).toBe('connected');
      listeners.forget();
      expect(await python(one.agent, tcp(address, port))).toMatch(/^no .*(route|unreachable|timed out)/);
      expect(listeners.heard()).toEqual([]);
    }
  });

  it('no datagram reaches the host', async () => {
    for (const { address, port } of listeners.udp.filter(({ address }) => !address.startsWith('127.'))) {
      expect(await python(bare, udp(address, port)), `control ${address}`).toMatch(/^got/);
      listeners.forget();
      expect(await python(one.agent, udp(address, port))).toMatch(/^no /);
      expect(listeners.heard()).toEqual([]);
    }
  });

  it('no direct address, port, datagram or ping reaches another container', async () => {
    expect(await python(bare, tcp(victim.address, 8080)), 'control').toBe('connected');
    expect(await python(bare, udp(victim.address, 9999)), 'control').toMatch(/^got/);
    expect((await test.engine.exec(bare, ['ping', '-c1', '-W2', victim.address])).exitCode, 'control').toBe(0);
    await expectVictimUnheard(async () => {
      for (const port of [80, 443, 8080]) expect(await python(one.agent, tcp(victim.address, port))).toMatch(/^no /);
      expect(await python(one.agent, udp(victim.address, 9999))).toMatch(/^no /);
      expect((await test.engine.exec(one.agent, ['ping', '-c1', '-W2', victim.address])).exitCode).not.toBe(0);
    });
  });

  it('there is no other DNS server, no IPv6, no raw socket, no broadcast', async () => {
    expect(await test.run(one, 'dig +time=1 +tries=1 +short @198.51.100.53 example.com; true')).toMatch(/no servers|timed out|unreachable/);
    expect(await test.run(one, 'ip -6 addr; true')).toBe('');
    expect(await python(one.agent, 'import socket\nsocket.socket(socket.AF_INET,socket.SOCK_RAW,1)')).toContain('PermissionError');
    expect(await python(one.agent, 'import socket\nsocket.socket(socket.AF_PACKET,socket.SOCK_RAW,3)')).toContain('PermissionError');
    const broadcast = `import socket\ns=socket.socket(socket.AF_INET,socket.SOCK_DGRAM); s.setsockopt(socket.SOL_SOCKET,socket.SO_BROADCAST,1); print('set')\ns.sendto(b'x',('255.255.255.255',9))`;
    expect(await python(one.agent, broadcast)).toMatch(/^set[^]*PermissionError/);
  });

  it('namespaces of its own give the agent nothing', async () => {
    expect(await test.run(one, 'unshare -Urn true 2>&1; echo $?')).toMatch(/not permitted[^]*1$/i);
  });
});

describe('through the gateway', () => {
  it('an allowed name works (the control of all that follows)', async () => {
    expect(await send(80, 'GET /control HTTP/1.1\r\nHost: good.example.com\r\nConnection: close\r\n\r\n')).toContain('hello from good.example.com');
    expect(await allowed.heard()).toContain('good.example.com /control');
  });

  it.each([
    [
      'a second request for another host on a kept connection',
      ['GET / HTTP/1.1\r\nHost: good.example.com\r\n\r\n', 'GET /x HTTP/1.1\r\nHost: evil.example.com\r\n\r\n'],
    ],
    ['CONNECT', ['CONNECT evil.example.com:443 HTTP/1.1\r\nHost: good.example.com\r\n\r\n', 'GET / HTTP/1.1\r\nHost: evil.example.com\r\n\r\n']],
    ['an absolute URL that is not the Host', ['GET http://evil.example.com/ HTTP/1.1\r\nHost: good.example.com\r\n\r\n']],
    ['an absolute URL under cover of a good Host, HTTP/1.0', ['GET http://evil.example.com/ HTTP/1.0\r\nHost: good.example.com\r\n\r\n']],
    ['two Hosts', ['GET / HTTP/1.1\r\nHost: good.example.com\r\nHost: evil.example.com\r\n\r\n']],
    ['a Host with a NUL', ['GET / HTTP/1.1\r\nHost: good.example.com\0.evil.example.com\r\n\r\n']],
    ['a Host with userinfo', ['GET / HTTP/1.1\r\nHost: good.example.com@evil.example.com\r\n\r\n']],
    ['a name that only ends like the rule', ['GET / HTTP/1.1\r\nHost: notgood.example.com\r\n\r\n']],
    [
      'a request smuggled by CL and TE',
      [
        'POST / HTTP/1.1\r\nHost: good.example.com\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
        'GET /s HTTP/1.1\r\nHost: evil.example.com\r\n\r\n',
      ],
    ],
    ['HTTP/2 in clear text', ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0']],
    ['no Host at all', ['GET / HTTP/1.0\r\n\r\n']],
  ])('%s does not reach a host that is not allowed', async (_, parts) => {
    const before = await victim.heard();
    await send(80, ...parts);
    expect(await victim.heard()).toEqual(before);
  });

  it('bytes that are no TLS are not let out on 443', async () => {
    await expectVictimUnheard(async () => {
      expect(await send(443, 'SSH-2.0-OpenSSH_9.9\r\n')).toBe('');
      expect(await send(443, 'GET / HTTP/1.1\r\nHost: evil.example.com\r\n\r\n')).toBe('');
      expect(await send(443, '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03')).toBe('');
    });
  });

  it('a ClientHello in pieces is judged whole', async () => {
    const hello = (name: string): string => `
import socket, ssl, time
inc, out = ssl.MemoryBIO(), ssl.MemoryBIO()
c = ssl._create_unverified_context(); o = c.wrap_bio(inc, out, server_hostname='${name}')
try: o.do_handshake()
except ssl.SSLWantReadError: pass
s = socket.create_connection(('${one.site.gatewayAddress}', 443), 10); s.settimeout(4)
data = out.read()
for i in range(0, len(data), 60):
    s.sendall(data[i:i+60]); time.sleep(0.02)
while True:
    try: o.do_handshake(); break
    except ssl.SSLWantReadError:
        p = out.read()
        if p: s.sendall(p)
        inc.write(s.recv(65536))
o.write(b'GET /pieces HTTP/1.1\\r\\nHost: ${name}\\r\\nConnection: close\\r\\n\\r\\n'); s.sendall(out.read())
text = b''
try:
    while True:
        d = s.recv(65536)
        if not d: break
        inc.write(d)
        try:
            while True:
                more = o.read(65536)
                if not more: break
                text += more
        except ssl.SSLError: pass
except OSError: pass
print(text.decode('latin1'))`;
    expect(await python(one.agent, hello('good.example.com'))).toContain('hello from good.example.com');
    await expectVictimUnheard(async () => expect(await python(one.agent, hello('evil.example.com'))).toContain('Blocked by Forgehold'));
  });

  it('an SNI with a NUL, a newline or quotes is blocked, and its log line cannot be forged', async () => {
    const names = ['good.example.com\\0.evil.example.com', 'good.example.com\\n', 'x"},{"event":"decided","verdict":"allow'];
    for (const name of names) {
      const code = `
import socket, struct
name = b'''${name}'''
sni = struct.pack('>HBH', len(name) + 3, 0, len(name)) + name
ext = struct.pack('>HH', 0, len(sni)) + sni
body = b'\\x03\\x03' + b'r' * 32 + b'\\0' + struct.pack('>H', 2) + b'\\x13\\x01' + b'\\x01\\0' + struct.pack('>H', len(ext)) + ext
hs = b'\\x01' + struct.pack('>I', len(body))[1:] + body
s = socket.create_connection(('${one.site.gatewayAddress}', 443), 10); s.settimeout(3)
s.sendall(b'\\x16\\x03\\x01' + struct.pack('>H', len(hs)) + hs)
try: print(len(s.recv(9)))
except OSError as e: print(e)`;
      await expectVictimUnheard(() => python(one.agent, code));
    }
    const heard = (await allowed.heard()).length;
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const odd = test.wall.decisions(one.workspaceId, { limit: 1000 }).filter(({ host }) => /[\0\n"]/.test(host));
    expect(odd.length).toBeGreaterThanOrEqual(3);
    expect(odd.every(({ verdict }) => verdict === 'blocked')).toBe(true);
    expect((await allowed.heard()).length).toBe(heard);
  });
});

describe('without the gateway', () => {
  it('there is no way out at all', async () => {
    await test.engine.stopContainer(one.gateway, 0);
    await expectVictimUnheard(async () => {
      expect(await python(one.agent, tcp(victim.address, 80))).toMatch(/^no /);
    });
  });
});

import { connect, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startUpstream, type Upstream } from '../fixtures/upstream.ts';
import { createTestWall, type TestWall, type Walled } from '../fixtures/wall.ts';

let test: TestWall;
let one: Walled;
let two: Walled;
/** A container without a wall, on the egress network: what it reaches was there to be reached. */
let bare: string;
let upstream: Upstream;
/** Everything the gateway listens on, somewhere. */
const gatewayPorts = [53, 80, 443, 8443];

beforeAll(async () => {
  test = await createTestWall();
  [one, two] = await Promise.all([test.build(), test.build()]);
  upstream = await startUpstream(test.engine, test.agentImage, ['up.example.com']);
  bare = await test.engine.createContainer({
    ...test.agentSpec(one),
    role: 'probe',
    name: `forge-bare-${one.workspaceId}`,
    network: { name: test.egress },
    dns: [],
  });
  await test.engine.startContainer(bare);
  await test.run(two, 'python3 -m http.server 8080 --directory /etc/forgehold >/dev/null 2>&1 & sleep 0.5');
});
afterAll(() => test?.cleanUp());

/** One line per place: `address:port verdict`; all at once. */
async function knock(container: string, places: readonly string[], scope = ''): Promise<readonly string[]> {
  const code = `
import socket, sys, threading
def knock(place):
    address, port = place.rsplit(' ', 1)
    six = ':' in address
    s = socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_STREAM); s.settimeout(4)
    try:
        s.connect((address + '${scope}' if address.startswith('fe80') else address, int(port))); print(place, 'connected')
    except ConnectionRefusedError: print(place, 'refused')
    except OSError as e: print(place, 'gone')
ts = [threading.Thread(target=knock, args=(p,)) for p in ${JSON.stringify(places)}]
[t.start() for t in ts]; [t.join() for t in ts]`;
  const { stdout } = await test.engine.exec(container, ['python3', '-c', code], { timeoutMs: 60_000 });
  return stdout.trim().split('\n').toSorted();
}
function places(address: string, ports: readonly number[]): readonly string[] {
  return ports.map((port) => `${address} ${port}`).toSorted();
}
/** From the host itself. */
function visit(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    socket.once('error', reject);
    socket.once('close', () => resolve());
    socket.resume();
  });
}
async function outerAddress({ gateway }: Walled): Promise<string> {
  return (await test.engine.inspectContainer(gateway))!.networks[test.egress]!;
}

describe('another workspace', () => {
  it("is not reached: neither its agent's server, nor its gateway", async () => {
    const agent = places(two.site.agentAddress, [8080, 22]);
    const gateway = places(two.site.gatewayAddress, gatewayPorts);
    expect(await knock(two.agent, places('127.0.0.1', [8080])), 'control').toEqual(['127.0.0.1 8080 connected']);
    expect(await knock(two.agent, places(two.site.gatewayAddress, [53, 80, 443])), 'control').toEqual(
      places(two.site.gatewayAddress, [53, 80, 443]).map((place) => `${place} connected`),
    );
    expect(await knock(one.agent, [...agent, ...gateway])).toEqual([...agent, ...gateway].map((place) => `${place} gone`).toSorted());
  });

  it('is not reached through the own gateway, even by a rule that allows private addresses', async () => {
    const name = `forge-gateway-${two.projectId}-${two.workspaceId}`;
    await test.wall.addRule(one.workspaceId, name, { allowPrivate: true, addedBy: 'user' });
    await test.wall.addRule(two.workspaceId, 'up.example.com', { allowPrivate: true, addedBy: 'user' });
    expect(await test.run(two, 'curl -s -m 10 http://up.example.com/'), 'control').toContain('hello from');
    const before = await upstream.heard();
    // The engine's DNS knows the neighbour's gateway by its name; but on that side nothing listens.
    expect(await test.run(one, `curl -s -m 15 -o /dev/null -w '%{http_code}' -H 'Host: ${name}' http://${one.site.gatewayAddress}/`)).toBe('503');
    expect(await test.run(one, `curl -sk -m 15 https://${name}/ --connect-to ::${one.site.gatewayAddress}:443 -H 'Host: up.example.com'; true`)).not.toContain(
      'hello',
    );
    expect(await upstream.heard()).toEqual(before);
    await test.wall.removeRule(one.workspaceId, name);
  });
});

describe('the gateway', () => {
  it('listens for nobody on its outer side, and to its own agent on its own ports only', async () => {
    const outer = await outerAddress(one);
    const ports = [...gatewayPorts, 1024, 9999];
    // Refused: the container is there, its ports are closed.
    expect(await knock(bare, places(outer, ports))).toEqual(places(outer, ports).map((place) => `${place} refused`));
    expect(await knock(one.agent, places(outer, ports))).toEqual(places(outer, ports).map((place) => `${place} gone`));
    expect(await knock(one.agent, places(one.site.gatewayAddress, [8443, 1024, 8404, 9999]))).toEqual(
      places(one.site.gatewayAddress, [8443, 1024, 8404, 9999]).map((place) => `${place} refused`),
    );
  });

  it('keeps its explaining port, its runtime socket and its files to itself', async () => {
    const { stdout } = await test.engine.exec(one.gateway, ['bash', '-c', 'exec 3<>/dev/tcp/127.0.0.1/8443 && echo there; ls /tmp/haproxy.sock /cfg/ca.pem']);
    expect(stdout, 'control').toBe('there\n/cfg/ca.pem\n/tmp/haproxy.sock\n');
    expect(await knock(one.agent, places('127.0.0.1', [8443]))).toEqual(['127.0.0.1 8443 refused']);
    expect(await test.run(one, 'ls /tmp/haproxy.sock /cfg 2>&1; find / -xdev -name "ca.pem" -o -xdev -name "*.map" -path "/cfg/*" 2>/dev/null')).not.toMatch(
      /^\/(cfg|tmp)/m,
    );
    // The abstract namespace of sockets belongs to the network namespace; there is nothing of the gateway in the agent's.
    expect(await test.run(one, 'cat /proc/net/unix | grep -i -E "haproxy|dnsmasq" || echo none')).toBe('none');
    // By the name that the app's own probe uses, nothing but its answer.
    expect(await test.run(one, 'curl -sk -m 10 -X POST --data "show info" https://probe.forgehold.internal/stats')).toMatch(/^[0-9a-f]{24} restricted$/);
  });

  it('answers every DNS question with itself or with nothing, and hands nothing on', async () => {
    const dig = (question: string): Promise<string> => test.run(one, `dig +time=2 +tries=1 +noall +answer +comments ${question}; true`);
    for (const name of ['example.com', 'up.example.com', 'localhost', 'host.docker.internal', `forge-gateway-${two.projectId}-${two.workspaceId}`])
      expect(await test.run(one, `dig +short +time=2 +tries=1 ${name}`)).toBe(one.site.gatewayAddress);
    for (const type of ['AAAA', 'TXT', 'MX', 'NS', 'SRV', 'CNAME', 'SVCB', 'HTTPS', 'NULL', 'SOA']) {
      const answer = await dig(`${type} leaked-${'x'.repeat(40)}.example.com`);
      expect(answer, 'its answer').toMatch(/status: (NOERROR|NOTIMP|REFUSED)/);
      expect(answer, 'its answer').toContain('ANSWER: 0');
    }
    expect(await dig('AXFR example.com')).not.toMatch(/\bSOA\b/);
    expect(await dig('ANY example.com')).not.toMatch(/TXT|MX|NS\s/);
    expect(await test.run(one, `dig +short +time=2 +tries=1 -x ${two.site.agentAddress}; true`)).toBe('');
    // 4 kB of question, over TCP as well.
    expect(await test.run(one, `dig +short +tcp +time=2 +tries=1 +ednsopt=65001:${'ab'.repeat(2000)} example.com`)).toBe(one.site.gatewayAddress);
    // None of it was asked of the world: the gateway's DNS knows no other server.
    expect(
      (
        await test.engine.exec(one.gateway, [
          'bash',
          '-c',
          "tr '\\0' ' ' < /proc/$(pgrep dnsmasq || grep -l dnsmasq /proc/[0-9]*/comm | cut -d/ -f3 | head -1)/cmdline",
        ])
      ).stdout,
    ).toContain('--no-resolv');
  });
});

/** As the host has them now; one of a link is reached over that link only. */
function hostAddresses6(): readonly { readonly address: string; readonly scoped: string }[] {
  return Object.entries(networkInterfaces()).flatMap(([name, list]) =>
    (list ?? [])
      .filter(({ family }) => family === 'IPv6')
      .map(({ address }) => ({ address, scoped: address.startsWith('fe80') ? `${address}%${name}` : address })),
  );
}

describe('IPv6', () => {
  it('reaches no listener on the host, whatever address it has', async () => {
    const heard: string[] = [];
    const server = createServer((socket) => {
      heard.push(socket.remoteAddress ?? '?');
      socket.on('error', () => undefined).end('here\n');
    });
    try {
      await new Promise<void>((resolve, reject) => server.once('error', reject).listen({ host: '::', port: 0 }, resolve));
      const { port } = server.address() as { port: number };
      const own: string[] = [];
      for (const { address, scoped } of hostAddresses6()) {
        // Bridges of other containers come and go: what the host itself cannot reach at this moment proves nothing.
        await visit(scoped, port).then(
          () => own.push(address),
          () => undefined,
        );
      }
      expect(own, 'control').toContain('::1');
      expect(heard.length, 'control').toBe(own.length);
      heard.length = 0;
      const all = own.map((address) => `${address} ${port}`);
      const seen = await knock(one.agent, [...all, `ff02::1 ${port}`, `::ffff:${one.site.gatewayAddress.replace(/\d+$/, '1')} ${port}`], '%eth0');
      expect(seen.filter((line) => !line.startsWith('::1 '))).toSatisfy((lines: readonly string[]) => lines.every((line) => line.endsWith('gone')));
      expect(heard).toEqual([]);
      expect(await test.run(one, 'cat /proc/net/if_inet6 2>/dev/null; ip -6 route; true')).toBe('');
    } finally {
      server.close();
    }
  });
});

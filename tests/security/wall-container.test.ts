import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Attack, createAttack } from '../fixtures/attack.ts';
import { randomId } from '../fixtures/engine.ts';
import type { Walled } from '../fixtures/wall.ts';

let attack: Attack;
/** As on a host whose user is root: uid 0 inside, without any capability. */
let root: Walled;
/** What the agent lacks, as the control: a container that may change its own network and make namespaces. */
let strong: string;

beforeAll(async () => {
  attack = await createAttack();
  const { test, one } = attack;
  root = await test.build('restricted', { user: '0:0' });
  await test.wall.addRule(root.workspaceId, 'good.example.com', { allowPrivate: true, addedBy: 'user' });
  const { network } = one.site;
  strong = await test.engine.createContainer({
    ...test.agentSpec(one),
    ...{
      role: 'probe',
      name: `forge-strong-${randomId()}`,
      user: '0:0',
      network: { name: network },
      seccomp: 'unconfined',
      capabilities: ['NET_ADMIN', 'NET_RAW'],
    },
  });
  await test.engine.startContainer(strong);
});
afterAll(() => attack?.end());

/** Its exit code, and what it said. */
async function sh(container: string, line: string): Promise<{ readonly code: number; readonly said: string }> {
  const { exitCode, stdout, stderr } = await attack.test.engine.exec(container, ['bash', '-c', line], { timeoutMs: 60_000 });
  return { code: exitCode, said: `${stdout}${stderr}`.trim() };
}
const agents = (): readonly (readonly [string, string])[] => [
  ['the agent', attack.one.agent],
  ['the agent as root', root.agent],
];
/** Not what the gateway asks of the same container's DNS server, for names that are allowed. */
async function victimHeard(): Promise<number> {
  return (await attack.victim.heard()).filter(({ text }) => !text.startsWith('good.example.com')).length;
}

describe('the agent cannot change its network', () => {
  it.each([
    'ip address add 10.99.99.9/24 dev eth0',
    'ip route add 198.51.100.0/24 dev eth0',
    'ip link set eth0 promisc on',
    'ip link add name bridge0 type bridge',
    'ip neighbour replace 10.99.99.8 lladdr 02:00:00:00:00:01 dev eth0',
  ])('with its own tools: %s', async (line) => {
    expect((await sh(strong, line)).code, 'control').toBe(0);
    for (const [who, agent] of agents()) expect((await sh(agent, line)).code === 0, `as ${who}`).toBe(false);
  });

  it('with namespaces of its own, in which it would be root', async () => {
    const lines = ['unshare -Urn true', 'unshare -Ur ip link set lo up', 'unshare -Um true', 'nsenter -t 1 -n true'];
    expect((await sh(strong, 'unshare -U true')).code, 'control').toBe(0);
    for (const [who, agent] of agents()) for (const line of lines) expect((await sh(agent, line)).code === 0, `${who}: ${line}`).toBe(false);
  });

  it('by what the kernel shows of itself in /proc and /sys', async () => {
    const files = [
      'net/ipv4/ip_forward',
      'net/ipv4/conf/all/accept_source_route',
      'net/ipv4/ping_group_range',
      'net/ipv6/conf/all/disable_ipv6',
      'kernel/core_pattern',
    ];
    const others = ['/proc/sysrq-trigger', '/sys/class/net/eth0/mtu', '/sys/kernel/uevent_helper'];
    for (const [who, agent] of agents()) {
      for (const file of [...files.map((name) => `/proc/sys/${name}`), ...others])
        expect((await sh(agent, `[ ! -e ${file} ] || echo 1 > ${file}`)).said, `${who}: ${file}`).toMatch(/^$|Read-only|denied|No such/);
      expect((await sh(agent, 'cat /proc/sys/net/ipv4/ip_forward')).said).toBe((await sh(strong, 'cat /proc/sys/net/ipv4/ip_forward')).said);
      expect(
        (
          await sh(
            agent,
            'ls /proc/1/root/../../../etc/docker /var/run/docker.sock /run/docker.sock 2>/dev/null; ls /dev/vsock /dev/net/tun /dev/kvm 2>/dev/null; true',
          )
        ).said,
      ).toBe('');
    }
  });

  it('nor see the sockets, processes and mounts of its gateway or of the host', async () => {
    const { said } = await sh(root.agent, 'cat /proc/net/unix /proc/net/tcp /proc/net/udp; ps -e -o comm 2>/dev/null; cat /proc/mounts');
    expect(said).not.toMatch(/haproxy|dnsmasq|dockerd|docker\.sock|\/cfg/);
    expect((await attack.test.engine.exec(root.gateway, ['cat', '/proc/net/unix'])).stdout, 'control').toMatch(/haproxy/);
  });
});

describe('a root without power', () => {
  it('may write who answers for names, and reaches nobody by it', async () => {
    const { victim } = attack;
    const trick = `echo '${victim.address} fake.evil.example.com' >> /etc/hosts; echo 'nameserver ${victim.address}' > /etc/resolv.conf; getent hosts fake.evil.example.com; curl -s -m 4 http://fake.evil.example.com/hosts-trick; dig +time=1 +tries=1 +short @${victim.address} resolv-trick.evil.example.com; true`;
    const before = await victimHeard();
    expect((await sh(root.agent, trick)).said).toContain(`${victim.address} `);
    expect(await victimHeard()).toBe(before);
    expect((await sh(attack.bare, trick)).said, 'control').toContain('hello');
    expect(await victimHeard()).toBeGreaterThan(before);
  });

  it('may write whom a name belongs to, and still the gateway asks for itself', async () => {
    const { test, good } = attack;
    await sh(root.agent, `echo '${root.site.gatewayAddress} good.example.com evil.example.com' >> /etc/hosts`);
    const before = await victimHeard();
    expect(await test.run(root, 'curl -s -m 10 http://good.example.com/own-hosts')).toBe('hello');
    expect(await test.run(root, 'curl -s -m 10 http://evil.example.com/own-hosts')).toContain('Blocked by Forgehold');
    expect((await good.heard()).some(({ text }) => text.includes('/own-hosts'))).toBe(true);
    expect(await victimHeard()).toBe(before);
  });
});

describe('a flood', () => {
  it('of connections, and of heads that never end, is borne by its own gateway alone, which lives through it', async () => {
    const { test, one } = attack;
    const flood = `
import resource, socket, time
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE); resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
open_ = []
for n in range(6000):
    s = socket.socket(); s.setblocking(False)
    try: s.connect(('${one.site.gatewayAddress}', (80, 443, 7777)[n % 3]))
    except BlockingIOError: pass
    except OSError: break
    open_.append(s)
time.sleep(1)
for s in open_:
    try: s.send(b'GET / HTTP/1.1\\r\\nHost: good')
    except OSError: pass
print('flooding', len(open_), flush=True)
for n in range(12):
    time.sleep(1)
    for s in open_[::3]:
        try: s.send(b'x')
        except OSError: pass
`;
    const flooding = attack.python(one.agent, flood);
    await new Promise((resolve) => setTimeout(resolve, 5000));
    expect(await test.run(root, 'curl -s -m 20 http://good.example.com/neighbour')).toBe('hello');
    expect(Number((await flooding).split(' ')[1])).toBeGreaterThan(4000);
    await expect.poll(() => test.run(one, 'curl -s -m 10 http://good.example.com/after'), { timeout: 60_000 }).toBe('hello');
    expect((await test.engine.inspectContainer(one.gateway))?.restartCount).toBe(0);
    expect(await test.run(one, 'curl -s -m 10 http://evil.example.com/after')).toContain('Blocked by Forgehold');
  });

  it('a head that never ends is given up by the gateway', async () => {
    const drip = `
import socket, time
s = socket.create_connection(('${attack.one.site.gatewayAddress}', 80), 5); s.settimeout(0.2)
s.send(b'GET / HTTP/1.1\\r\\nHost: good.example.com\\r\\n')
for n in range(40):
    try:
        s.send(b'X: y\\r\\n'); time.sleep(0.5)
        if s.recv(100): print('answered'); break
    except TimeoutError: continue
    except OSError: print('closed'); break`;
    expect(await attack.python(attack.one.agent, drip)).toMatch(/answered|closed/);
  });
});

describe('without the gateway', () => {
  it('there is no way out at all, by name or by address', async () => {
    const { test, one, victim, good } = attack;
    await test.wall.lower(one.workspaceId);
    const before = [(await victim.heard()).length, (await good.heard()).length];
    const tries = `curl -s -m 4 http://good.example.com/; curl -sk -m 4 https://good.example.com/; curl -s -m 4 http://${good.address}/; curl -s -m 4 http://${victim.address}/; ping -c1 -W1 ${victim.address} >/dev/null 2>&1 && echo pong; true`;
    expect((await sh(one.agent, tries)).said).toBe('');
    expect([(await victim.heard()).length, (await good.heard()).length]).toEqual(before);
    expect((await sh(attack.bare, `curl -s -m 4 http://${victim.address}/`)).said, 'control').toBe('hello');
  });
});

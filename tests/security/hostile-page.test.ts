import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { launchChromium } from '../support/chromium.ts';
import { type HostileSite, startHostileSite } from '../support/hostile-site.ts';
import { type SmallShell, endShell, logIn, makeTestFolder, removeTestFolder, startSmallShell } from '../support/small-shell.ts';

// What a page in the user's own browser may try against the core's port on loopback. Each refusal stands beside a control: the same, done by our own page, works.

let folder = '';
let shell: SmallShell;
let cookie = '';
let own = '';

beforeAll(async () => {
  folder = makeTestFolder();
  writeFileSync(join(folder, 'secret.txt'), 'canary');
  shell = await startSmallShell(folder);
  cookie = await logIn(shell);
  own = `http://127.0.0.1:${shell.port}`;
});
afterAll(async () => {
  await endShell(shell);
  removeTestFolder(folder);
});

type Answer = { readonly status: number; readonly headers: IncomingMessage['headers']; readonly body: string };

/** A request with exactly these headers and exactly this path: fetch would correct both. */
function send(method: string, path: string, headers: Record<string, string> = {}, body = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: shell.port, method, path, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body: text }));
    });
    asked.once('error', reject);
    asked.end(body);
  });
}

/** 'open', or the status that refused the handshake. */
function upgrade(headers: Record<string, string>, path = '/ws'): Promise<number | 'open'> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${own.replace('http', 'ws')}${path}`, { headers });
    socket.once('open', () => {
      socket.terminate();
      resolve('open');
    });
    socket.once('unexpected-response', (_, response) => resolve(response.statusCode!));
    socket.once('error', reject);
  });
}

describe('the WebSocket', () => {
  it('opens for our own page (control)', async () => {
    expect(await upgrade({ cookie, origin: own })).toBe('open');
    expect(await upgrade({ cookie, origin: `http://localhost:${shell.port}`, host: `localhost:${shell.port}` })).toBe('open');
  });

  it.each([
    ['a foreign origin', () => ({ cookie, origin: 'http://evil.example' }), 403],
    ['another port of this machine', () => ({ cookie, origin: 'http://127.0.0.1:3000' }), 403],
    ['an origin that only begins like ours', () => ({ cookie, origin: `${own}.evil.example` }), 403],
    ['our address over another scheme', () => ({ cookie, origin: own.replace('http', 'https') }), 403],
    ['an opaque origin', () => ({ cookie, origin: 'null' }), 403],
    ['no origin', () => ({ cookie }), 403],
    ['neither origin nor cookie', () => ({}), 403],
    ['no cookie', () => ({ origin: own }), 401],
    ['a wrong cookie', () => ({ origin: own, cookie: cookie.slice(0, -1) + (cookie.endsWith('0') ? '1' : '0') }), 401],
    ['an empty cookie', () => ({ origin: own, cookie: cookie.slice(0, cookie.indexOf('=') + 1) }), 401],
    ['a rebound name', () => ({ cookie, origin: `http://evil.example:${shell.port}`, host: `evil.example:${shell.port}` }), 421],
    ['a name that begins like ours', () => ({ cookie, origin: own, host: `127.0.0.1.evil.example:${shell.port}` }), 421],
    ['our name with another port', () => ({ cookie, origin: 'http://127.0.0.1:1', host: '127.0.0.1:1' }), 421],
  ])('is refused to %s', async (_, headers, status) => {
    expect(await upgrade(headers() as Record<string, string>)).toBe(status);
  });

  it('is at one path only', async () => {
    expect(await upgrade({ cookie, origin: own }, '/other')).not.toBe('open');
    expect(await upgrade({ cookie, origin: own }, '/')).not.toBe('open');
  });
});

describe('requests', () => {
  it('of our own page are answered (control)', async () => {
    const answer = await send('GET', '/', { cookie });
    expect([answer.status, answer.body.includes('Small page')]).toEqual([200, true]);
    expect((await send('GET', '/assets/page.js', { cookie, origin: own })).status).toBe(200);
  });

  it('do nothing, whatever the method and the body', async () => {
    const types = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/json'];
    const body = '{"name":"app.quit"}';
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
      for (const type of types)
        for (const path of ['/', '/ws', '/api', '/call/app.quit']) {
          const answer = await send(method, path, { cookie, 'content-type': type, 'content-length': String(body.length) }, body);
          expect([method, path, answer.status >= 400 && answer.status < 500]).toEqual([method, path, true]);
          expect(answer.headers['access-control-allow-origin']).toBeUndefined();
        }
    expect(shell.process.exitCode).toBeNull();
    expect((await send('GET', '/', { cookie })).status).toBe(200);
  });

  it('from foreign origins, for other names, and as parts of other pages are refused', async () => {
    expect((await send('GET', '/', { cookie, origin: 'http://evil.example' })).status).toBe(403);
    expect((await send('GET', '/', { cookie, host: `evil.example:${shell.port}` })).status).toBe(421);
    expect((await send('GET', '/', { cookie, host: `:${shell.port}` })).status).toBeGreaterThanOrEqual(400);
    const script = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script' };
    expect((await send('GET', '/assets/page.js', { cookie, ...script })).status).toBe(403);
    const frame = { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' };
    expect((await send('GET', '/', { cookie, ...frame })).status).toBe(403);
    const typed = { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    expect((await send('GET', '/', { cookie, ...typed })).status).toBe(200);
  });

  it('cannot leave the folder of built files', async () => {
    const escapes = ['/../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/assets/..%2f..%2fsecret.txt', '/%2e%2e%2f%2e%2e%2fetc/passwd'];
    for (const path of [...escapes, '/..%5csecret.txt', '//etc/passwd', '/%00', '/assets/%2e%2e/%2e%2e/secret.txt', '/.%00./secret.txt', '/%']) {
      const answer = await send('GET', path, { cookie });
      expect([path, answer.status >= 400, answer.body.includes('canary') || answer.body.includes('root:')]).toEqual([path, true, false]);
    }
  });

  it('are answered with headers that shut other pages out', async () => {
    for (const path of ['/', '/assets/page.js', '/nothing']) {
      const { headers } = await send('GET', path, { cookie });
      const policy = headers['content-security-policy'] as string;
      for (const part of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'", "script-src 'self';"])
        expect(policy).toContain(part);
      expect(policy).not.toContain('unsafe');
      expect(headers).toMatchObject({
        'x-frame-options': 'DENY',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
      });
    }
  });

  it('get a fresh nonce each, the same in page and policy', async () => {
    const nonces = new Set<string>();
    for (let load = 0; load < 3; load += 1) {
      const { body, headers } = await send('GET', '/', { cookie });
      const nonce = /nonce="([^"]+)"/.exec(body)![1]!;
      expect(headers['content-security-policy']).toContain(`'nonce-${nonce}'`);
      nonces.add(nonce);
    }
    expect(nonces.size).toBe(3);
  });
});

describe('the one-time address', () => {
  it('gives, once, a cookie that scripts cannot read and other sites cannot send', async () => {
    const { url } = await startSmallShell(folder);
    const token = new URL(url).searchParams.get('token')!;
    expect(token).toMatch(/^[0-9a-f]{32}$/);
    const first = await send('GET', `/?token=${token}`, { host: `127.0.0.1:${shell.port}` });
    expect(first.status).toBe(303);
    expect(first.headers['set-cookie']![0]).toMatch(/; HttpOnly/);
    expect(first.headers['set-cookie']![0]).toMatch(/; SameSite=Strict/);
    const second = await send('GET', `/?token=${token}`);
    expect([second.status, second.headers['set-cookie']]).toEqual([401, undefined]);
  });

  it('cannot be guessed, and without it there is nothing to see', async () => {
    for (const guess of ['', '0'.repeat(32), 'x'.repeat(5000), '__proto__', '%00']) {
      const { status, headers } = await send('GET', `/?token=${guess}`);
      expect([status, headers['set-cookie']]).toEqual([401, undefined]);
    }
    expect((await send('GET', '/?token=a&token=b')).status).toBe(401);
    expect((await send('GET', '/')).body).not.toContain('Small page');
  });

  it('is served on 127.0.0.1 only', async () => {
    const here = connect({ host: '127.0.0.1', port: shell.port });
    await once(here, 'connect');
    here.destroy();
    const elsewhere = connect({ host: '127.0.0.2', port: shell.port });
    await expect(once(elsewhere, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

/** Runs in the hostile page, so it is text: what it tries, and what came of it. */
const attacks = `async (target) => {
  const outcome = (promise) => promise.then(String, () => 'refused');
  const socket = () => new Promise((resolve) => {
    const tried = new WebSocket(target.replace('http', 'ws') + '/ws');
    tried.addEventListener('open', () => resolve('open'));
    tried.addEventListener('error', () => resolve('refused'));
  });
  const frame = () => new Promise((resolve) => {
    const frame = Object.assign(document.createElement('iframe'), { src: target });
    frame.addEventListener('load', () => resolve(frame.contentDocument ? 'readable' : 'shut'));
    document.body.append(frame);
  });
  return {
    read: await outcome(fetch(target + '/', { credentials: 'include' }).then((answer) => answer.text())),
    post: await outcome(fetch(target + '/ws', { method: 'POST', body: '{"name":"app.quit"}', mode: 'no-cors', credentials: 'include' }).then((answer) => answer.type)),
    script: await outcome(import(target + '/assets/page.js')),
    socket: await socket(),
    frame: await frame(),
  };
}`;

describe('in a real browser', () => {
  let browser: Browser;
  let hostile: HostileSite;
  let page: Page;
  let evil = '';

  beforeAll(async () => {
    hostile = await startHostileSite();
    evil = `${hostile.origin}/`;
    browser = await launchChromium('--no-proxy-server', '--host-resolver-rules=MAP evil.example 127.0.0.1');
    page = await (await browser.newContext()).newPage();
    const { url } = await startSmallShell(folder);
    await page.goto(url);
  });
  afterAll(async () => {
    await browser?.close();
    hostile.stop();
  });

  it('our own page works and breaks no rule of its policy (control)', async () => {
    const complaints: string[] = [];
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    await page.reload();
    await expect.poll(() => page.textContent('#state')).toContain(`"pid":${shell.pid}`);
    expect(complaints.filter((text) => text.includes('Content Security Policy'))).toEqual([]);
    expect(await page.evaluate('document.cookie')).toBe('');
  });

  it('another page, with the cookie in the same browser, can neither read, connect, post nor frame', async () => {
    const other = await page.context().newPage();
    await other.goto(evil);
    const tried = await other.evaluate(`(${attacks})(${JSON.stringify(own)})`);
    // An opaque answer tells the page nothing, and the server did nothing.
    expect(tried).toEqual({ read: 'refused', post: expect.stringMatching(/^(opaque|refused)$/), script: 'refused', socket: 'refused', frame: 'shut' });
    expect(shell.process.exitCode).toBeNull();
    await other.close();
  });

  it('a name that is rebound to this machine gets nothing', async () => {
    const other = await page.context().newPage();
    const answer = await other.goto(`http://evil.example:${shell.port}/`);
    expect(answer!.status()).toBe(421);
    await other.close();
  });
});

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerFile } from '../../electron/app/app-files.ts';

/** What `app://` gives to whoever asks: the built interface, and nothing else of this computer. */
describe('the files of app://', () => {
  let folder = '';
  let web = '';

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'forgehold-app-'));
    web = join(folder, 'renderer');
    mkdirSync(join(web, 'assets'), { recursive: true });
    mkdirSync(join(folder, 'renderer-other'));
    writeFileSync(join(web, 'index.html'), '<!doctype html><meta nonce="__CSP_NONCE__">');
    writeFileSync(join(web, 'assets/page-a1.js'), 'export {}');
    for (const place of ['secret.js', 'renderer-other/secret.js', 'renderer/.hidden.js', 'renderer/plain.txt']) writeFileSync(join(folder, place), 'canary');
    symlinkSync(join(folder, 'secret.js'), join(web, 'assets/link.js'));
    symlinkSync(join(folder, 'renderer-other'), join(web, 'assets/linked'));
    symlinkSync('/etc/passwd', join(web, 'assets/passwd.json'));
    symlinkSync('loop.js', join(web, 'assets/loop.js'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function ask(address: string, method = 'GET'): Promise<{ readonly status: number; readonly body: string; readonly headers: Headers }> {
    const answer = await answerFile({ url: address, method }, web);
    return { status: answer.status, headers: answer.headers, body: await answer.text() };
  }

  it('are the page and its assets (control)', async () => {
    expect((await ask('app://forgehold/')).status).toBe(200);
    expect((await ask('app://forgehold/index.html')).headers.get('content-type')).toBe('text/html; charset=utf-8');
    const script = await ask('app://forgehold/assets/page-a1.js');
    expect([script.status, script.body, script.headers.get('x-content-type-options')]).toEqual([200, 'export {}', 'nosniff']);
  });

  it('lie in one folder that no path leads out of', async () => {
    const ups = ['..', '%2e%2e', '%2E%2e', '.%2e', '%252e%252e', '..%00', '%c0%ae%c0%ae', '%uff0e%uff0e', '．．'];
    const bars = ['/', '%2f', '%252f', '\\', '%5c', '%255c', '//', '%c0%af'];
    const climbing = ups.flatMap((up) =>
      bars.flatMap((bar) => [`${up}${bar}secret.js`, `assets${bar}${up}${bar}${up}${bar}secret.js`, `${up}${bar}renderer-other${bar}secret.js`]),
    );
    const absolute = ['/etc/passwd', '//etc/passwd', '%2fetc%2fpasswd', 'file:///etc/passwd', 'C:%5cWindows%5cwin.ini', '~/.bashrc', `${folder}/secret.js`];
    const planted = ['assets/link.js', 'assets/linked/secret.js', 'assets/passwd.json', 'assets/loop.js', '.hidden.js', 'assets/./../.hidden.js', 'plain.txt'];
    const odd = ['assets', 'assets/', '%', '%zz', '%00', 'index.html%00.js', 'con', `${'x'.repeat(5000)}.js`, `${'a/'.repeat(3000)}b.js`];
    const paths = [...climbing, ...absolute, ...planted, ...odd];
    for (const path of paths) {
      const { status, body } = await ask(`app://forgehold/${path}`);
      expect([path, status, /canary|root:/.test(body)]).toEqual([path, 404, false]);
    }
    expect(paths.length).toBeGreaterThan(230);
  });

  it('answer under one name, to reading only', async () => {
    for (const host of ['other', 'forgehold.evil.example', '127.0.0.1', 'forgehold.', 'forgehold:80', ''])
      expect([host, (await ask(`app://${host}/index.html`)).status]).toEqual([host, 404]);
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])
      expect([method, (await ask('app://forgehold/index.html', method)).status]).toEqual([method, 405]);
  });

  it('carry a strict policy, with a new nonce on each load', async () => {
    const nonces = new Set<string>();
    for (let load = 0; load < 3; load += 1) {
      const { headers, body } = await ask('app://forgehold/');
      const policy = headers.get('content-security-policy')!;
      for (const part of ["default-src 'none'", "script-src 'self';", "connect-src 'self';", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"])
        expect(policy).toContain(part);
      expect(policy).not.toMatch(/unsafe|\*|http:/);
      const nonce = /'nonce-([^']+)'/.exec(policy)![1]!;
      expect(body).toContain(nonce);
      nonces.add(nonce);
    }
    expect(nonces.size).toBe(3);
  });
});

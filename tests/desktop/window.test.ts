import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Desktop, hasElectron, startDesktop } from '../fixtures/desktop.ts';
import { type Display, startDisplay } from '../fixtures/display.ts';
import { type House, startHouse } from '../support/house.ts';

const webRoot = join(import.meta.dirname, '../../dist/renderer');

describe.skipIf(!hasElectron)('the window', () => {
  let display: Display;
  let house: House;
  let desktop: Desktop;

  beforeAll(async () => {
    [display, house] = await Promise.all([startDisplay(), startHouse(webRoot)]);
    desktop = await startDesktop({ data: house.data, display, switches: ['--disable-gpu'] });
    await desktop.page.getByRole('row', { name: /orchard-api/ }).waitFor();
  });
  afterAll(async () => {
    await desktop?.close();
    await house?.stop();
    await display?.stop();
  });
  afterEach(() => {
    if (desktop.complaints.length > 0) throw new Error(`The page complains: ${desktop.complaints.splice(0).join('; ')}`);
  });

  it('gives its page five functions, which it cannot change, and nothing of Node or Electron', async () => {
    const found = await desktop.page.evaluate<unknown>(`(() => {
      const surface = Object.fromEntries(Object.entries(window.forgehold).map(([name, value]) => [name, typeof value + '/' + value.length]));
      const names = ['require', 'process', 'module', 'exports', 'global', 'Buffer', 'setImmediate', '__dirname', 'electron', 'ipcRenderer'];
      try { window.forgehold.invoke = () => 'mine'; } catch {}
      try { window.forgehold = {}; } catch {}
      return { surface, globals: names.filter((name) => name in window), frozen: typeof window.forgehold.invoke === 'function' && !String(window.forgehold.invoke).includes('mine') };
    })()`);
    expect(found).toMatchInlineSnapshot(`
      {
        "frozen": true,
        "globals": [],
        "surface": {
          "cancel": "function/0",
          "invoke": "function/0",
          "openStream": "function/0",
          "pathForFile": "function/0",
          "subscribe": "function/0",
        },
      }
    `);
  });

  it('runs its page in a sandbox of its own, apart from the preload', async () => {
    const preferences = await desktop.app.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]!.webContents as unknown as { getLastWebPreferences: () => Record<string, unknown> };
      return contents.getLastWebPreferences();
    });
    expect(preferences).toMatchObject({ sandbox: true, contextIsolation: true, nodeIntegration: false, webviewTag: false, webSecurity: true });
    expect(preferences['nodeIntegrationInSubFrames']).not.toBe(true);
    expect(preferences['nodeIntegrationInWorker']).not.toBe(true);
    expect(preferences['allowRunningInsecureContent']).not.toBe(true);
    expect(preferences['experimentalFeatures']).not.toBe(true);
  });

  it('says that it joined a core that somebody else runs', async () => {
    const answer = await desktop.page.evaluate<unknown>("window.forgehold.invoke('shell.state', {}, 900)");
    expect(answer).toMatchObject({ ok: true, value: { core: { kind: 'live', attached: true } } });
  });

  it('shows what changes in the core at once', async () => {
    const { live } = house;
    const project = live.snapshot().projects[0]!;
    live.putProject('3'.repeat(12), { ...project, projectId: '3'.repeat(12), name: 'saltmarsh' });
    await desktop.page.getByRole('row', { name: /saltmarsh/ }).waitFor();
    live.putProject('3'.repeat(12), null);
    await desktop.page.getByRole('row', { name: /saltmarsh/ }).waitFor({ state: 'detached' });
    expect(await desktop.page.getByRole('row', { name: /tidewater/ }).count()).toBe(1);
  });

  it('follows the theme of the system, and goes back with it', async () => {
    const ground = (): Promise<string> => desktop.page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    const grounds: string[] = [];
    for (const theme of ['dark', 'light', 'dark'] as const) {
      await desktop.app.evaluate(({ nativeTheme }, source) => void (nativeTheme.themeSource = source), theme);
      await desktop.page.waitForFunction(`matchMedia('(prefers-color-scheme: ${theme})').matches`);
      grounds.push(await ground());
    }
    expect(grounds[0]).not.toBe(grounds[1]);
    expect(grounds[2]).toBe(grounds[0]);
    await desktop.app.evaluate(({ nativeTheme }) => void (nativeTheme.themeSource = 'system'));
  });
});

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../fixtures/core.ts';
import { type RunningDesktop, hasElectron, startDesktop, inPage } from '../fixtures/desktop.ts';
import { type Display, startDisplay } from '../fixtures/display.ts';
import { type House, startHouse } from '../support/house.ts';
import { screensOf } from './screens.ts';

/** How the desktop window lives: where it appears, what it remembers, how it comes back and how it ends. */

const webRoot = join(import.meta.dirname, '../../dist/renderer');
let display: Display;
let house: House;
let userData: string;
let running: RunningDesktop | null = null;

async function open(options: { readonly argv?: readonly string[] } = {}) {
  const desktop = await startDesktop({ data: house.data, display, userData, ...options });
  running = desktop;
  await screensOf(desktop.page).project('orchard-api').waitFor();
  return desktop;
}

type Bounds = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };

function boundsOf(desktop: RunningDesktop): Promise<Bounds> {
  return desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.getNormalBounds());
}

/** Reports of a kind, oldest first. */
function reportsOf(kind: 'page-gone' | 'exception'): readonly string[] {
  const folder = join(house.data, 'crashes');
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(`${kind}.json`)) : [];
}

describe.skipIf(!hasElectron)('the desktop window', () => {
  beforeAll(async () => {
    [house, display] = await Promise.all([startHouse(webRoot), startDisplay()]);
  });
  afterAll(async () => {
    await display?.stop();
    await house?.stop();
  });
  beforeEach(() => {
    userData = mkdtempSync(join(tmpdir(), 'forgehold-profile-'));
  });
  afterEach(async () => {
    await running?.close();
    running = null;
    rmSync(userData, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });

  test('is where it was, at the next start too; closing it ends the app over the core of another process', { timeout: 120_000 }, async () => {
    const first = await open();
    const wanted = { x: 320, y: 200, width: 1000, height: 700 };
    await first.app.evaluate(({ BrowserWindow }, bounds) => BrowserWindow.getAllWindows()[0]!.setBounds(bounds), wanted);
    await until(
      () => boundsOf(first),
      (bounds) => bounds.width === 1000 && bounds.x === 320,
      'its new place',
    );
    await first.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.close()).catch(() => null);
    expect(await first.ended).toBe(0);
    await first.close();
    expect(house.called.filter(({ name }) => name === 'app.quit')).toEqual([]);

    const second = await open();
    expect(await boundsOf(second)).toEqual(wanted);
  });

  test('is brought back to a display that there is, no smaller than its screens are drawn for', { timeout: 120_000 }, async () => {
    writeFileSync(join(userData, 'window.json'), JSON.stringify({ place: { bounds: { x: 9000, y: -4000, width: 300, height: 200 }, maximized: false } }));
    const desktop = await open();
    const { x, y, width, height } = await boundsOf(desktop);
    expect([width, height]).toEqual([900, 600]);
    expect(x).toBeGreaterThanOrEqual(0);
    expect(y).toBeGreaterThanOrEqual(0);
    expect(x + width).toBeLessThanOrEqual(1920);
    expect(y + height).toBeLessThanOrEqual(1200);
  });

  test('opens over settings that cannot be read, says so, and keeps the old file', { timeout: 120_000 }, async () => {
    writeFileSync(join(userData, 'shell.json'), '{ "theme": "dark", ');
    const { page } = await open();
    await page.getByRole('alert').filter({ hasText: 'The settings of the window could not be read' }).waitFor();
    const aside = readdirSync(userData).find((name) => name.startsWith('shell.unreadable-'))!;
    expect(readFileSync(join(userData, aside), 'utf8')).toBe('{ "theme": "dark", ');
    const kept = await page.evaluate<unknown>("window.forgehold.invoke('shell.set', { tray: false }, 1)");
    expect(kept).toMatchObject({ ok: true, value: { settings: { tray: false } } });
    expect(JSON.parse(readFileSync(join(userData, 'shell.json'), 'utf8'))).toMatchObject({ tray: false });
  });

  test('loads a page that died again, once; after a second death it shows a plain one with a way back', { timeout: 120_000 }, async () => {
    const desktop = await open();
    const before = reportsOf('page-gone').length;
    await desktop.page.evaluate("location.hash = '#/terminals'");
    const kill = (): Promise<void> => desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.webContents.forcefullyCrashRenderer());
    const shown = (): Promise<unknown> => inPage(desktop, '[location.pathname, location.hash, document.body.innerText]').catch(() => ['', '', '']);

    await kill();
    await until(shown, (found) => String((found as string[])[2]).includes('orchard-api'), 'the page again');
    expect(((await shown()) as string[]).slice(0, 2)).toEqual(['/index.html', '#/terminals']);
    await kill();
    await until(shown, (found) => (found as string[])[0] === '/recovery.html' && (found as string[])[2]!.includes('ended twice'), 'the plain page');
    expect(reportsOf('page-gone').length).toBe(before + 2);
    const report = JSON.parse(readFileSync(join(house.data, 'crashes', reportsOf('page-gone').at(-1)!), 'utf8')) as Record<string, unknown>;
    expect(report).toMatchObject({ kind: 'page-gone', process: 'renderer', reason: expect.any(String) });

    await inPage(desktop, "document.querySelector('a').click()");
    await until(shown, (found) => String((found as string[])[2]).includes('orchard-api'), 'the page again');

    // The window has no frame that could move or close it.
    await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.loadURL('app://forgehold/recovery.html'));
    const app =
      'getComputedStyle(document.body).getPropertyValue("app-region") + getComputedStyle(document.querySelector("button")).getPropertyValue("app-region")';
    expect(await inPage(desktop, app)).toBe('dragno-drag');
    void inPage(desktop, "document.querySelector('button').click()").catch(() => null);
    expect(await desktop.ended).toBe(0);
  });

  test('reports what nobody caught, and goes on: the core of another process is not touched by it', { timeout: 120_000 }, async () => {
    const desktop = await open();
    await desktop.app.evaluate(() => {
      setTimeout(() => {
        throw new Error('a bug');
      });
      void Promise.reject(new Error('another'));
    });
    await until(async () => reportsOf('exception').length === 2, Boolean, 'two reports');
    const told = await desktop.page.evaluate<unknown>("window.forgehold.invoke('projects.list', {}, 1)");
    expect(told).toMatchObject({ ok: true });
    expect(await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
    await screensOf(desktop.page).project('orchard-api').waitFor();
  });

  test('says that it failed when it was started again for that reason', { timeout: 120_000 }, async () => {
    const { page } = await open({ argv: ['--after-fault'] });
    expect(await page.getByRole('alert').innerText()).toContain('Forgehold failed and was started again');
  });

  test('hears that the machine woke up, and has its core again', { timeout: 120_000 }, async () => {
    const desktop = await open();
    await desktop.app.evaluate(({ powerMonitor }) => void powerMonitor.emit('suspend'));
    await desktop.app.evaluate(({ powerMonitor }) => void powerMonitor.emit('resume'));
    await until(
      async () => readFileSync(join(house.data, 'logs/window.log'), 'utf8'),
      (log) => log.includes('The machine woke up'),
      'the log',
    );
    await screensOf(desktop.page).project('orchard-api').waitFor();
    expect(desktop.complaints).toEqual([]);
  });

  test('ends with the session, and with a signal, at once and cleanly', { timeout: 120_000 }, async () => {
    const first = await open();
    process.kill(first.pid, 'SIGTERM');
    expect(await first.ended).toBe(0);
    await first.close();
    mkdirSync(userData, { recursive: true });
    const second = await open();
    await second.app.evaluate(({ powerMonitor }) => void powerMonitor.emit('shutdown', { preventDefault: () => {} })).catch(() => null);
    expect(await second.ended).toBe(0);
  });
});

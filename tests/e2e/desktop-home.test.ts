import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ElectronApplication, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Blocked } from '../../shared/model/domain.ts';
import { until } from '../fixtures/core.ts';
import { type Desktop, hasElectron, startDesktop } from '../fixtures/desktop.ts';
import { type Display, startDisplay } from '../fixtures/display.ts';
import { type House, startHouse } from '../support/house.ts';
import { makeWorkspace } from '../support/sample-state.ts';
import { stagedStates } from '../support/stage.ts';
import { findBarriers } from './browser.ts';

const webRoot = join(import.meta.dirname, '../../dist/renderer');
const workspaceId = '1'.repeat(8);
const time = '2026-01-01T00:00:00Z';

/** What the desktop was asked to show, as the real classes were asked. */
type Seen = { tray: Electron.Menu | null; icons: number; notes: Electron.Notification[]; badge: number; progress: number };

/** Electron tells nobody what tray, badge and notifications show: what its own classes are called with is noted, and done all the same. */
async function watchDesktop(app: ElectronApplication): Promise<void> {
  await app.evaluate(({ Tray, Notification, BrowserWindow, app: electron }) => {
    const seen: Seen = { tray: null, icons: 0, notes: [], badge: 0, progress: -1 };
    Object.assign(globalThis, { seen });
    /** Calls `note` before each call of a method. */
    // eslint-disable-next-line unicorn/consistent-function-scoping -- it goes to the main process with the rest of this function
    function before<T extends object>(of: T, name: keyof T, note: (self: T, first: unknown) => void): void {
      const real = of[name] as (...words: unknown[]) => unknown;
      Object.assign(of, {
        [name](this: T, ...words: unknown[]) {
          note(this, words[0]);
          return real.apply(this, words);
        },
      });
    }
    before(Tray.prototype, 'setContextMenu', (_, menu) => void (seen.tray = menu as Electron.Menu));
    before(Tray.prototype, 'destroy', () => void (seen.tray = null));
    // Without a daemon nothing is shown, and it is asked all the same.
    Notification.isSupported = () => true;
    before(Notification.prototype, 'show', (note) => void seen.notes.push(note));
    before(Notification.prototype, 'close', (note) => void (seen.notes = seen.notes.filter((other) => other !== note)));
    before(BrowserWindow.prototype, 'setProgressBar', (_, value) => void (seen.progress = value as number));
    const setBadge = electron.setBadgeCount.bind(electron);
    electron.setBadgeCount = (count) => {
      seen.badge = count ?? 0;
      return setBadge(count);
    };
  });
}

function toBlocked(host: string): Blocked {
  return { host, port: 443, reason: 'not-listed', tries: 1, firstAt: time, lastAt: time };
}

describe.skipIf(!hasElectron)('at home on the desktop', () => {
  let house: House;
  let display: Display;
  let desktop: Desktop;
  let app: ElectronApplication;
  let page: Page;

  beforeAll(async () => {
    [house, display] = await Promise.all([startHouse(webRoot), startDisplay()]);
    const environment = { XDG_CONFIG_HOME: join(house.data, 'config') };
    desktop = await startDesktop({ data: house.data, display, environment, switches: ['--disable-gpu'], size: { width: 1280, height: 800 } });
    ({ app, page } = desktop);
    await watchDesktop(app);
    await page.getByRole('row', { name: /orchard-api/ }).waitFor();
  });
  afterAll(async () => {
    await desktop?.close();
    await display?.stop();
    await house?.stop();
  });
  afterEach(async () => {
    house.live.setBlocked(workspaceId, []);
    const complaints = desktop.complaints.splice(0);
    if (complaints.length > 0) throw new Error(`The page complains: ${complaints.join('; ')}`);
  });

  function block(...hosts: string[]): void {
    house.live.setBlocked(workspaceId, hosts.map(toBlocked));
  }
  function trayLabels(): Promise<string[]> {
    return app.evaluate(() => (globalThis as unknown as { seen: Seen }).seen.tray?.items.map(({ label }) => label) ?? []);
  }
  /** An entry by its label, and one in the menu below it. */
  function chooseInTray(label: string, below?: string): Promise<void> {
    return app.evaluate(
      (_, [first, second]) => {
        const entry = (globalThis as unknown as { seen: Seen }).seen.tray?.items.find((item) => item.label === first);
        (second === undefined ? entry : entry?.submenu?.items.find((item) => item.label === second))?.click();
      },
      [label, below] as const,
    );
  }
  function answers(): unknown[] {
    return house.called.filter(({ name }) => name === 'domains.answer').map(({ input }) => input);
  }
  function notes(): Promise<string[]> {
    return app.evaluate(() => (globalThis as unknown as { seen: Seen }).seen.notes.map(({ title }) => title));
  }
  /** The number at the app's icon, and how far its bar is. */
  function iconShows(): Promise<[number, number]> {
    return app.evaluate(() => {
      const { badge, progress } = (globalThis as unknown as { seen: Seen }).seen;
      return [badge, progress] as [number, number];
    });
  }
  function themeSource(): Promise<string> {
    return app.evaluate(({ nativeTheme }) => nativeTheme.themeSource);
  }
  /** Whether pressing there moves the window. */
  function dragging(selector: string): Promise<string> {
    return page.evaluate<string>(`getComputedStyle(document.querySelector(${JSON.stringify(selector)})).getPropertyValue('app-region')`);
  }
  function isOffered(id: string): Promise<boolean | undefined> {
    return app.evaluate(({ Menu }, name) => Menu.getApplicationMenu()?.getMenuItemById(name)?.enabled, id);
  }
  function chooseInMenu(id: string): Promise<void> {
    return app.evaluate(({ Menu }, name) => Menu.getApplicationMenu()?.getMenuItemById(name)?.click(), id);
  }
  function address(): Promise<string> {
    return page.evaluate<string>('location.hash');
  }
  async function go(to: string): Promise<void> {
    await page.evaluate(`location.hash = '#/${to}'`);
  }
  /** The user looks at another window. */
  async function lookAway(): Promise<void> {
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
  }

  test('a menu offers what the page can do now, and its click does what the palette does', async () => {
    await until(async () => (await isOffered('settings')) === true && (await isOffered('split')) === false, Boolean, 'the page to say what it offers');
    await chooseInMenu('settings');
    await until(async () => (await address()) === '#/settings/general', Boolean, 'the settings');
    await go(`w/${workspaceId}/terminals`);
    await until(async () => (await isOffered('split')) === true, Boolean, 'the terminals’ commands');
    await chooseInMenu('tab2');
    await until(async () => (await address()) === `#/w/${workspaceId}/domains`, Boolean, 'the domains');
    expect(
      await until(
        () => isOffered('split'),
        (offered) => offered === false,
        'the terminals’ commands to go',
      ),
    ).toBe(false);
    await go('projects');
  });

  test('on Linux no menu takes a key from the page or from the program in its terminal', { skip: process.platform !== 'linux' }, async () => {
    const taken = await app.evaluate(({ Menu }) => {
      const flatten = (items: readonly Electron.MenuItem[]): Electron.MenuItem[] => items.flatMap((item) => [item, ...flatten(item.submenu?.items ?? [])]);
      return flatten(Menu.getApplicationMenu()?.items ?? [])
        .filter((item) => item.type !== 'separator' && item.type !== 'submenu' && item.registerAccelerator)
        .flatMap((item) => item.accelerator ?? item.role ?? []);
    });
    expect(taken.filter((key) => !['togglefullscreen', 'about'].includes(key))).toEqual([]);
    await page.keyboard.press('Control+Shift+KeyK');
    await page.getByRole('dialog', { name: 'Commands' }).waitFor();
    await page.keyboard.press('Escape');
  });

  test('the title bar moves the window, and what can be pressed in it does not', async () => {
    expect(await dragging('.titlebar')).toBe('drag');
    expect(await dragging('.titlebar button')).toBe('no-drag');
    expect(await dragging('[aria-label="Window"]')).toBe('no-drag');
    if (process.platform === 'darwin') return;
    await page.getByRole('group', { name: 'Window' }).getByRole('button', { name: 'Minimise' }).waitFor();
    await page.getByRole('button', { name: 'Menu', exact: true }).waitFor();
  });

  test('the tray shows what needs the user with the state of each project, and leads there', async () => {
    block('feed.example');
    await until(async () => (await trayLabels()).includes('feed.example blocked'), Boolean, 'the tray to tell');
    const labels = await trayLabels();
    expect(labels[0]).toBe('Needs you');
    expect(labels).toEqual(expect.arrayContaining(['Projects', 'New workspace…', 'Open Forgehold', 'Quit…']));
    expect(labels.some((label) => label.includes('1 domain blocked'))).toBe(true);
    await chooseInTray('feed.example blocked', 'Show it');
    await until(async () => (await address()).startsWith(`#/w/${workspaceId}/terminals`), Boolean, 'the workspace');
    block();
    await until(async () => !(await trayLabels()).includes('Needs you'), Boolean, 'the tray to forget');
    await go('projects');
  });

  test('the tray answers a blocked name, once, and not one that waits no more', async () => {
    block('feed.example', 'late.example');
    await until(async () => (await trayLabels()).includes('late.example blocked'), Boolean, 'the tray to tell');
    await chooseInTray('feed.example blocked', 'Allow for this project');
    await until(async () => answers().length > 0, Boolean, 'the answer');
    expect(answers()).toEqual([expect.objectContaining({ workspaceId, host: 'feed.example', port: 443, answer: 'project', allowPrivate: false })]);
    await until(async () => !(await trayLabels()).includes('feed.example blocked'), Boolean, 'it to go');
    // A menu that is open keeps its entries: what it held is asked for after it has expired.
    await app.evaluate(() => {
      const menu = (globalThis as unknown as { seen: Seen }).seen.tray;
      Object.assign(globalThis, { held: menu?.items.find(({ label }) => label === 'late.example blocked')?.submenu });
    });
    block();
    await until(async () => !(await trayLabels()).includes('Needs you'), Boolean, 'the tray to forget');
    await app.evaluate(() => (globalThis as unknown as { held: Electron.Menu }).held.items.find(({ label }) => label === 'Allow once')?.click());
    await page.getByRole('alert').filter({ hasText: 'late.example waits for no answer any more' }).waitFor();
    expect(answers()).toHaveLength(1);
    await page.getByRole('alert').getByRole('button').last().click();
  });

  test('the app’s icon counts what waits, and shows how far a creation is', async () => {
    const id = '9'.repeat(8);
    house.live.putWorkspace(id, makeWorkspace({ workspaceId: id, state: stagedStates.creating }));
    block('a.example', 'b.example');
    await until(async () => (await iconShows())[0] === 2 && (await iconShows())[1] > 0.1, Boolean, 'badge and progress');
    house.live.putWorkspace(id, null);
    block();
    await until(async () => (await iconShows()).join() === '0,-1', Boolean, 'both to go');
    expect(desktop.complaints).toEqual([]);
  });

  test('a blocked name is a notification while the user looks elsewhere, which leads there and goes when it is answered', async () => {
    block('seen.example');
    await until(async () => (await trayLabels()).includes('seen.example blocked'), Boolean, 'the tray to tell');
    await lookAway();
    block('seen.example', 'unseen.example', '\u202eevil\u0007.example');
    await until(async () => (await notes()).length === 2, Boolean, 'two notifications');
    expect(await notes()).toEqual(['unseen.example blocked', 'evil .example blocked']);
    block('seen.example', 'unseen.example');
    await until(async () => (await notes()).length === 1, Boolean, 'the answered one to go');
    await app.evaluate(() => (globalThis as unknown as { seen: Seen }).seen.notes[0]?.emit('click', {}));
    await until(async () => (await address()).startsWith(`#/w/${workspaceId}/terminals`), Boolean, 'the workspace');
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible())).toBe(true);
    expect(answers()).toHaveLength(1);
    await go('projects');
  });

  test('a thousand names are one notification, which leads to where they are reviewed', async () => {
    await lookAway();
    for (const count of [1, 2, 7, 300, 1000]) block(...Array.from({ length: count }, (_, at) => `n${at}.example`));
    await until(async () => (await notes()).join() === '1,000 domains blocked in orchard-api', Boolean, 'the one notification');
    await app.evaluate(() => (globalThis as unknown as { seen: Seen }).seen.notes[0]?.emit('click', {}));
    await until(async () => (await address()) === `#/w/${workspaceId}/domains`, Boolean, 'the domains');
    expect(await until(notes, (shown) => shown.length === 0, 'it to go')).toEqual([]);
    await go('projects');
  });

  test('the theme of page, menus and dialogs is one, and kept', async () => {
    await go('settings/appearance');
    for (const [name, value] of [
      ['Light', 'light'],
      ['Dark', 'dark'],
      ['System', 'system'],
    ] as const) {
      await page.getByRole('group', { name: 'Theme' }).getByRole('button', { name }).click();
      expect(await until(themeSource, (source) => source === value, `the theme ${value}`)).toBe(value);
      await until(async () => JSON.parse(readFileSync(join(desktop.userData, 'shell.json'), 'utf8')).theme === value, Boolean, 'it to be written');
    }
  });

  test('icon, notifications and the start at login are switched in the settings of this app', async () => {
    await go('settings/app');
    await page.getByRole('heading', { name: 'This app' }).waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await page.getByRole('switch', { name: /^Icon in/ }).click();
    await until(async () => (await trayLabels()).length === 0, Boolean, 'the icon to go');
    await page.getByRole('switch', { name: /^Icon in/ }).click();
    await until(async () => (await trayLabels()).length > 0, Boolean, 'the icon to come back');
    if (process.platform !== 'linux') return;
    const entry = join(house.data, 'config/autostart/forgehold.desktop');
    await page.getByRole('switch', { name: 'Open at login' }).click();
    await until(async () => existsSync(entry), Boolean, 'the autostart entry');
    expect(readFileSync(entry, 'utf8')).toMatch(/^Exec=.* --background$/m);
    await page.getByRole('switch', { name: 'Open at login' }).click();
    await until(async () => !existsSync(entry), Boolean, 'the entry to go');
  });
});

import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../fixtures/core.ts';
import { type Desktop, hasElectron, startDesktop } from '../fixtures/desktop.ts';
import { type Display, startDisplay } from '../fixtures/display.ts';
import { type House, startHouse } from '../support/house.ts';
import { screensOf } from './screens.ts';

/** What comes to the desktop window from outside: links, folders, further starts, drops. */

const webRoot = join(import.meta.dirname, '../../dist/renderer');
const projectId = '1'.repeat(12);
const workspaceId = '1'.repeat(8);
const terminalId = '2'.repeat(12);
let display: Display;
let house: House;
let places: string;
let desktop: Desktop | null = null;

/** One window and one core for specs that do not end them. */
async function open(...argv: readonly string[]): Promise<Desktop> {
  desktop = await startDesktop({ data: house.data, display, argv });
  return desktop;
}

function hash(): Promise<string> {
  return desktop!.page.evaluate<string>('location.hash');
}
function at(wanted: string): Promise<unknown> {
  return until(hash, (found) => found === wanted, wanted);
}
/** Calls that change something. */
function changes(): House['called'] {
  return house.called.filter(({ name }) => /create|remove|open$|start|clone|quit|set$/.test(name));
}

describe.skipIf(!hasElectron)('the desktop window', () => {
  beforeAll(async () => {
    places = realpathSync(mkdtempSync(join(tmpdir(), 'forgehold-places-')));
    for (const name of ['orchard', 'meadow', 'a link']) mkdirSync(join(places, name));
    symlinkSync('orchard', join(places, 'shortcut'));
    writeFileSync(join(places, 'notes.txt'), 'x');
    [house, display] = await Promise.all([startHouse(webRoot), startDisplay()]);
  });
  afterAll(async () => {
    await display?.stop();
    await house?.stop();
    rmSync(places, { recursive: true, force: true });
  });
  afterEach(async () => {
    await desktop?.close();
    const complaints = desktop?.complaints ?? [];
    desktop = null;
    if (complaints.length > 0) throw new Error(`The page complains: ${complaints.join('; ')}`);
  });

  test('starts at the place of a link, and a further link leads the running one on', { timeout: 120_000 }, async () => {
    const { page, startAgain } = await open(`forgehold://workspace/${workspaceId}/terminal/${terminalId}`);
    await at(`#/w/${workspaceId}/terminals/${terminalId}`);

    const again = await startAgain(`forgehold://project/${projectId}`);
    expect(again.code).toBe(0);
    await at('#/projects');

    await startAgain(`forgehold://new?project=${projectId}`);
    await screensOf(page)
      .sheet(/^New workspace for/)
      .waitFor();
    // Whoever types into a terminal at that moment must not make a workspace by it.
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    await at('#/projects');
    expect(changes()).toEqual([]);
  });

  test('is led to a folder from a shell: one that is no project yet is offered to be added, and nothing is made', { timeout: 120_000 }, async () => {
    // The profile that a start with this data folder has by itself.
    desktop = await startDesktop({ data: house.data, display, userData: join(house.data, 'window') });
    const { page, command } = desktop;
    await screensOf(page).project('orchard-api').waitFor();
    const folder = join(places, 'a link');
    expect(await command('window', folder, '--data', house.data)).toMatchObject({ code: 0 });
    await screensOf(page).sheet('Add a project').waitFor();
    expect(await screensOf(page).path.inputValue()).toBe(folder);
    expect(await command('window', join(places, 'notes.txt'), '--data', house.data)).toMatchObject({ code: 2, output: expect.stringContaining('no folder') });
    expect(changes()).toEqual([]);
  });

  test('refuses hostile links with one sentence, and does nothing else', { timeout: 120_000 }, async () => {
    const { page, startAgain } = await open();
    await screensOf(page).project('orchard-api').waitFor();
    for (const [link, why] of [
      ['forgehold://me:secret@open?path=/etc', 'It names a user or a port.'],
      ['forgehold://open?path=/home/%2e%2e/etc', 'Its path takes turns.'],
      ['forgehold://open?path=/x%E2%80%AEtxt', 'It holds characters that cannot be seen.'],
      ['javascript:alert(1)', 'Only forgehold:// links are opened here.'],
      [`forgehold://open?path=/${'x'.repeat(20_000)}`, 'It is too long.'],
      [`forgehold://project/${'9'.repeat(12)}`, 'The project that was asked for is not here.'],
      ['forgehold://oauth/0123456789abcdef0123456789abcdef?code=1', 'nothing waits for it'],
    ] as const) {
      await startAgain(link);
      await page.getByRole('alert').filter({ hasText: why }).waitFor();
    }
    expect(await hash()).toMatch(/^(#\/projects)?$/);
    expect(changes()).toEqual([]);
  });

  test('offers a folder that it is started with, and adds nothing by a stray key', { timeout: 120_000 }, async () => {
    const { page, startAgain } = await open();
    await startAgain(join(places, 'shortcut'));
    const { sheet, path, button } = screensOf(page);
    await sheet('Add a project').waitFor();
    expect(await path.inputValue()).toBe(join(places, 'orchard'));
    // Nothing has the focus that a key could press.
    await page.keyboard.press('Enter');
    await page.keyboard.press('Space');
    expect(changes()).toEqual([]);

    await startAgain(join(places, 'a link'));
    await until(
      () => path.inputValue(),
      (value) => value === join(places, 'a link'),
      'the next folder',
    );
    await startAgain(join(places, 'notes.txt'));
    await page.getByText('notes.txt is a file. Forgehold opens folders.').waitFor();
    await startAgain('/home/robin/code/orchard-api');
    await page.getByText('There is no folder /home/robin').waitFor();
    expect(await button(/^Add a link/).count()).toBe(1);
    expect(changes()).toEqual([]);
  });

  test('comes forth when the app is started once more', { timeout: 120_000 }, async () => {
    const { app, startAgain } = await open();
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.minimize());
    expect((await startAgain()).code).toBe(0);
    const isMinimized = (): Promise<boolean> => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.isMinimized());
    await until(isMinimized, (minimized) => !minimized, 'the window');
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
  });

  test('takes dropped folders anywhere, says so while they are dragged, and refuses files', { timeout: 120_000 }, async () => {
    const { page } = await open();
    const { sheet, path, project } = screensOf(page);
    await project('orchard-api').waitFor();
    const session = await page.context().newCDPSession(page);
    const drag = async (type: 'dragEnter' | 'dragOver' | 'drop' | 'dragCancel', ...names: readonly string[]): Promise<void> => {
      const data = { items: [], files: names.map((name) => join(places, name)), dragOperationsMask: 1 };
      await session.send('Input.dispatchDragEvent', { type, x: 300, y: 300, data });
    };
    const hint = page.getByText('Drop a folder to add it as a project');

    await drag('dragEnter', 'orchard');
    await drag('dragOver', 'orchard');
    await hint.waitFor();
    await drag('drop', 'orchard');
    await hint.waitFor({ state: 'hidden' });
    await sheet('Add a project').waitFor();
    expect(await path.inputValue()).toBe(join(places, 'orchard'));
    // While the sheet is open too.
    await drag('dragEnter', 'meadow');
    await drag('drop', 'meadow');
    await until(
      () => path.inputValue(),
      (value) => value === join(places, 'meadow'),
      'the other folder',
    );
    await page.keyboard.press('Escape');

    await drag('dragEnter', 'orchard', 'meadow', 'notes.txt');
    await drag('drop', 'orchard', 'meadow', 'notes.txt');
    await sheet('Add projects').getByText('Add 2 folders').waitFor();
    await page.keyboard.press('Escape');

    await drag('dragEnter', 'notes.txt');
    await drag('drop', 'notes.txt');
    await page.getByRole('alert').filter({ hasText: '“notes.txt” is a file.' }).waitFor();
    expect(await hash()).toBe('#/projects');
  });

  test("takes a folder from the system's dialog", { timeout: 120_000 }, async () => {
    const { app, page } = await open();
    const { path, button, project } = screensOf(page);
    await project('orchard-api').waitFor();
    // The dialog itself is the system's; nobody is there to answer it.
    await app.evaluate(
      ({ dialog }, chosen) => {
        dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [chosen] });
      },
      join(places, 'meadow'),
    );
    await page.evaluate("location.hash = '#/projects/add'");
    await button('Browse…').click();
    const value = await until(
      () => path.inputValue(),
      (found) => found.includes('meadow'),
      'the chosen folder',
    );
    expect(value).toBe(`${join(places, 'meadow')}/`);
  });
});

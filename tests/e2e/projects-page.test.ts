import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Workspace } from '../../shared/model/workspace.ts';
import { until } from '../fixtures/core.ts';
import { type House, startHouse } from '../support/house.ts';
import { stage } from '../support/stage.ts';
import { describeFocus, findBarriers, takePictures } from './browser.ts';
import { screensOf } from './screens.ts';
import { type AppPage, type Viewer, isDesktop, launchViewer } from './viewer.ts';

/** The list of projects with many of them, and with workspaces in states that are hard to bring about. */

const webRoot = join(import.meta.dirname, '../../dist/renderer');
let viewer: Viewer;
let app: AppPage;
let house: House;
let page: Page;
let complaints: string[];
let workspaces: Workspace[];

beforeAll(async () => {
  [viewer, house] = await Promise.all([launchViewer(), startHouse(webRoot)]);
  // Before the page looks: each of hundreds of changes would be drawn.
  workspaces = stage(house.live, 100);
  app = await viewer.open(house.data);
  ({ page, complaints } = app);
});
afterAll(async () => {
  await app?.close();
  await viewer?.close();
  await house?.stop();
});
beforeEach(async () => {
  await app.startOver();
  await screensOf(page).project('running-00').waitFor();
});
afterEach(() => {
  if (complaints.length > 0) throw new Error(`The page complains: ${complaints.splice(0).join('; ')}`);
});

const rows = () => page.locator('tbody tr[data-project]');
const names = () => rows().evaluateAll((found) => found.map((row) => row.getAttribute('data-project') ?? ''));

test('of a hundred projects only those in sight exist, and each is reached by keys and by words', { timeout: 120_000 }, async () => {
  expect(await rows().count()).toBeLessThan(70);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('End');
  await screensOf(page).project('running-63').waitFor();
  await until(
    () => describeFocus(page),
    (focus) => focus.startsWith('tr') && focus.includes('running-63'),
    'the focus on the last row',
  );
  expect(await rows().count()).toBeLessThan(70);
  expect(await findBarriers(page)).toEqual([]);

  await page.keyboard.press('/');
  await page.keyboard.type('crash -0');
  await until(names, (found) => found.length === 2, 'the two that fit');
  expect(await names()).toEqual(['crashing-04', 'crashing-0f']);
  await page.keyboard.type(' nothing');
  await page.getByText('No project fits this filter.').waitFor();
  await page.getByRole('button', { name: 'Clear filter' }).click();
  await screensOf(page).project('running-00').waitFor();
});

test('keys that come faster than frames all count: the last row is renamed', async () => {
  await page.keyboard.press('ArrowDown');
  // Both before the next frame, in which the list moves the focus.
  await page.evaluate(`(async () => {
    for (const key of ['End', 'F2']) {
      document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
      await new Promise((resolve) => queueMicrotask(resolve));
    }
  })()`);
  await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))');
  expect(await describeFocus(page)).toBe('input New name of running-63');
});

test('rows keep their order whatever happens to them; the chosen order is kept by the browser', { timeout: 120_000 }, async () => {
  const before = await names();
  const stopped = workspaces.find((workspace) => workspace.state.kind === 'stopped')!;
  house.live.putWorkspace(stopped.workspaceId, { ...stopped, state: { kind: 'crashing', restarts: 3, exitCode: 1, outOfMemory: false, lines: [] } });
  await screensOf(page).project('stopped-01').getByText('Crash loop').waitFor();
  expect(await names()).toEqual(before);

  await page.getByRole('button', { name: 'Last used' }).click();
  await page.getByRole('menuitem', { name: 'State' }).click();
  await until(names, (found) => found[0] !== before[0], 'another order');
  const attention = await rows().first().textContent();
  expect(attention).toMatch(/Crash loop|Failed/);
  await page.reload();
  await page.getByRole('button', { name: 'State', exact: true }).waitFor();
  expect(await rows().first().textContent()).toMatch(/Crash loop|Failed/);
  house.live.putWorkspace(stopped.workspaceId, stopped);
});

test('a host is never cut at its right end, at any size', { timeout: 120_000 }, async () => {
  // Few projects have two lines a row, so that the place is shown.
  const few = await startHouse(webRoot);
  try {
    stage(few.live, 10);
    const small = await viewer.open(few.data);
    for (const width of [1440, 900]) {
      await small.page.setViewportSize({ width, height: 600 });
      const host = screensOf(small.page).project('failed-03').locator('.host bdi');
      await host.waitFor();
      const cut = await host.evaluate((element) => element.getBoundingClientRect().right - element.parentElement!.getBoundingClientRect().right);
      expect(cut).toBeLessThanOrEqual(1);
    }
    await small.close();
  } finally {
    await few.stop();
  }
});

test.skipIf(isDesktop)('every state is told on the list and where the terminal would be, without barriers', { timeout: 300_000 }, async () => {
  await takePictures(page, 'projects-hundred');
  const seen = new Set<string>();
  for (const { workspaceId, state } of workspaces) {
    const told = state.kind === 'stopped' && state.reason ? 'ended' : state.kind;
    if (seen.has(told)) continue;
    seen.add(told);
    await page.evaluate(`location.hash = '#/w/${workspaceId}/terminals'`);
    await page.locator('[data-region="stage"]').waitFor();
    expect([told, await findBarriers(page)]).toEqual([told, []]);
    if (['crashing', 'failed', 'ended'].includes(told)) await takePictures(page, `state-${told}`);
  }
  expect(seen.size).toBe(11);
});

test('a repository or path that is pasted, and a link that is dropped, is offered to be added', { timeout: 120_000 }, async () => {
  const screens = screensOf(page);
  await page.evaluate(`(() => {
    const data = new DataTransfer();
    data.setData('text/plain', ' https://git.example/pears/tree.git\\n');
    document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }));
  })()`);
  await screens.sheet('Add a project').waitFor();
  expect(await screens.path.inputValue()).toBe('https://git.example/pears/tree.git');
  await page.getByText('Each workspace clones it inside its wall').waitFor();
  expect(await findBarriers(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await screens.sheet('Add a project').waitFor({ state: 'detached' });
  await page.evaluate(`(() => {
    const data = new DataTransfer();
    data.setData('text/uri-list', '# a link\\r\\nhttps://git.example/apples');
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
  })()`);
  await screens.sheet('Add a project').waitFor();
  expect(await screens.path.inputValue()).toBe('https://git.example/apples');
});

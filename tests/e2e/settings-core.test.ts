import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../fixtures/core.ts';
import { type LiveWorkspace, createLiveWorkspace } from '../fixtures/live-workspace.ts';
import { findBarriers } from './browser.ts';
import { choose } from './palette.ts';
import { readScreen } from './pane.ts';
import { type Viewer, launchViewer } from './viewer.ts';

/** The pages of settings, doctor and logs with everything behind them real; their breadth is tried in `settings-pages.test.ts`. */
let live: LiveWorkspace;
let viewer: Viewer;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  [live, viewer] = await Promise.all([createLiveWorkspace(), launchViewer()]);
  ({ page, complaints } = await viewer.open(live.core.data));
  await page.getByRole('row', { name: /meadow/ }).waitFor();
});
afterAll(async () => {
  await viewer?.close();
  await live?.end();
});

async function go(address: string): Promise<void> {
  await page.evaluate(`location.hash = '#/${address}'`);
}

test('the doctor looks at this machine: the engine answers, and every check is told', async () => {
  await choose(page, 'doctor');
  await page.getByText(/\d+ of \d+ passed\./).waitFor({ timeout: 120_000 });
  const checks = await live.core.call('doctor.run', {});
  expect(await page.locator('[data-check]').count()).toBe(checks.length);
  expect(await page.locator('[data-check="engine"]').getAttribute('data-state')).toBe('ok');
  expect(await findBarriers(page)).toEqual([]);
});

test('a setting changed here is what the core has, and its refusal is told at the field', async () => {
  await go('settings/terminal');
  const lines = page.getByRole('textbox', { name: 'Scrollback' });
  await lines.fill('20000');
  await page.keyboard.press('Enter');
  await page.getByText('Changed: Scrollback').waitFor();
  expect((await live.core.call('settings.get')).historyLines).toBe(20_000);
  await lines.fill('12');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').waitFor();
  expect((await live.core.call('settings.get')).historyLines).toBe(20_000);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+Shift+KeyZ');
  await until(
    async () => (await live.core.call('settings.get')).historyLines,
    (value) => value === 10_000,
    'the scrollback as it was',
  );
});

test('what workspaces take is measured, and engines that were found are tried', { timeout: 240_000 }, async () => {
  await go('settings/storage');
  await page
    .getByRole('link', { name: 'meadow' })
    .or(page.getByRole('link', { name: /^meadow-/ }))
    .first()
    .waitFor({ timeout: 120_000 });
  await page.getByText(/free where Forgehold keeps its data/).waitFor();
  expect(await findBarriers(page)).toEqual([]);
  await go('settings/engines');
  const line = page.locator('[data-engine="default"]');
  await line.getByRole('button', { name: 'Try it' }).click();
  await line.getByText(/It answers: Docker/).waitFor();
  await page.getByRole('button', { name: 'Add an engine…' }).click();
  const form = page.getByRole('form', { name: 'Add an engine' });
  await form.getByLabel('Name').fill('nowhere');
  await form.getByLabel('Address', { exact: true }).fill('unix:///nonexistent/docker.sock');
  await form.getByRole('button', { name: 'Try it' }).click();
  await form.getByRole('alert').waitFor();
  await form.getByRole('button', { name: /^Add it/ }).click();
  await page.locator('[data-engine="nowhere"]').getByRole('button', { name: 'Remove' }).click();
  await page.locator('[data-engine="nowhere"]').waitFor({ state: 'detached' });
  expect((await live.core.call('settings.get')).engines).toEqual([]);
});

test('an agent type that was added here can be chosen for a workspace, until it goes', async () => {
  await go('settings/agents');
  await page.getByRole('button', { name: 'Add an agent type…' }).click();
  const form = page.getByRole('form', { name: 'Add an agent type' });
  await form.getByLabel('Type').fill('counter');
  await form.getByLabel('Title').fill('Counter');
  await form.getByRole('button', { name: 'Lies in the image' }).click();
  await form.getByLabel('Executable').fill('cat');
  await form.getByRole('button', { name: 'Add it' }).click();
  await form.waitFor({ state: 'detached' });
  expect((await live.core.call('agents.list')).map((agent) => agent.title)).toContain('Counter');
  const entry = page.locator('[data-agent="counter"]');
  await entry.getByRole('button', { name: 'Remove' }).click();
  await entry.waitFor({ state: 'detached' });
  expect((await live.core.call('agents.list')).map((agent) => agent.title)).not.toContain('Counter');
});

test('the gateway’s log is followed live, and a workspace is renamed, stopped and started by name', { timeout: 240_000 }, async () => {
  const { core, workspaceId } = live;
  await go(`w/${workspaceId}/logs/gateway`);
  const log = page.getByRole('log', { name: 'Log of the gateway' });
  // The self-test leaves no line.
  await page.getByText('Nothing was printed yet').waitFor();
  const { terminalId } = await core.call('terminals.open', { workspaceId, kind: 'shell' });
  await core.call('terminals.send', { terminalId, text: 'curl -sS -m 5 http://told-in-the-log.example/', enter: true });
  await log
    .getByText(/told-in-the-log\.example/)
    .first()
    .waitFor({ timeout: 60_000 });
  expect(await findBarriers(page)).toEqual([]);

  await choose(page, 'rename workspace');
  await page.keyboard.type('Second field');
  await page.keyboard.press('Enter');
  await until(
    () => core.call('workspaces.list'),
    (all) => all[0]!.name === 'Second field',
    'the new name',
  );
  await choose(page, 'stop workspace');
  await page.getByText('Its container does not run').or(page.getByText('It has no container at the moment')).first().waitFor({ timeout: 90_000 });
  await choose(page, 'start workspace');
  await until(
    () => core.call('workspaces.list'),
    (all) => all[0]!.state.kind === 'running',
    'the workspace',
    120_000,
  );
  await choose(page, 'open a shell');
  const pane = page.getByRole('region', { name: /^Shell in/ });
  await until(
    () => readScreen(pane),
    (screen) => /[$#>]/.test(screen),
    'a prompt',
  );
  expect(complaints).toEqual([]);
});

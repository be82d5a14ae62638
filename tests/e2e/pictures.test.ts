import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CoreFakeApi, startFakeApiBeside } from '../fixtures/core-fake-api.ts';
import { type TestCore, makeDataFolder, removeDataFolder, startCore, until } from '../fixtures/core.ts';
import { removeInstallation } from '../fixtures/installation.ts';
import { findBarriers, launchBrowser, openApp, takePictures } from './browser.ts';
import { type TestHome, makeHome } from './home.ts';
import { orchard, prompt, scenes } from './orchard.ts';
import { readScreen } from './pane.ts';
import { screensOf } from './screens.ts';

const apiName = 'api.fake-model.example';
const data = makeDataFolder();
let home: TestHome;
let folder: string;
let core: TestCore;
let browser: Browser;
let api: CoreFakeApi | undefined;

beforeAll(async () => {
  // Pictures for the documentation show this path; other runs must not claim it.
  home = makeHome(process.env['SCREENS'] ? '/home/robin' : undefined);
  folder = home.addProject('code/orchard-api', orchard);
  home.addProject('code/orchard-web', { 'README.md': '# Orchard web\n' });
  home.addProject('code/field-notes', { 'README.md': '# Field notes\n' });
  [core, browser] = await Promise.all([startCore(data, { HOME: home.path }), launchBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await api?.stop();
  for (const { projectId } of (await core?.call('projects.list')) ?? []) await core.call('projects.remove', { projectId });
  await core?.stop();
  await removeInstallation(data);
  removeDataFolder(data);
  home?.remove();
});

test('each screen as a picture, in light and dark, wide and narrow, without barriers', { timeout: 900_000 }, async () => {
  const { page, complaints } = await openApp(browser, core.url);
  const screens = screensOf(page);
  async function take(name: string): Promise<void> {
    expect(await findBarriers(page)).toEqual([]);
    await takePictures(page, name);
    await page.setViewportSize({ width: 1440, height: 900 });
  }
  async function showsIn(name: string, text: string): Promise<void> {
    await until(
      () => readScreen(screens.paneOf(name)),
      (screen) => screen.includes(text),
      `"${text}" in ${name}`,
      120_000,
    );
  }
  async function typeLine(name: string, text: string): Promise<void> {
    await screens.paneOf(name).getByRole('textbox', { name: 'Terminal input' }).focus();
    await page.keyboard.type(text, { delay: 4 });
    await page.waitForTimeout(600);
    await page.keyboard.press('Enter');
  }

  await screens.firstStart.waitFor();
  await take('projects-empty');

  await screens.button(/^Choose folder/).click();
  await screens.folder('code').click();
  await screens.folder('orchard-api').waitFor();
  await take('add-folder');
  await screens.folder('orchard-api').click();
  await screens.button('Add orchard-api').click();
  const sheet = screens.sheet('New workspace for orchard-api');
  await sheet.waitFor();
  await take('create');
  await screens.apiKey.fill('sk-ant-picture');
  await screens.button(/^Advanced/).click();
  await screens.environment.fill(`ANTHROPIC_BASE_URL=http://${apiName}`);
  await page.getByRole('switch', { name: 'Start without permission prompts' }).click();
  await take('create-advanced');
  await sheet.getByRole('button', { name: /^Create workspace/ }).click();
  await screens.step('done').nth(2).waitFor();
  await screens.step('running').first().waitFor();
  await take('create-progress');

  await screens.paneOf('Claude Code').waitFor({ timeout: 400_000 });
  const { workspaceId } = (await core.call('workspaces.list')).at(0)!;
  api = await startFakeApiBeside(core, scenes(folder));
  await core.call('domains.add', { workspaceId, pattern: apiName, allowPrivate: true });
  await showsIn('Claude Code', 'Claude Code v');
  await typeLine('Claude Code', prompt);
  await showsIn('Claude Code', 'All three tests pass');
  await page.keyboard.press('Control+Shift+KeyD');
  await screens.paneOf('Shell').waitFor();
  await showsIn('Shell', 'orchard-api');
  await typeLine('Shell', 'clear; bin/check && bin/rates');
  await screens.blockedCard.getByText('feed.fxrates.example').waitFor();
  await take('terminals');

  await api.withoutGateway(workspaceId, async () => {
    await page.getByRole('alert', { name: 'No network' }).waitFor();
    await take('wall-down');
  });
  await page.locator('[data-shield="shield-ok"]').waitFor({ timeout: 120_000 });

  for (const pattern of ['*.npmjs.org', 'pypi.org', '*.githubusercontent.com']) await core.call('domains.add', { workspaceId, pattern });
  await screens.tab('Allowed domains').click();
  await screens.rule('*.npmjs.org').waitFor();
  await take('domains');
  await screens.button(/^Test now/).click();
  await screens.report.getByText('The wall stands.').waitFor({ timeout: 120_000 });
  await take('self-test');

  for (const name of ['orchard-web', 'field-notes']) await core.call('projects.create', { path: `${home.path}/code/${name}` });
  await page.keyboard.press('Control+1');
  await screens.project('field-notes').waitFor();
  await screens.project('orchard-api').focus();
  await take('projects');
  expect(complaints).toEqual([]);
});

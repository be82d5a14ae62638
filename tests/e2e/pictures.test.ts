import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { settingsSections } from '../../renderer/lib/route.ts';
import { type CoreFakeApi, startFakeApiBeside } from '../fixtures/core-fake-api.ts';
import { type TestCore, until } from '../fixtures/core.ts';
import { startHouse } from '../support/house.ts';
import { makeDay, makeReview } from '../support/sample-domains.ts';
import { findBarriers, takePictures } from './browser.ts';
import { type Desk, takeDesk } from './desk.ts';
import { orchard, prompt, scenes } from './orchard.ts';
import { readScreen, typeLine } from './pane.ts';
import { screensOf } from './screens.ts';
import { isDesktop, launchViewer } from './viewer.ts';

const apiName = 'api.fake-model.example';
/** Of the desktop window only these: inside it everything is as in the browser. */
const inWindow = new Set(['projects-empty', 'create', 'terminals', 'domains', 'projects', 'palette', 'settings-doctor', 'settings-app']);
let desk: Desk;
let core: TestCore;
let api: CoreFakeApi | undefined;

beforeAll(async () => {
  const projects = {
    'code/orchard-api': orchard,
    'code/orchard-web': { 'README.md': '# Orchard web\n' },
    'code/field-notes': { 'README.md': '# Field notes\n' },
  };
  // Pictures for the documentation show this path; other runs must not claim it.
  desk = await takeDesk(projects, { homePath: process.env['SCREENS'] ? '/home/robin' : undefined });
  core = desk.core();
});
afterAll(async () => {
  await api?.stop();
  await desk?.leave();
});

test('each screen as a picture, in light and dark, wide and narrow, without barriers', { timeout: 900_000 }, async () => {
  const { page, complaints } = await desk.open();
  const screens = screensOf(page);
  async function take(name: string): Promise<void> {
    if (isDesktop && !inWindow.has(name)) return;
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
  api = await startFakeApiBeside(core, scenes(`${desk.home.path}/code/orchard-api`));
  await core.call('domains.add', { workspaceId, pattern: apiName, allowPrivate: true });
  await showsIn('Claude Code', 'Claude Code v');
  await typeLine(screens.paneOf('Claude Code'), prompt);
  await showsIn('Claude Code', 'All three tests pass');
  await page.keyboard.press('Control+Shift+KeyD');
  await screens.paneOf('Shell').waitFor();
  await showsIn('Shell', 'orchard-api');
  await typeLine(screens.paneOf('Shell'), 'clear; bin/check && bin/rates');
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
  await screens.button(/^Test now/).click();
  await screens.report.getByText('The wall stands.').waitFor({ timeout: 120_000 });
  await take('self-test');

  await screens.tab('Settings').click();
  await page.getByRole('heading', { name: 'This workspace' }).waitFor();
  await page.getByLabel('Memory', { exact: true }).first().fill('3');
  await page.getByLabel('Environment').first().fill(`ANTHROPIC_BASE_URL=http://${apiName}\nREGION=north`);
  await page.getByText(/when it is recreated/).waitFor();
  await take('workspace-settings');
  await screens.button('Discard changes').click();

  for (const name of ['orchard-web', 'field-notes']) await core.call('projects.create', { path: `${desk.home.path}/code/${name}` });
  await page.keyboard.press('Control+1');
  await screens.project('field-notes').waitFor();
  await screens.project('orchard-api').focus();
  await take('projects');

  await page.keyboard.press('Control+Digit2');
  await page.getByRole('row', { name: /Claude Code/ }).waitFor();
  await page.waitForTimeout(2_000);
  await take('terminals-all');
  await page.evaluate(`location.hash = '#/w/${workspaceId}/logs/gateway'`);
  await page.getByRole('log').getByText('feed.fxrates.example').first().waitFor();
  await take('logs');
  await page.keyboard.press('Control+Shift+KeyK');
  await page.getByRole('combobox').fill('st');
  await page.getByRole('option', { name: /^Stop workspace/ }).waitFor();
  await take('palette');
  await page.keyboard.press('Escape');
  for (const section of settingsSections) {
    await page.evaluate(`location.hash = '#/settings/${section}'`);
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    if (section === 'doctor') await page.getByText(/\d+ of \d+ passed\./).waitFor({ timeout: 120_000 });
    if (section === 'storage') await page.getByRole('link', { name: 'orchard-api' }).waitFor({ timeout: 120_000 });
    if (section === 'agents') await page.getByRole('button', { name: 'What it gets' }).first().click();
    await take(`settings-${section}`);
  }
  expect(complaints).toEqual([]);
});

/** A day's work of a wall, which no short test can have: invented, and shown by the real interface. */
test('the screens of the wall after a day’s work, as pictures', { timeout: 400_000 }, async () => {
  const house = await startHouse(join(import.meta.dirname, '../../dist/renderer'));
  const viewer = await launchViewer();
  try {
    const { page, complaints } = await viewer.open(house.data);
    const screens = screensOf(page);
    async function take(name: string, address: string): Promise<void> {
      await page.evaluate(`location.hash = '#/${address}'`);
      if (name === 'blocked-card') await screens.blockedCard.waitFor();
      else await page.locator('[data-verdict]').first().waitFor();
      await page.waitForTimeout(500);
      if (isDesktop && !inWindow.has(name)) return;
      expect(await findBarriers(page)).toEqual([]);
      await takePictures(page, name);
      await page.setViewportSize({ width: 1440, height: 900 });
    }
    const { workspaceId, blocked } = makeDay(house);
    const workspace = house.live.snapshot().workspaces.find((item) => item.workspaceId === workspaceId)!;
    await take('domains', `w/${workspaceId}/domains`);
    house.domains.reviews.set(workspaceId, makeReview());
    house.live.putWorkspace(workspaceId, { ...workspace, mode: 'learning', learningUntil: new Date(Date.now() + 19.5 * 60_000).toISOString() });
    await take('learning', `w/${workspaceId}/domains/learning`);
    house.live.putWorkspace(workspaceId, workspace);
    await take('domains-all', 'domains');
    house.live.setBlocked(workspaceId, [blocked]);
    await take('blocked-card', `w/${workspaceId}/terminals`);
    expect(complaints).toEqual([]);
  } finally {
    await viewer.close();
    await house.stop();
  }
});

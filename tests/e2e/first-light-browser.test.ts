import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CoreFakeApi, startFakeApiBeside } from '../fixtures/core-fake-api.ts';
import { type TestCore, makeDataFolder, removeDataFolder, startCore, until } from '../fixtures/core.ts';
import { answerTo } from '../fixtures/fake-api/answer.ts';
import { removeInstallation } from '../fixtures/installation.ts';
import { type AppPage, findBarriers, launchBrowser, openApp } from './browser.ts';
import { type TestHome, makeHome } from './home.ts';
import { readAll, readRows, readScreen } from './pane.ts';
import { screensOf } from './screens.ts';

const apiName = 'api.fake-model.example';
const key = 'sk-ant-first-light-canary';
const data = makeDataFolder();
let home: TestHome;
let core: TestCore;
let browser: Browser;
let app: AppPage;
let api: CoreFakeApi | undefined;
let workspaceId: string;

beforeAll(async () => {
  home = makeHome();
  home.addProject('orchard-api', { 'README.md': '# Orchard\n', 'src/price.ts': 'export const price = 2;\n' });
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

function showsIn(name: string, text: string | RegExp): Promise<unknown> {
  const pane = screensOf(app.page).paneOf(name);
  const shows = (screen: string): boolean => (typeof text === 'string' ? screen.includes(text) : text.test(screen));
  return until(() => readScreen(pane), shows, `"${String(text)}" in the terminal of ${name}`, 120_000);
}

/** As a person types: what comes within a few milliseconds is a paste to some programs, and an Enter in it a line break. */
async function typeLine(text: string): Promise<void> {
  const { keyboard } = app.page;
  await keyboard.type(text, { delay: 8 });
  await app.page.waitForTimeout(600);
  await keyboard.press('Enter');
}

test('from the one-time URL to the real Claude Code in its container', { timeout: 600_000 }, async () => {
  app = await openApp(browser, core.url);
  const { page } = app;
  const screens = screensOf(page);
  await screens.button(/^Choose folder/).click();
  await screens.folder('orchard-api').click();
  await screens.button('Add orchard-api').click();

  await screens.sheet('New workspace for orchard-api').waitFor();
  await screens.button('Claude Code').click();
  await screens.apiKey.fill(key);
  await screens.button(/^Advanced/).click();
  await screens.environment.fill('NOT A NAME=1');
  await page.getByText('Line 1: An environment variable is named by letters, digits and underscore.').waitFor();
  expect(await findBarriers(page)).toEqual([]);
  await screens.environment.fill(`ANTHROPIC_BASE_URL=http://${apiName}`);
  await screens
    .sheet('New workspace for orchard-api')
    .getByRole('button', { name: /^Create workspace/ })
    .click();

  await screens.sheet(/Creating orchard-api/).waitFor();
  await screens.step('running').first().waitFor();
  await screens.paneOf('Claude Code').waitFor({ timeout: 400_000 });
  await showsIn('Claude Code', /Claude Code v\d/);
  workspaceId = (await core.call('workspaces.list')).at(0)!.workspaceId;
  api = await startFakeApiBeside(core);
});

test('a prompt typed in the terminal is answered through the gateway, and the transcript is in the workspace’s own home', { timeout: 300_000 }, async () => {
  const { page } = app;
  const screens = screensOf(page);
  await screens.tab('Allowed domains').click();
  await screens.ruleField.fill(apiName);
  await screens.button(/^Add rule/).click();
  await screens.rule(apiName).waitFor();
  await screens.privateSwitch(apiName).click();
  await screens.rule(apiName).getByText('private', { exact: true }).waitFor();
  await screens.tab('Terminals').click();
  await screens.terminal.focus();
  await typeLine('Which apples are ripe');
  await showsIn('Claude Code', answerTo('Which apples are ripe'));

  const { folders } = await core.call('workspaces.inspect', { workspaceId });
  const transcripts = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.includes('.claude/projects') && file.endsWith('.jsonl'))
      .map((file) => readFileSync(join(folder, file), 'utf8')),
  );
  expect(transcripts.some((text) => text.includes(answerTo('Which apples are ripe')))).toBe(true);
  const asked = (await api!.requests()).filter((request) => request.path.startsWith('/v1/messages'));
  expect(asked.map((request) => request.headers['x-api-key'])).toContain(key);
  const shown = await page.evaluate<string>('document.documentElement.outerHTML + JSON.stringify({ ...localStorage, ...sessionStorage })');
  expect(shown).not.toContain(key);
});

test('a reload shows the same terminal in the same colours', { timeout: 120_000 }, async () => {
  const { page } = app;
  const pane = screensOf(page).paneOf('Claude Code');
  await page.waitForTimeout(1000);
  const before = await readRows(pane);
  expect(new Set(before.flat().map((run) => run.colour)).size).toBeGreaterThan(2);
  await page.reload();
  await showsIn('Claude Code', answerTo('Which apples are ripe'));
  await until(
    () => readRows(pane),
    (rows) => JSON.stringify(rows) === JSON.stringify(before),
    'the rows as they were before the reload',
  );
});

test(
  'a core that is killed while the agent writes comes back to the same screen, scrollback included, and the agent goes on',
  { timeout: 300_000 },
  async () => {
    const { page } = app;
    const screens = screensOf(page);
    const pane = screens.paneOf('Claude Code');
    await screens.terminal.focus();
    await typeLine('Please stream 120 lines');
    await showsIn('Claude Code', /line 2\d of 120/);
    await core.kill();
    await screens.banner.waitFor();
    core = await startCore(data, { HOME: home.path });
    await screens.banner.waitFor({ state: 'detached', timeout: 60_000 });
    await showsIn('Claude Code', answerTo('Please stream 120 lines'));
    const all = await readAll(pane);
    for (const line of [1, 10, 60, 120]) expect(all).toContain(`line ${line} of 120`);
    expect(all).toContain(answerTo('Which apples are ripe'));
    const rows = await readRows(pane);
    expect(new Set(rows.flat().map((run) => run.colour)).size).toBeGreaterThan(2);
    await screens.terminal.focus();
    await typeLine('And now the pears');
    await showsIn('Claude Code', answerTo('And now the pears'));
  },
);

test('a blocked name asks on a card, is allowed there, and a download of another rule goes on unharmed', { timeout: 300_000 }, async () => {
  const { page } = app;
  const screens = screensOf(page);
  await page.keyboard.press('Control+Shift+KeyD');
  await screens.paneOf('Shell').waitFor();
  const body = JSON.stringify({ stream: true, messages: [{ role: 'user', content: 'Please stream 200 lines' }] });
  await screens.paneOf('Shell').getByRole('textbox', { name: 'Terminal input' }).focus();
  await typeLine(`curl -sN http://${apiName}/v1/messages -d '${body}' > /tmp/down & curl -sS http://pears.example/`);
  await screens.blockedCard.getByText('pears.example').waitFor();
  // What is pressed in the moment a card appears was not meant for it.
  await page.waitForTimeout(450);
  await screens.blockedCard.getByRole('button', { name: /^Allow here/ }).click();
  await screens.blockedCard.waitFor({ state: 'detached' });
  await until(
    () => core.call('domains.list', { workspaceId }),
    ({ rules }) => rules.some((rule) => rule.pattern === 'pears.example'),
    'the rule of the card',
  );
  await screens.paneOf('Shell').getByRole('textbox', { name: 'Terminal input' }).focus();
  await typeLine('wait %1; echo "ended $?, $(grep -c " of 200" /tmp/down) lines"');
  await showsIn('Shell', 'ended 0, 200 lines');
  expect(await findBarriers(page)).toEqual([]);
  // The browser itself reports each try to reach the core while that was away.
  expect(app.complaints.filter((complaint) => !/WebSocket|ERR_CONNECTION_REFUSED/.test(complaint))).toEqual([]);
});

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CoreFakeApi, startFakeApiBeside } from '../fixtures/core-fake-api.ts';
import { until } from '../fixtures/core.ts';
import { answerTo } from '../fixtures/fake-api/answer.ts';
import { findBarriers } from './browser.ts';
import { type Desk, takeDesk } from './desk.ts';
import { readAll, readRows, readScreen, readSettledRows, typeLine } from './pane.ts';
import { screensOf } from './screens.ts';
import type { AppPage } from './viewer.ts';

const apiName = 'api.fake-model.example';
const key = 'sk-ant-first-light-canary';
let desk: Desk;
let app: AppPage;
let api: CoreFakeApi | undefined;
let workspaceId: string;

beforeAll(async () => {
  desk = await takeDesk({ 'orchard-api': { 'README.md': '# Orchard\n', 'src/price.ts': 'export const price = 2;\n' } });
});
afterAll(async () => {
  await api?.stop();
  await desk?.leave();
});

function showsIn(name: string, text: string | RegExp): Promise<unknown> {
  const pane = screensOf(app.page).paneOf(name);
  const shows = (screen: string): boolean => (typeof text === 'string' ? screen.includes(text) : text.test(screen));
  return until(() => readScreen(pane), shows, `"${String(text)}" in the terminal of ${name}`, 120_000);
}

test('from the one-time URL to the real Claude Code in its container', { timeout: 600_000 }, async () => {
  app = await desk.open();
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
  await page.getByText('NOT A NAME: An environment variable is named by letters, digits and underscore.').waitFor();
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
  workspaceId = (await desk.core().call('workspaces.list')).at(0)!.workspaceId;
  api = await startFakeApiBeside(desk.core());
});

test('a prompt typed in the terminal is answered through the gateway, and the transcript is in the workspace’s own home', { timeout: 300_000 }, async () => {
  const { page } = app;
  const screens = screensOf(page);
  await screens.tab('Allowed domains').click();
  await screens.ruleField.fill(apiName);
  await screens.button(/^Add rule/).click();
  await screens.button(/^More: private addresses/).click();
  await screens.privateSwitch.click();
  await screens.ruleForm.getByRole('button', { name: /^Add rule/ }).click();
  await screens.rule(apiName).getByText('private', { exact: true }).waitFor();
  await screens.tab('Terminals').click();
  await typeLine(screens.paneOf('Claude Code'), 'Which apples are ripe');
  await showsIn('Claude Code', answerTo('Which apples are ripe'));

  const { folders } = await desk.core().call('workspaces.inspect', { workspaceId });
  const transcripts = (): readonly string[] =>
    folders.flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((file) => file.includes('.claude/projects') && file.endsWith('.jsonl'))
        .map((file) => readFileSync(join(folder, file), 'utf8')),
    );
  // It is written some time after the answer is seen.
  await expect.poll(transcripts, { timeout: 20_000 }).toContainEqual(expect.stringContaining(answerTo('Which apples are ripe')));
  const asked = (await api!.requests()).filter((request) => request.path.startsWith('/v1/messages'));
  expect(asked.map((request) => request.headers['x-api-key'])).toContain(key);
  const shown = await page.evaluate<string>('document.documentElement.outerHTML + JSON.stringify({ ...localStorage, ...sessionStorage })');
  expect(shown).not.toContain(key);
});

test('a reload shows the same terminal in the same colours', { timeout: 120_000 }, async () => {
  const { page } = app;
  const pane = screensOf(page).paneOf('Claude Code');
  const before = await readSettledRows(pane);
  expect(new Set(before.flat().map((run) => run.colour)).size).toBeGreaterThan(2);
  await page.reload();
  await showsIn('Claude Code', answerTo('Which apples are ripe'));
  const others = async (): Promise<unknown[]> => {
    const rows = await readRows(pane);
    return before.flatMap((row, at) => (JSON.stringify(row) === JSON.stringify(rows[at]) ? [] : [{ at, before: row, now: rows[at] }]));
  };
  await until(others, (rows) => rows.length === 0, 'no row that is not as it was before the reload');
});

test(
  'a core that is killed while the agent writes comes back to the same screen, scrollback included, and the agent goes on',
  { timeout: 300_000 },
  async () => {
    const { page } = app;
    const screens = screensOf(page);
    const pane = screens.paneOf('Claude Code');
    await typeLine(screens.paneOf('Claude Code'), 'Please stream 120 lines');
    await showsIn('Claude Code', /line \d+ of 120/);
    await desk.core().kill();
    await screens.banner.waitFor();
    await desk.restart();
    await screens.banner.waitFor({ state: 'detached', timeout: 60_000 });
    await showsIn('Claude Code', answerTo('Please stream 120 lines'));
    const all = await readAll(pane);
    for (const line of [1, 10, 60, 120]) expect(all).toContain(`line ${line} of 120`);
    expect(all).toContain(answerTo('Which apples are ripe'));
    const rows = await readRows(pane);
    expect(new Set(rows.flat().map((run) => run.colour)).size).toBeGreaterThan(2);
    await typeLine(screens.paneOf('Claude Code'), 'And now the pears');
    await showsIn('Claude Code', answerTo('And now the pears'));
  },
);

test('an agent that has ended goes on with its session at ↵', { timeout: 300_000 }, async () => {
  const { page } = app;
  await typeLine(screensOf(page).paneOf('Claude Code'), '/exit');
  await page.locator('section.pane[data-state="exited"]').waitFor();
  await screensOf(page).terminal.focus();
  await page.keyboard.press('Enter');
  await page.locator('section.pane[data-state="connected"]').waitFor();
  // What ended stays on the screen until the next begins, so the screen alone proves nothing: what the agent sends with a new prompt does.
  await showsIn('Claude Code', /auto mode|❯/);
  await typeLine(screensOf(page).paneOf('Claude Code'), 'At last the plums');
  await showsIn('Claude Code', answerTo('At last the plums'));
  const asked = (await api!.requests()).filter(({ body }) => body.includes('At last the plums'));
  expect(asked.some(({ body }) => body.includes('And now the pears') && body.includes('Which apples are ripe'))).toBe(true);
});

test('a blocked name asks on a card, is allowed there, and a download of another rule goes on unharmed', { timeout: 300_000 }, async () => {
  const { page } = app;
  const screens = screensOf(page);
  await page.keyboard.press('Control+Shift+KeyD');
  await screens.paneOf('Shell').waitFor();
  const body = JSON.stringify({ stream: true, messages: [{ role: 'user', content: 'Please stream 200 lines' }] });
  await typeLine(screens.paneOf('Shell'), `curl -sN http://${apiName}/v1/messages -d '${body}' > /tmp/down & curl -sS http://pears.example/`);
  await screens.blockedCard.getByText('pears.example').waitFor();
  // What is pressed in the moment a card appears was not meant for it.
  await page.waitForTimeout(450);
  await screens.blockedCard.getByRole('button', { name: /^Project/ }).click();
  await screens.blockedCard.waitFor({ state: 'detached' });
  await until(
    () => desk.core().call('domains.list', { workspaceId }),
    ({ rules }) => rules.some((rule) => rule.pattern === 'pears.example'),
    'the rule of the card',
  );
  await typeLine(screens.paneOf('Shell'), 'wait %1; echo "ended $?, $(grep -c " of 200" /tmp/down) lines"');
  await showsIn('Shell', 'ended 0, 200 lines');
  expect(await findBarriers(page)).toEqual([]);
  // The browser itself reports each try to reach the core while that was away, or while it was killed.
  expect(app.complaints.filter((complaint) => !/WebSocket|ERR_CONNECTION_(?:REFUSED|RESET|CLOSED)|ERR_EMPTY_RESPONSE/.test(complaint))).toEqual([]);
});

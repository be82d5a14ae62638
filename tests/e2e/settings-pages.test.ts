import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { settingsSections } from '../../renderer/lib/route.ts';
import { until } from '../fixtures/core.ts';
import { type House, illChecks, startHouse, wellChecks } from '../support/house.ts';
import { describeFocus, findBarriers } from './browser.ts';
import { choose } from './palette.ts';
import { type AppPage, type Viewer, isDesktop, launchViewer } from './viewer.ts';

const webRoot = join(import.meta.dirname, '../../dist/renderer');
let viewer: Viewer;
let app: AppPage;
let house: House;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  [viewer, house] = await Promise.all([launchViewer(), startHouse(webRoot)]);
  app = await viewer.open(house.data);
  ({ page, complaints } = app);
});
afterAll(async () => {
  await app?.close();
  await viewer?.close();
  await house?.stop();
});
beforeEach(async () => {
  house.reset();
  await app.startOver();
  await page.getByRole('row', { name: /orchard-api/ }).waitFor();
});
afterEach(() => {
  if (complaints.length > 0) throw new Error(`The page complains: ${complaints.splice(0).join('; ')}`);
});

async function go(address: string): Promise<void> {
  await page.evaluate(`location.hash = '#/${address}'`);
}
function calledWith(name: string): unknown[] {
  return house.called.filter((call) => call.name === name).map((call) => call.input);
}
const option = (name: string | RegExp) => page.getByRole('option', { name });
const palette = () => page.getByRole('dialog', { name: 'Commands' });

test.skipIf(isDesktop)('every page of the settings, the logs and all terminals is without barriers', { timeout: 240_000 }, async () => {
  for (const address of [...settingsSections.map((section) => `settings/${section}`), 'terminals', 'w/11111111/logs']) {
    await go(address);
    await page.waitForTimeout(200);
    expect([address, await findBarriers(page)]).toEqual([address, []]);
  }
  house.checks = illChecks;
  await go('settings/doctor');
  await page.getByText('1 problem stops your workspaces').waitFor();
  expect(await findBarriers(page)).toEqual([]);
  await page.keyboard.press('Control+Shift+KeyK');
  await palette().waitFor();
  await page.keyboard.type('st');
  expect(await findBarriers(page)).toEqual([]);
});

test('a command is found by its letters, shows its key, and says why it cannot be done now', async () => {
  await go('w/11111111/terminals');
  await page.getByRole('textbox', { name: 'Terminal input' }).focus();
  await page.keyboard.press('Control+Shift+KeyK');
  await page.keyboard.type('sw');
  // "Stop workspace" and "Start workspace" begin with these letters; the one that can be done leads.
  await until(
    () =>
      option(/workspace/)
        .first()
        .innerText(),
    (text) => text.startsWith('Stop workspace'),
    'the first option',
  );
  expect(
    await option(/^Stop workspace/)
      .locator('mark')
      .allInnerTexts(),
  ).toEqual(['S', 'w']);
  expect(await page.getByRole('combobox').getAttribute('aria-activedescendant')).toBe(await option(/^Stop workspace/).getAttribute('id'));
  const start = option(/^Start workspace/);
  expect(await start.getAttribute('aria-disabled')).toBe('true');
  expect(await start.innerText()).toContain('It runs already');
  await start.click({ force: true });
  expect(await palette().isVisible()).toBe(true);
  await page.keyboard.press('Escape');
  await palette().waitFor({ state: 'detached' });
  await until(
    () => describeFocus(page),
    (focus) => focus.includes('Terminal input'),
    'the focus back in the terminal',
  );
});

test('a command that needs to know more asks in its place, and stays with the core’s sentence', async () => {
  await choose(page, 'rename workspace', 'tide');
  const field = page.getByRole('textbox', { name: 'New name of Codex' });
  await field.waitFor();
  expect(await field.inputValue()).toBe('Codex');
  await page.keyboard.type('Claude Code');
  await page.keyboard.press('Enter');
  await page.getByText('There is a workspace named Claude Code already').waitFor();
  expect(await findBarriers(page)).toEqual([]);
  await field.fill('Second');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(house.live.snapshot().workspaces.map((workspace) => workspace.name)).toContain('Second');
});

test('a command that fails is told at the top of the page, and what was used lately leads the next time', async () => {
  await choose(page, 'start workspace', 'tide');
  await page.getByText('Start workspace: Docker does not answer').or(page.getByText('Docker does not answer. Start it, then try again.')).first().waitFor();
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await choose(page, 'theme');
  await option('Dark').waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+Shift+KeyK');
  expect(await page.getByRole('group', { name: 'Used lately' }).getByRole('option').first().innerText()).toContain('Change the theme');
});

test('a workspace that is stopping can be told to start again, which it does when it has stopped', async () => {
  const tide = house.live.snapshot().workspaces.find(({ state }) => state.kind === 'stopped')!;
  house.live.putWorkspace(tide.workspaceId, { ...tide, state: { kind: 'stopping' } });
  await go(`w/${tide.workspaceId}/terminals`);
  await choose(page, 'start workspace');
  await until(
    () => calledWith('workspaces.start'),
    (calls) => calls.length > 0,
    'the wish to start',
  );
  expect(calledWith('workspaces.start')).toEqual([{ workspaceId: tide.workspaceId }]);
});

test('the switcher goes to any workspace by name', async () => {
  await page.keyboard.press('Control+Shift+KeyP');
  await page.getByRole('dialog', { name: 'Switch project' }).waitFor();
  await page.keyboard.type('tide');
  await page.keyboard.press('Enter');
  await page.waitForURL(/#\/w\/22222222\/terminals/);
  await expect.poll(() => page.title()).toContain('tidewater: Terminals');
});

test('the rail and its keys lead to projects, all terminals and settings', async () => {
  await page.keyboard.press('Control+Digit2');
  await page.getByRole('row', { name: /Claude Code/ }).waitFor();
  expect(await page.getByRole('row').count()).toBe(4);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL(/#\/w\/11111111\/terminals\/222222222222/);
  await page.keyboard.press('Control+Shift+Comma');
  await page.getByRole('heading', { name: 'General' }).waitFor();
  await page.keyboard.press('Control+Digit1');
  await page.getByRole('row', { name: /orchard-api/ }).waitFor();
});

test('a setting is kept at once, a wrong one is explained at its field, and the last change can be undone', async () => {
  await go('settings/network');
  const range = page.getByRole('textbox', { name: 'Subnet range' });
  await range.fill('not a range');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').waitFor();
  expect(await range.getAttribute('aria-invalid')).toBe('true');
  await page.keyboard.press('Escape');
  expect(await range.inputValue()).toBe('10.213.0.0/16');
  await range.fill('10.77.0.0/16');
  await page.keyboard.press('Enter');
  await page.getByText('Changed: Subnet range').waitFor();
  expect(calledWith('settings.set').at(-1)).toEqual({ subnetRange: '10.77.0.0/16' });
  const authorities = page.getByRole('textbox', { name: 'Extra certificate authorities' });
  await authorities.fill('relative.pem');
  await page.keyboard.press('Enter');
  await page.getByText('named by the absolute path').waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+Shift+KeyZ');
  await until(
    () => range.inputValue(),
    (value) => value === '10.213.0.0/16',
    'the range as it was',
  );
});

test('defaults for new workspaces are kept as they are typed, and only what fits', async () => {
  await go('settings/defaults');
  await page.getByLabel('CPUs').fill('0');
  await page.getByText('A number from 0.1 to 1024.').waitFor();
  await page.getByLabel('CPUs').fill('1.5');
  await page.getByText('Changed: default cpus').waitFor();
  expect(calledWith('settings.set')).toEqual([{ defaults: { cpus: 1.5 } }]);
  await page.keyboard.press('Control+Shift+KeyZ');
  await until(
    () => page.getByLabel('CPUs').inputValue(),
    (value) => value === '',
    'the field as it was',
  );
});

test('theme, text size and terminal font are kept in this browser', async () => {
  await go('settings/appearance');
  await page.getByRole('group', { name: 'Theme' }).getByRole('button', { name: 'Light' }).click();
  await page.getByRole('group', { name: 'Text size' }).getByRole('button', { name: 'Larger' }).click();
  await go('settings/terminal');
  await page.getByRole('textbox', { name: 'Font size' }).fill('99');
  await page.keyboard.press('Enter');
  await page.getByText('Give a whole number from 9 to 24.').waitFor();
  await page.getByRole('textbox', { name: 'Font size' }).fill('15');
  await page.keyboard.press('Enter');
  await page.reload();
  await page.getByRole('heading', { name: 'Terminal', exact: true }).waitFor();
  const looks = await page.evaluate<unknown>(
    `({ theme: document.documentElement.dataset.theme, text: getComputedStyle(document.body).fontSize, font: document.documentElement.style.getPropertyValue('--term-size') })`,
  );
  expect(looks).toEqual({ theme: 'light', text: '16px', font: '15px' });
  expect(calledWith('settings.set')).toEqual([]);
});

test('a key that is set is seen nowhere again', async () => {
  await choose(page, 'api key');
  await page.waitForURL(/#\/settings\/agents/);
  const field = page.getByLabel('Key for Claude Code, ANTHROPIC_API_KEY');
  await field.waitFor();
  expect(await field.getAttribute('type')).toBe('password');
  await field.fill('sk-ant-not-for-anyone');
  await page.keyboard.press('Enter');
  await field.waitFor({ state: 'detached' });
  expect(calledWith('agents.setKey')).toEqual([{ agent: 'claude-code', apiKey: 'sk-ant-not-for-anyone' }]);
  expect(await page.content()).not.toContain('not-for-anyone');
  expect(await page.evaluate<string>('JSON.stringify({ ...localStorage, ...sessionStorage })')).not.toContain('not-for-anyone');
  await page.getByRole('button', { name: 'Forget key' }).click();
  await page.getByRole('button', { name: 'Forget key' }).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'What it gets' }).first().click();
  await page.getByText('A hook would run a program of this computer').waitFor();
});

test('the agents’ page says where keys are kept, says plainly when there is no keychain, and unlocks a locked one', async () => {
  await go('settings/agents');
  await page.getByText('API keys are kept in GNOME Keyring').waitFor();
  house.keychain = { kind: 'absent', title: 'no keychain', why: 'No keychain answers in this session.' };
  await go('settings/general');
  await go('settings/agents');
  await page.getByText('No keychain: API keys live until Forgehold ends').waitFor();
  await page.getByText('No keychain answers in this session.').waitFor();
  house.keychain = { kind: 'locked', title: 'GNOME Keyring', why: 'It is locked.' };
  await go('settings/general');
  await go('settings/agents');
  expect(await findBarriers(page)).toEqual([]);
  await page.getByRole('button', { name: 'Unlock…' }).click();
  await page.getByText('API keys are kept in GNOME Keyring').waitFor();
  expect(calledWith('keys.unlock')).toHaveLength(1);
  await page.getByRole('button', { name: 'Forget all keys…' }).click();
  expect(calledWith('keys.forgetAll')).toEqual([]);
  await page.getByRole('button', { name: 'Forget all keys now' }).click();
  await page.getByRole('button', { name: 'Forget key' }).waitFor({ state: 'detached' });
});

test('an agent type is added as data, each wrong field is named, and it can go again', async () => {
  await choose(page, 'add an agent');
  const form = page.getByRole('form', { name: 'Add an agent type' });
  await form.waitFor();
  await form.getByLabel('Type').fill('Not A Name');
  await form.getByRole('button', { name: 'Add it' }).click();
  await form.getByText('An agent type is named by lower-case letters').waitFor();
  expect(await describeFocus(page)).toMatch(/^input/);
  expect(calledWith('agents.define')).toEqual([]);
  await form.getByLabel('Type').fill('aider');
  await form.getByLabel('Title').fill('Aider');
  await form.getByRole('button', { name: 'Lies in the image' }).click();
  await form.getByLabel('Executable').fill('aider');
  await form.getByLabel('Always').fill('--no-auto-commits\n--map-tokens\n1024');
  await form.getByRole('button', { name: 'Add it' }).click();
  await form.waitFor({ state: 'detached' });
  expect(calledWith('agents.define')).toMatchObject([
    { agent: 'aider', program: { kind: 'image' }, arguments: { always: ['--no-auto-commits', '--map-tokens', '1024'] } },
  ]);
  await page.getByRole('listitem').filter({ hasText: 'added here' }).getByRole('button', { name: 'Remove' }).click();
  await page.getByText('added here').waitFor({ state: 'detached' });
});

test('an engine is named, tried and taken away', async () => {
  await choose(page, 'add an engine');
  const form = page.getByRole('form', { name: 'Add an engine' });
  await form.getByLabel('Name').fill('Build Box');
  await form.getByLabel('Address', { exact: true }).fill('ssh://robin@box.example');
  await page.keyboard.press('Enter');
  await form.getByText('An engine is named by lower-case letters').waitFor();
  await form.getByRole('button', { name: 'Try it' }).click();
  await form.getByText('Nothing answers at ssh://robin@box.example').waitFor();
  await form.getByLabel('Name').fill('box');
  await form.getByRole('button', { name: /^Add it/ }).click();
  await form.waitFor({ state: 'detached' });
  const line = page.getByRole('listitem').filter({ hasText: 'named here' });
  await line.waitFor();
  await page.getByRole('listitem').filter({ hasText: 'docker.sock' }).getByRole('button', { name: 'Try it' }).click();
  await page.getByText('It answers: Docker 29.1.0').waitFor();
  await line.getByRole('button', { name: 'Remove' }).click();
  await line.waitFor({ state: 'detached' });
  expect(calledWith('settings.set').at(-1)).toEqual({ engines: [] });
});

test('only what is ticked is freed, after it was seen', async () => {
  await choose(page, 'free disk');
  await page.getByRole('button', { name: /Review and free/ }).click();
  await page.getByText('No workspace uses them').waitFor();
  expect(await describeFocus(page)).toMatch(/^input/);
  await page.keyboard.press('Space');
  await page.getByRole('button', { name: 'Free 410 MB' }).click();
  await page.getByText('410 MB became free.').waitFor();
  expect(calledWith('disk.reclaim')).toEqual([{ ids: ['cache/npm'] }]);
});

test('the doctor says what is wrong and what was tried, mends it, and asks nothing while all is well', async () => {
  house.checks = illChecks;
  house.live.setEngine({ kind: 'unreachable', endpoint: 'unix:///var/run/docker.sock', since: '2026-01-01T00:00:00Z', reason: 'Nothing listens there.' });
  await page.getByRole('link', { name: 'Open the doctor' }).click();
  await page.getByText('1 problem stops your workspaces, 1 can wait. 4 of 8 passed.').waitFor();
  await page.getByText('connection refused, 14:03:58').waitFor();
  await page.getByRole('button', { name: 'Copy command' }).click();
  expect(await app.clipboard.read()).toBe('sudo systemctl start docker');
  // A key, where nothing has the focus that a letter could be typed into.
  await page.keyboard.press('c');
  await page.getByRole('button', { name: 'Copied' }).first().waitFor();
  await until(
    () => app.clipboard.read(),
    (text) => text.includes('[FAILED] Docker: Does not answer'),
    'the report',
  );
  await page.locator('[data-check="engine"]').focus();
  await page.keyboard.press('Enter');
  await page.getByText('1 thing to look at, which can wait. 7 of 8 passed.').waitFor();
  expect(calledWith('doctor.fix')).toEqual([{ id: 'engine/start' }]);
  // The core announces the engine; only that leads to another look.
  const asked = calledWith('doctor.run').length;
  await page.waitForTimeout(2_500);
  expect(calledWith('doctor.run')).toHaveLength(asked);
  house.checks = illChecks;
  house.live.setEngine({ kind: 'connecting', endpoint: 'unix:///var/run/docker.sock' });
  await page.getByText('1 problem stops your workspaces').waitFor();
  house.checks = wellChecks;
});

async function print(tag: number, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  for (const channel of house.logs)
    for (let at = 0; at < bytes.length; at += 32_768) await channel.write(Uint8Array.of(tag, ...bytes.subarray(at, at + 32_768)));
}

test('a log of 100,000 lines is followed, searched and drawn only where it is seen', { timeout: 240_000 }, async () => {
  await go('w/11111111/logs');
  await until(
    () => house.logs.size,
    (size) => size === 1,
    'a reader',
  );
  for (let batch = 0; batch < 10; batch += 1)
    await print(1, Array.from({ length: 10_000 }, (_, at) => `line ${batch * 10_000 + at} \u001b[32mfine\u001b[0m\n`).join(''));
  const log = page.getByRole('log');
  await log.getByText('line 99999 fine').waitFor();
  expect(await page.locator('[data-index]').count()).toBeLessThan(200);
  // What comes is shown at once, as long as its end is looked at.
  await print(2, 'the newest line\n');
  await log.getByText('the newest line').waitFor();
  await page.getByLabel('Search this log').fill('line 54242 ');
  await page.keyboard.press('Enter');
  await log.locator('mark', { hasText: 'line 54242' }).waitFor();
  await page.getByText('1 of 1').waitFor();
  await print(1, 'later\n');
  await page.waitForTimeout(300);
  expect(await log.locator('mark', { hasText: 'line 54242' }).isVisible()).toBe(true);
  await page.getByRole('button', { name: /Jump to the end/ }).click();
  await log.getByText('later').waitFor();
  expect(await findBarriers(page)).toEqual([]);
});

test('what a container prints is text, whatever it is', async () => {
  await go('w/11111111/logs');
  await until(
    () => house.logs.size,
    (size) => size === 1,
    'a reader',
  );
  await print(1, '<img src=x onerror="document.title=`owned`"><b>bold</b>\u001b]0;title\u0007\u001b[2J \u202egnirts\n\u001b[31mred\u001b[0m\n');
  const log = page.getByRole('log');
  await log.getByText('<b>bold</b>').waitFor();
  expect(await log.locator('img, b').count()).toBe(0);
  expect(await page.title()).toContain('Logs');
  await page.getByRole('button', { name: 'Copy' }).click();
  expect(await app.clipboard.read()).toContain('<b>bold</b> \u202egnirts\nred');
  await page.getByRole('button', { name: 'Clear' }).click();
  await page.getByText('Nothing was printed yet').waitFor();
  await print(1, 'and on\n');
  await log.getByText('and on').waitFor();
  await page.getByRole('button', { name: 'Gateway' }).click();
  await page.waitForURL(/logs\/gateway/);
  await page.getByRole('log', { name: 'Log of the gateway' }).waitFor();
});

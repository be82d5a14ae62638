import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestCore, makeDataFolder, removeDataFolder, startCore, until } from '../fixtures/core.ts';
import { removeInstallation } from '../fixtures/installation.ts';
import { describeFocus, findBarriers, launchBrowser, openApp, tabTo } from './browser.ts';
import { screensOf } from './screens.ts';

let browser: Browser;
let core: TestCore;
let folder: string;
const data = makeDataFolder();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'orchard-'));
  execFileSync('git', ['init', '-q', folder]);
  writeFileSync(join(folder, 'README.md'), '# Orchard\n');
  [core, browser] = await Promise.all([startCore(data), launchBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  for (const { projectId } of (await core?.call('projects.list')) ?? []) await core.call('projects.remove', { projectId });
  await core?.stop();
  await removeInstallation(data);
  removeDataFolder(data);
  rmSync(folder, { recursive: true, force: true });
});

test('by keyboard alone: from nothing to a terminal behind the wall, a blocked name answered, and a rule taken away', { timeout: 600_000 }, async () => {
  const { page, complaints } = await openApp(browser, core.url);
  const screens = screensOf(page);
  const { keyboard } = page;

  // Nothing yet: the button that begins has the focus.
  await screens.firstStart.waitFor();
  expect(await findBarriers(page)).toEqual([]);
  await keyboard.press('Enter');

  // A folder that is not there is answered with a sentence, in its place.
  await screens.sheet('Add a folder').waitFor();
  await screens.folder('.. (up)').waitFor();
  await keyboard.press('Control+A');
  await keyboard.type(`${folder}-missing`);
  await keyboard.press('Enter');
  await screens.problem.waitFor();
  expect(await findBarriers(page)).toEqual([]);
  await keyboard.press('Control+A');
  await keyboard.type(folder);
  await keyboard.press('Enter');

  // A workspace with a shell: the agent is chosen with the arrows, the rest has defaults.
  await screens.sheet(/New workspace/).waitFor();
  expect(await describeFocus(page)).toMatch(/Create workspace/);
  expect(await findBarriers(page)).toEqual([]);
  await tabTo(page, /^button Claude Code/, 'Shift+Tab');
  await keyboard.press('ArrowRight');
  await keyboard.press('ArrowRight');
  expect(await describeFocus(page)).toMatch(/Shell/);
  await keyboard.press('Control+Shift+Enter');

  // Each step is told while it lasts, and the terminal opens by itself.
  await screens.sheet(/Creating/).waitFor();
  await screens.step('running').first().waitFor();
  expect(await findBarriers(page)).toEqual([]);
  await screens.terminal.waitFor({ timeout: 300_000 });
  const { terminalId, workspaceId } = (await core.call('terminals.list')).at(0)!;
  await until(
    () => describeFocus(page),
    (focus) => focus.includes('Terminal input'),
    'the focus in the terminal',
  );

  // What a program inside tries is blocked, and asks, without taking a key away.
  await keyboard.type('curl -sS -m 10 https://feed.fxrates.example/ ; echo "tried $((40 + 2))"\n', { delay: 5 });
  await screens.blockedCard.waitFor();
  await until(
    () => core.call('terminals.screen', { terminalId }),
    (screen) => screen.lines.some((line) => line.includes('tried 42')),
    'the end of the command',
  );
  expect(await describeFocus(page)).toContain('Terminal input');
  expect(await findBarriers(page)).toEqual([]);
  await page.setViewportSize({ width: 1440, height: 900 });

  // The chord goes to the card, a letter answers, and the focus is back where it was.
  await keyboard.press('Control+Shift+Period');
  await until(
    () => describeFocus(page),
    (focus) => focus.includes('Allow'),
    'the focus on the card',
  );
  await page.waitForTimeout(450);
  await keyboard.press('a');
  await until(
    () => core.call('domains.list', { workspaceId }),
    ({ rules }) => rules.some((rule) => rule.pattern === 'feed.fxrates.example'),
    'the rule',
  );
  await screens.blockedCard.waitFor({ state: 'detached' });
  expect(await describeFocus(page)).toContain('Terminal input');

  // F6 leads out of a terminal too.
  await keyboard.press('F6');
  expect(await describeFocus(page)).not.toContain('Terminal input');

  // The rules: the new one is there, a wrong one is explained, one is taken away and put back.
  await keyboard.press('Control+Shift+Digit2');
  await screens.rule('feed.fxrates.example').waitFor();
  await keyboard.press('/');
  await keyboard.type('not a domain');
  await keyboard.press('Enter');
  await screens.problem.waitFor();
  expect(await findBarriers(page)).toEqual([]);
  await keyboard.press('Escape');
  await page.setViewportSize({ width: 1440, height: 900 });
  await tabTo(page, /^tr /);
  await keyboard.press('Delete');
  await page.getByText(/^Removed/).waitFor();
  await keyboard.press('Control+Shift+KeyZ');
  await page.getByText(/^Removed/).waitFor({ state: 'detached' });

  // The proof, on request.
  await tabTo(page, /Test now/, 'Shift+Tab');
  await keyboard.press('Enter');
  await screens.report.getByText('The wall stands.').waitFor({ timeout: 120_000 });
  expect(await findBarriers(page)).toEqual([]);
  await page.setViewportSize({ width: 1440, height: 900 });

  // A reload keeps the place.
  await page.reload();
  await screens.rule('feed.fxrates.example').waitFor();
  await keyboard.press('Control+1');
  await screens.project('orchard').waitFor();
  expect(await findBarriers(page)).toEqual([]);
  expect(complaints).toEqual([]);
});

test('a core that is killed leaves the last known state, and the page heals when it is back', { timeout: 300_000 }, async () => {
  const { page } = await openApp(browser, (await core.call('app.url')).url);
  const screens = screensOf(page);
  await screens.project('orchard').waitFor();
  await core.kill();
  try {
    await screens.banner.waitFor();
    expect(await screens.project('orchard').isVisible()).toBe(true);
    expect(await findBarriers(page)).toEqual([]);
  } finally {
    core = await startCore(data);
  }
  await screens.banner.waitFor({ state: 'detached', timeout: 60_000 });
  expect(await screens.project('orchard').isVisible()).toBe(true);
});

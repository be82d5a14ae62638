import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestCore, until } from '../fixtures/core.ts';
import { describeFocus, findBarriers, tabTo } from './browser.ts';
import { type Desk, takeDesk } from './desk.ts';
import { choose } from './palette.ts';
import { screensOf } from './screens.ts';

let desk: Desk;
let core: TestCore;
let folder: string;

beforeAll(async () => {
  desk = await takeDesk({ orchard: { 'README.md': '# Orchard\n' } });
  core = desk.core();
  folder = `${desk.home.path}/orchard`;
});
afterAll(() => desk?.leave());

test('by keyboard alone: from nothing to a terminal behind the wall, a blocked name answered, and a rule taken away', { timeout: 600_000 }, async () => {
  const { page, complaints } = await desk.open();
  const screens = screensOf(page);
  const { keyboard } = page;

  // Nothing yet: the button that begins has the focus.
  await screens.firstStart.waitFor();
  expect(await findBarriers(page)).toEqual([]);
  await keyboard.press('Enter');

  // A folder that is not there is answered with a sentence, in its place.
  await screens.sheet('Add a project').waitFor();
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
    (focus) => focus.includes('Once'),
    'the focus on the card',
  );
  await page.waitForTimeout(450);
  await keyboard.press('p');
  await until(
    () => core.call('domains.list', { workspaceId }),
    ({ rules }) => rules.some((rule) => rule.pattern === 'feed.fxrates.example'),
    'the rule',
  );
  await screens.blockedCard.waitFor({ state: 'detached' });
  expect(await describeFocus(page)).toContain('Terminal input');

  // One key freezes the workspace, and its last screen stays; the same key lets it go on. The focus stays where it is.
  await keyboard.press('Control+Period');
  await screens.paused.waitFor();
  expect(await describeFocus(page)).toContain('Terminal input');
  expect((await core.call('workspaces.list'))[0]!.state.kind).toBe('paused');
  expect(await findBarriers(page)).toEqual([]);
  await page.setViewportSize({ width: 1440, height: 900 });
  await keyboard.press('Control+Period');
  await screens.paused.waitFor({ state: 'detached' });
  await keyboard.type('echo "went on $((40 + 2))"\n', { delay: 5 });
  await until(
    () => core.call('terminals.screen', { terminalId }),
    (screen) => screen.lines.some((line) => line.includes('went on 42')),
    'the answer after the pause',
  );

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

  // Many rules at once, seen before they hold; what was tried is in the live decisions.
  await choose(page, 'paste a list');
  await page.getByRole('textbox', { name: 'Paste a list' }).waitFor();
  await keyboard.insertText('one.example.com\nnot a domain\n!*.telemetry.example.com # noise\ngit.example.com:22\n');
  await page.getByText('1 line cannot be one').waitFor();
  await keyboard.press('Control+Shift+Enter');
  await screens.rule('*.telemetry.example.com').waitFor();
  const { rules } = await core.call('domains.list', { workspaceId });
  expect(rules.find((rule) => rule.pattern === '*.telemetry.example.com')).toMatchObject({ verdict: 'deny', note: 'noise' });
  expect(rules.find((rule) => rule.pattern === 'git.example.com')).toMatchObject({ ports: [22] });
  await keyboard.press('Control+Shift+KeyZ');
  await screens.rule('*.telemetry.example.com').waitFor({ state: 'detached' });
  await screens.decisions.filter({ hasText: 'feed.fxrates.example' }).first().waitFor();

  // It learns for a while, and goes back.
  await choose(page, 'change the network mode', 'learning for an hour');
  await page.getByText(/Ends by itself in (59 min|1 h)/).waitFor();
  await choose(page, 'review what learning');
  await page.getByRole('heading', { name: 'Nothing has gone out yet' }).waitFor();
  expect(await findBarriers(page)).toEqual([]);
  await page.setViewportSize({ width: 1440, height: 900 });
  await choose(page, 'change the network mode', 'restricted');
  await until(
    () => core.call('workspaces.list'),
    ([workspace]) => workspace!.mode === 'restricted' && workspace!.learningUntil === undefined,
    'the mode that was before',
  );
  await keyboard.press('Control+Shift+Digit2');
  await screens.rule('feed.fxrates.example').waitFor();

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
  const { page } = await desk.open();
  const screens = screensOf(page);
  await screens.project('orchard').waitFor();
  await core.kill();
  try {
    await screens.banner.waitFor();
    expect(await screens.project('orchard').isVisible()).toBe(true);
    expect(await findBarriers(page)).toEqual([]);
  } finally {
    core = await desk.restart();
  }
  await screens.banner.waitFor({ state: 'detached', timeout: 60_000 });
  expect(await screens.project('orchard').isVisible()).toBe(true);
});

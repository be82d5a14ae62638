import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Workspace } from '../../shared/model/workspace.ts';
import { until } from '../fixtures/core.ts';
import { describeFocus, findBarriers, tabTo, takePictures } from './browser.ts';
import { type Desk, takeDesk } from './desk.ts';
import { screensOf } from './screens.ts';
import { type AppPage, isDesktop } from './viewer.ts';

/** The life of a workspace, by keyboard alone, on a real core: added, made with options, edited, recreated, renamed, duplicated, removed. */

let desk: Desk;
let app: AppPage;

beforeAll(async () => {
  const asks = { version: 1, options: { env: { SEASON: 'autumn' } } };
  desk = await takeDesk({ orchard: { 'README.md': '# Orchard\n', 'package-lock.json': '{}\n', '.forgehold.json': JSON.stringify(asks) } });
  app = await desk.open();
});
afterAll(() => desk?.leave());

async function press(...keys: readonly string[]): Promise<void> {
  for (const key of keys) await app.page.keyboard.press(key);
}

/** Goes to the field by Tab and types over what is in it. */
async function fill(field: RegExp, text: string, key = 'Tab'): Promise<void> {
  await tabTo(app.page, field, key, 60);
  await press('Control+A');
  await app.page.keyboard.type(text);
  expect(await app.page.evaluate('document.activeElement.value')).toBe(text);
}

/** Goes to the page where the workspace is edited. A value that arrives while one types over it would be typed to. */
async function openEditPage(): Promise<void> {
  await press('Control+Shift+Digit4');
  await app.page.getByRole('heading', { name: 'This workspace' }).waitFor();
  await app.page.getByText('default', { exact: true }).first().waitFor();
}

async function onlyWorkspace(): Promise<Workspace> {
  const workspaces = await desk.core().call('workspaces.list');
  expect(workspaces).toHaveLength(1);
  return workspaces[0]!;
}

/** The wide page of a person at a desk: `findBarriers` and pictures change it. */
async function expectNoBarriers(): Promise<void> {
  expect(await findBarriers(app.page)).toEqual([]);
}

/** What a command answers in the newest terminal. */
async function answerOf(command: string, answer: string): Promise<void> {
  const terminalId = (await desk.core().call('terminals.list')).at(-1)!.terminalId;
  await desk.core().call('terminals.send', { terminalId, text: command, enter: true });
  await until(
    () => desk.core().call('terminals.screen', { terminalId }),
    ({ lines }) => lines.some((line) => line.startsWith(answer)),
    `"${answer}" in the terminal`,
  );
}

test('a workspace is made with options of its own; what cannot be is said at its field', { timeout: 400_000 }, async () => {
  const screens = screensOf(app.page);
  await screens.firstStart.waitFor();
  await press('Enter');
  await screens.sheet('Add a project').waitFor();
  await screens.folder('.. (up)').waitFor();
  // A tilde is understood.
  await press('Control+A');
  await app.page.keyboard.type('~/orchard');
  await press('Enter');

  await screens.sheet(/New workspace/).waitFor();
  // What the folder asks for is seen before it holds, and followed only when the user says so.
  const file = app.page.getByRole('region', { name: '.forgehold.json' });
  await file.getByText('SEASON=autumn').waitFor();
  await file.getByText('Nothing of it holds yet').waitFor();
  await screens.button('npm packages').waitFor();
  await expectNoBarriers();
  await tabTo(app.page, /^button Use it/, 'Shift+Tab');
  await press('Enter');
  await file.getByText('is followed').waitFor();
  await tabTo(app.page, /^button Claude Code/);
  await press('ArrowRight', 'ArrowRight');
  await tabTo(app.page, /^button Advanced/);
  await press('Enter');
  // A value that arrives while one types over it would be typed to.
  await app.page.getByText('default', { exact: true }).first().waitFor();
  await fill(/^input CPUs/, '0');
  await app.page.getByText('A number from 0.1 to 1024.').waitFor();
  await expectNoBarriers();
  await fill(/^input CPUs/, '0.5');
  await fill(/^input Memory/, '0,75');
  await fill(/^textarea Environment/, 'FRUIT=two pears');
  await press('Control+Shift+Enter');

  await screens.sheet(/Creating/).waitFor();
  await screens.terminal.waitFor({ timeout: 300_000 });
  const { workspaceId, limits } = await onlyWorkspace();
  expect(limits).toMatchObject({ cpus: 0.5, memoryMb: 768 });
  expect((await desk.core().call('workspaces.inspect', { workspaceId })).options).toMatchObject({ cpus: 0.5, memoryMb: 768, env: { FRUIT: 'two pears' } });
  await answerOf('echo "$FRUIT in $SEASON"', 'two pears in autumn');
  const { rules } = await desk.core().call('domains.list', { workspaceId });
  expect(rules.map((rule) => rule.pattern)).toContain('*.npmjs.org');
});

test('an edit says what it does before it is saved: limits at once, the environment by a recreation', { timeout: 400_000 }, async () => {
  const { page } = app;
  const screens = screensOf(page);
  await openEditPage();
  await expectNoBarriers();
  await fill(/^input CPUs/, '0.75');
  await page.getByText('CPUs at once.').waitFor();
  await press('Control+Shift+Enter');
  // What was saved is read anew, and with it the form.
  await page.getByRole('group', { name: 'Save', exact: true }).waitFor({ state: 'detached' });
  expect(await onlyWorkspace()).toMatchObject({ limits: { cpus: 0.75 }, pending: [] });

  await fill(/^textarea Environment/, 'FRUIT=three apples');
  await page.getByText(/^Environment when it is recreated/).waitFor();
  await expectNoBarriers();
  // Saved without a recreation it waits, and says so.
  await tabTo(page, /^button Save$/, 'Tab', 80);
  await press('Enter');
  await page.getByText('That takes effect when it is recreated.').waitFor();
  expect((await onlyWorkspace()).pending).toEqual(['env']);
  await tabTo(page, /^button Recreate now/, 'Tab', 80);
  await press('Enter');
  await page.getByText('That takes effect when it is recreated.').waitFor({ state: 'detached', timeout: 120_000 });
  await until(onlyWorkspace, ({ state, pending, wall }) => state.kind === 'running' && pending.length === 0 && wall.kind === 'standing', 'the new container');

  await press('Control+Shift+Digit1');
  await screens.button(/^Open a shell/).waitFor();
  await tabTo(page, /^button Open a shell/);
  await press('Enter');
  await screens.terminal.waitFor();
  await answerOf('echo "$FRUIT"', 'three apples');
});

test('it is renamed and duplicated, and its rows are found, ticked, stopped and started', { timeout: 400_000 }, async () => {
  const { page } = app;
  const screens = screensOf(page);
  await openEditPage();
  await fill(/^input Name/, 'Pear tree');
  await press('Enter');
  await until(onlyWorkspace, ({ name }) => name === 'Pear tree', 'the new name');
  await page.getByRole('group', { name: 'Save' }).waitFor({ state: 'detached' });
  expect(await describeFocus(page)).toMatch(/^input Name/);
  await tabTo(page, /^button Duplicate/, 'Shift+Tab', 80);
  await press('Enter');
  await screens.sheet(/Creating/).waitFor();
  await screens.terminal.waitFor({ timeout: 300_000 });
  const [, copy] = await desk.core().call('workspaces.list');
  expect((await desk.core().call('workspaces.inspect', { workspaceId: copy!.workspaceId })).options).toMatchObject({
    cpus: 0.75,
    env: { FRUIT: 'three apples' },
  });

  // Both rows of the project stand together; the copy is renamed in place.
  await press('Control+1');
  await screens.project('Pear tree 2').waitFor();
  await expectNoBarriers();
  await page.setViewportSize({ width: 1440, height: 900 });
  await press('ArrowDown', 'End', 'F2');
  await until(
    () => describeFocus(page),
    (focus) => focus.includes('New name of'),
    'the field for the new name',
  );
  await page.keyboard.type('Pear tree');
  await press('Enter');
  await screens.problem.waitFor();
  await press('Control+A');
  await page.keyboard.type('Apple tree');
  await press('Enter');
  await page.getByRole('textbox', { name: /^New name of/ }).waitFor({ state: 'detached' });
  await screens.project('Apple tree').waitFor();

  // The peek follows the terminal of the row, whoever types in it.
  const [, copied] = await desk.core().call('workspaces.list');
  const shell = (await desk.core().call('terminals.list', { workspaceId: copied!.workspaceId }))[0]!;
  await desk.core().call('terminals.send', { terminalId: shell.terminalId, text: 'echo "ripe $((40 + 2))"', enter: true });
  await page.getByRole('group', { name: 'Last lines' }).getByText('ripe 42').waitFor();

  await press('/');
  await page.keyboard.type('apple');
  await screens.project('Pear tree').waitFor({ state: 'detached' });
  await press('Escape');
  await screens.project('Pear tree').waitFor();
  await until(
    () => describeFocus(page),
    (focus) => focus.startsWith('tr '),
    'the focus in the list',
  );
  await press('Home', 'Space', 'ArrowDown', 'Space');
  await page.getByRole('group', { name: 'Ticked' }).getByText('2 rows ticked').waitFor();
  await tabTo(page, /^button Stop/, 'Shift+Tab');
  await press('Enter');
  await until(
    () => desk.core().call('workspaces.list'),
    (list) => list.every(({ state }) => state.kind === 'stopped'),
    'both to stop',
  );
  await tabTo(page, /^button Start/, 'Shift+Tab');
  await press('Enter');
  await until(
    () => desk.core().call('workspaces.list'),
    (list) => list.every(({ state }) => state.kind === 'running'),
    'both to run again',
    120_000,
  );
});

test('removing lists what goes, holds work that lies nowhere else until it is thrown away, and a project alone comes back', { timeout: 400_000 }, async () => {
  const { page } = app;
  const screens = screensOf(page);
  const [pear] = await desk.core().call('workspaces.list');
  await desk.core().call('terminals.open', { workspaceId: pear!.workspaceId, kind: 'shell' });
  await answerOf('git -c user.name=Pip -c user.email=pip@orchard.example commit -q --allow-empty -m "Plant a pear"; echo "planted $?"', 'planted 0');

  await until(
    () => describeFocus(page),
    (focus) => !focus.includes('input'),
    'no field with the focus',
  );
  await tabTo(page, /^tr /, 'Tab', 60);
  await press('Home', 'Delete');
  const panel = page.getByRole('group', { name: 'Remove' });
  await panel.getByText('Plant a pear').waitFor();
  await expectNoBarriers();
  await page.setViewportSize({ width: 1440, height: 900 });
  expect(await describeFocus(page)).toMatch(/Keep it/);
  // Without the choice nothing goes.
  await tabTo(page, /^button Remove workspace/, 'Shift+Tab');
  await press('Enter');
  expect(await desk.core().call('workspaces.list')).toHaveLength(2);
  await tabTo(page, /^switch Throw this work away/, 'Shift+Tab');
  await press('Space');
  await tabTo(page, /^button Remove workspace/);
  await press('Enter');
  await screens.project('Pear tree').waitFor({ state: 'detached', timeout: 60_000 });

  // The last one, with its project: nothing of it is anywhere else, so it goes as it is.
  await tabTo(page, /^tr /, 'Tab', 60);
  await press('Delete');
  await panel.getByText('stays as it is.').waitFor();
  await tabTo(page, /^button Remove workspace/, 'Shift+Tab');
  await press('Enter');
  await screens.project('No workspace yet').waitFor({ timeout: 60_000 });
  await tabTo(page, /^tr /, 'Tab', 60);
  await press('Delete');
  await page.getByText(/^Removed/).waitFor();
  expect(await desk.core().call('projects.list')).toEqual([]);
  await press('Control+Shift+KeyZ');
  await screens.project('orchard').waitFor();
  expect(app.complaints).toEqual([]);
});

test.skipIf(isDesktop)('by mouse: a creation is cancelled and leaves nothing, another is made and removed', { timeout: 400_000 }, async () => {
  const { page } = app;
  const screens = screensOf(page);
  async function create(): Promise<void> {
    await screens.project('orchard').getByRole('button', { name: 'Create workspace' }).click();
    await screens.button('Shell').click();
    await screens
      .button(/^Create workspace/)
      .last()
      .click();
    await screens.step('running').first().waitFor();
  }
  await create();
  await screens
    .sheet(/Creating/)
    .getByRole('button', { name: 'Cancel' })
    .click();
  await screens.project('No workspace yet').waitFor({ timeout: 60_000 });
  expect(await desk.core().call('workspaces.list')).toEqual([]);

  await create();
  await screens.terminal.waitFor({ timeout: 300_000 });
  // What has ended begins anew at ↵, in its place.
  await page.keyboard.type('exit\n', { delay: 5 });
  await page.locator('section.pane[data-state="exited"]').waitFor();
  await press('Enter');
  await page.locator('section.pane[data-state="connected"]').waitFor();
  await answerOf('echo "back $((40 + 2))"', 'back 42');

  await screens.rail('Projects').click();
  await screens.project('orchard').getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Remove workspace…' }).click();
  await screens.button('Remove workspace').click();
  await screens.project('No workspace yet').waitFor({ timeout: 60_000 });
  expect(await desk.core().call('workspaces.list')).toEqual([]);
  expect(app.complaints).toEqual([]);
});

test.skipIf(isDesktop)('without an engine the first start says what to do, and is as useful as it can be', { timeout: 120_000 }, async () => {
  const bare = await takeDesk({ pears: { 'README.md': '# Pears\n' } }, { environment: { DOCKER_HOST: 'unix:///nonexistent/docker.sock' } });
  try {
    const { page } = await bare.open();
    const screens = screensOf(page);
    await screens.firstStart.waitFor();
    const engine = page.locator('[data-guide="engine"][data-state="bad"]');
    await engine.getByText('Docker does not answer').waitFor();
    expect(await engine.getByRole('link', { name: 'Open the doctor' }).count()).toBe(1);
    expect(await findBarriers(page)).toEqual([]);
    await takePictures(page, 'engine-away');
    await page.keyboard.press('Enter');
    await screens.path.fill('~/pears');
    await page.keyboard.press('Enter');
    await screens.sheet(/New workspace/).waitFor();
    await page.keyboard.press('Enter');
    await screens.problem.first().waitFor();
    expect(await bare.core().call('projects.list')).toHaveLength(1);
  } finally {
    await bare.leave();
  }
});

import { expect, test } from 'vitest';
import { until } from '../fixtures/core.ts';
import { makeRule, sampleRules } from '../support/sample-domains.ts';
import { tabTo } from './browser.ts';
import { choose } from './palette.ts';
import { useWallDesk } from './wall-desk.ts';

/** The list of rules, by keyboard alone. */

const desk = useWallDesk();
const { workspaceId, go, openRules, press, expectNoBarriers, focused, calledWith } = desk;

function patterns(): string[] {
  return desk.house().domains.rules.map((rule) => rule.pattern);
}

test('a domain is found, added by ↵, refused with what to type instead, and every change is taken back', async () => {
  await openRules();
  await expectNoBarriers();
  await press('/');
  await desk.page().keyboard.type('orchard');
  await desk.screens().rule('api.anthropic.com').waitFor({ state: 'detached' });
  expect(await desk.screens().rule('pg.staging.orchard.example').count()).toBe(1);
  await press('Escape');
  await desk.page().keyboard.type('https://feed.fxrates.example/daily');
  await press('Enter');
  await desk.screens().problem.getByText('Type the domain alone').waitFor();
  await expectNoBarriers();
  await tabTo(desk.page(), /^button Use feed\.fxrates\.example/);
  await press('Enter');
  await desk.screens().rule('feed.fxrates.example').waitFor();
  expect(calledWith('domains.add').at(-1)).toMatchObject({ workspaceId, pattern: 'feed.fxrates.example' });

  await tabTo(desk.page(), /^tr /);
  await press('Home', 'ArrowDown', 'Backspace');
  await desk.screens().rule('api.anthropic.com').waitFor({ state: 'detached' });
  await desk.page().getByText('Removed api.anthropic.com').waitFor();
  await press('Control+Shift+KeyZ');
  await desk.screens().rule('api.anthropic.com').waitFor();
  await press('Control+Shift+KeyZ');
  await desk.screens().rule('feed.fxrates.example').waitFor({ state: 'detached' });
  await desk.page().getByRole('status').getByText('Added').waitFor({ state: 'detached' });
  expect(patterns().toSorted()).toEqual(
    sampleRules()
      .map((rule) => rule.pattern)
      .toSorted(),
  );
});

test('a rule says all it can in its form, and is changed by it', async () => {
  await openRules();
  await press('Alt+KeyN');
  await focused('input Domain');
  await desk.page().keyboard.type('reports.orchard.example');
  await press('Tab');
  await desk.page().keyboard.type('ssh');
  await press('Control+Shift+Enter');
  await desk.screens().problem.getByText('Ports are numbers').waitFor();
  await expectNoBarriers();
  await press('Control+A');
  await desk.page().keyboard.type('8443');
  await tabTo(desk.page(), /^select Holds for/);
  await desk.page().keyboard.type('Project');
  await tabTo(desk.page(), /^select How long/);
  await desk.page().keyboard.type('1 hour');
  await tabTo(desk.page(), /^input Note/);
  await desk.page().keyboard.type('monthly reports');
  await tabTo(desk.page(), /^button More/);
  await press('Enter');
  await tabTo(desk.page(), /^switch Private addresses too/, 'Shift+Tab');
  await press('Space');
  await expectNoBarriers();
  await press('Control+Shift+Enter');
  const row = desk.screens().rule('reports.orchard.example');
  await row.waitFor();
  expect(calledWith('domains.add')).toHaveLength(1);
  expect(desk.house().domains.rules.at(-1)).toMatchObject({ ports: [8443], scope: 'project', note: 'monthly reports', allowPrivate: true });
  expect(await row.innerText()).toMatch(/private[\s\S]*monthly reports[\s\S]*8443[\s\S]*(1 h|59 min) left/);

  // It is selected, so that ↵ changes it; what is another rule then takes its place.
  await focused(/^tr /);
  await press('Enter');
  await focused('input Domain');
  await press('Tab', 'Control+A');
  await desk.page().keyboard.type('9443');
  await press('Control+Shift+Enter');
  await row.getByText('9443').waitFor();
  expect(patterns().filter((pattern) => pattern === 'reports.orchard.example')).toHaveLength(1);
  await press('Control+Shift+KeyZ');
  await row.getByText('8443').waitFor();
});

test('a preset is put on the list with one press, says why it is offered, and is taken back', async () => {
  await openRules();
  const chip = desk.page().getByRole('group', { name: 'Presets' }).getByRole('button', { name: /^PyPI/ });
  expect(await chip.getAttribute('aria-pressed')).toBe('false');
  expect(await chip.getAttribute('title')).toContain('files.pypi.example');
  expect(await desk.page().getByRole('button', { name: /^npm/ }).getAttribute('title')).toContain('There is a package-lock.json.');
  await chip.focus();
  await press('Enter');
  await desk.screens().rule('files.pypi.example').waitFor();
  await until(
    () => chip.getAttribute('aria-pressed'),
    (pressed) => pressed === 'true',
    'the chip to be on',
  );
  await press('Control+Shift+KeyZ');
  await desk.screens().rule('files.pypi.example').waitFor({ state: 'detached' });
  await choose(desk.page(), 'choose presets');
  const sentry = desk.page().getByRole('menuitemcheckbox', { name: /^Sentry/ });
  await sentry.waitFor();
  await expectNoBarriers();
  await press('End', 'Enter');
  await desk.screens().rule('*.ingest.sentry.example').waitFor();
});

test('a pasted list is seen before it holds, with the lines that cannot be; an export is imported again', async () => {
  await openRules();
  await choose(desk.page(), 'paste a list');
  await focused('Paste a list');
  await desk.page().keyboard.insertText('one.example.com\n*.two.example.com # docs\nnot a domain\n!three.example.com\n\nfour.example.com:22\n');
  await desk.page().getByText('4 rules').first().waitFor();
  await desk.page().getByText('1 line cannot be one').waitFor();
  await desk.page().getByText('A domain holds no spaces').waitFor();
  await expectNoBarriers();
  expect(calledWith('domains.addMany')).toEqual([]);
  await press('Control+Shift+Enter');
  await desk.screens().rule('*.two.example.com').waitFor();
  expect(desk.house().domains.rules.slice(-4)).toMatchObject([{}, { note: 'docs' }, { verdict: 'deny' }, { ports: [22] }]);
  await desk.page().getByText('Added 4 rules').waitFor();
  await press('Control+Shift+KeyZ');
  await desk.screens().rule('*.two.example.com').waitFor({ state: 'detached' });

  await choose(desk.page(), 'copy the list of domains');
  const kept = await until(
    () => desk.app().clipboard.read(),
    (text) => text.includes('pay-sandbox.example'),
    'the list on the clipboard',
  );
  desk.house().domains.rules = [];
  await choose(desk.page(), 'import a list');
  await focused('Import a list');
  await desk.page().keyboard.insertText(kept);
  await desk.page().getByText('read as Forgehold').waitFor();
  expect(patterns()).toEqual([]);
  await press('Control+Shift+Enter');
  await desk.screens().rule('pay-sandbox.example').waitFor();
});

test('500 rules are as quick to go through as five: only those in sight exist', async () => {
  desk.house().domains.rules = Array.from({ length: 500 }, (_, at) => makeRule(`host-${String(at).padStart(3, '0')}.example`));
  await go(`w/${workspaceId}/domains`);
  await desk.screens().rule('host-000.example').waitFor();
  expect(await desk.page().locator('[data-rule]').count()).toBeLessThan(80);
  expect(await desk.page().getByRole('grid', { name: 'Rules' }).getAttribute('aria-rowcount')).toBe('501');
  await expectNoBarriers();
  await desk.screens().rule('host-000.example').focus();
  await press('End');
  await desk.screens().rule('host-499.example').waitFor();
  await focused('host-499.example');
  await press('ArrowUp', 'Backspace');
  await desk.screens().rule('host-498.example').waitFor({ state: 'detached' });
  await focused('host-499.example');
  await press('Control+Shift+KeyZ');
  await desk.screens().rule('host-498.example').waitFor();
  await press('/');
  await desk.page().keyboard.type('host-123');
  await desk.screens().rule('host-123.example').waitFor();
  expect(await desk.page().locator('[data-rule]').count()).toBe(1);
  await press('Enter');
  await focused('host-123.example');
});

test('by mouse: a row and the list have their menus', async () => {
  await openRules();
  await desk.screens().rule('github.com').getByRole('button', { name: 'More of github.com' }).click();
  await desk
    .page()
    .getByRole('menuitem', { name: /^Remove/ })
    .click();
  await desk.screens().rule('github.com').waitFor({ state: 'detached' });
  await desk.page().getByRole('button', { name: /^Undo/ }).click();
  await desk.screens().rule('github.com').dblclick();
  await desk
    .screens()
    .ruleForm.getByRole('button', { name: /^Cancel/ })
    .click();
  await desk.page().getByRole('button', { name: 'Paste, import, export' }).click();
  await desk
    .page()
    .getByRole('menuitem', { name: /^Paste a list/ })
    .click();
  await desk.page().getByRole('textbox', { name: 'Paste a list' }).fill('mouse.example.com');
  await desk
    .page()
    .getByRole('button', { name: /^Add 1 rule/ })
    .click();
  await desk.screens().rule('mouse.example.com').waitFor();
  await desk
    .page()
    .getByRole('option', { name: /feed\.fxrates\.example/ })
    .dblclick();
  await desk.page().waitForTimeout(450);
  await desk.page().locator('[data-answer-panel]').getByRole('button', { name: /^Once/ }).click();
  await desk.screens().rule('feed.fxrates.example').getByText('Once').waitFor();
  expect(calledWith('domains.answer')).toMatchObject([{ host: 'feed.fxrates.example', answer: 'once' }]);
});

test('the last self-test is there after a reload, with what was tried', async () => {
  await openRules();
  await tabTo(desk.page(), /^button 12 of 12 passed/);
  await press('Enter');
  await desk.screens().report.getByText('The wall stands.').waitFor();
  await desk.screens().report.getByText('TCP to the host').waitFor();
  expect(await desk.screens().report.getByRole('listitem').count()).toBe(5);
  await desk.page().reload();
  await desk
    .screens()
    .button(/^12 of 12 passed/)
    .waitFor();
});

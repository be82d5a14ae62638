import { expect, test } from 'vitest';
import { makeDecision, makeReview, makeRule } from '../support/sample-domains.ts';
import { makeWorkspace } from '../support/sample-state.ts';
import { tabTo } from './browser.ts';
import { choose } from './palette.ts';
import { useWallDesk } from './wall-desk.ts';

/** Live decisions, the review of what learning found, and the page of all projects, by keyboard alone. */

const desk = useWallDesk();
const { workspaceId, openRules, press, expectNoBarriers, focused, calledWith } = desk;

function line(host: string) {
  return desk.screens().decisions.filter({ hasText: host });
}

test('live decisions say who asked and why; Space stops them, and what came meanwhile is counted', async () => {
  await openRules();
  await line('t1.telemetry.example').getByText('Denied by *.telemetry.example').waitFor();
  await line('metrics.orchard.example').getByText('Resolved to 10.0.4.18, a private address').waitFor();
  await line('feed.fxrates.example').getByText('node src/server.ts, main').waitFor();
  // The right end of a name, which says whose it is, is never cut.
  expect(
    await line('a-very-long-name')
      .locator('.host')
      .evaluate((element) => getComputedStyle(element).direction),
  ).toBe('rtl');

  await desk.page().locator('[data-feed]').focus();
  await press('Space');
  desk.house().domains.decide(...Array.from({ length: 40 }, (_, at) => makeDecision(100 + at, { host: `burst-${at}.example` })));
  await desk.page().getByText('40 new').waitFor();
  expect(await line('burst-0.example').count()).toBe(0);
  await press('Space');
  await line('burst-0.example').waitFor();

  desk.house().domains.decide(makeDecision(500, { host: 'pixel.telemetry.example', verdict: 'blocked', reason: 'denied', quiet: true }));
  desk.house().domains.decide(makeDecision(501, { host: 'last.example' }));
  await line('last.example').waitFor();
  expect(await line('pixel.telemetry.example').count()).toBe(0);
  await desk.page().getByRole('button', { name: 'Silent' }).click();
  await line('pixel.telemetry.example').waitFor();
  await desk.page().getByRole('textbox', { name: 'Search decisions' }).fill('next');
  await line('last.example').waitFor({ state: 'detached' });
  await line('t1.telemetry.example').waitFor();
});

test('two thousand decisions in a second are drawn by the frame, not one by one, and only those in sight exist', async () => {
  await openRules();
  await desk.page().evaluate(`window.longest = 0; window.draws = 0;
    new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => { window.longest = Math.max(window.longest, duration); })).observe({ entryTypes: ['longtask'] });
    new MutationObserver(() => { window.draws += 1; }).observe(document.querySelector('[data-feed]'), { childList: true });`);
  for (let round = 0; round < 20; round += 1) {
    desk.house().domains.decide(...Array.from({ length: 100 }, (_, at) => makeDecision(1000 + round * 100 + at, { host: `n${round}-${at}.flood.example` })));
    await desk.page().waitForTimeout(50);
  }
  await desk.screens().decisions.filter({ hasText: 'n19-99.flood.example' }).waitFor();
  expect(await desk.screens().decisions.count()).toBeLessThan(100);
  const { draws, longest } = await desk.page().evaluate<{ draws: number; longest: number }>('({ draws, longest })');
  process.stdout.write(`2,000 decisions in about a second: drawn ${draws} times, longest task ${Math.round(longest)} ms\n`);
  expect(draws).toBeLessThan(400);
});

test('a blocked row of the feed is answered there: A opens the answers, a letter gives one', async () => {
  await openRules();
  await desk.page().locator('[data-feed]').focus();
  const panel = desk.page().locator('[data-answer-panel]');
  const lines = await desk.screens().decisions.allInnerTexts();
  const at = lines.findIndex((text) => text.includes('feed.fxrates.example'));
  for (let presses = 0; presses < at; presses += 1) await press('ArrowDown');
  await press('a');
  await panel.waitFor();
  // The key that opened it answers nothing, held down or pressed again at once.
  await desk.page().keyboard.down('a');
  await desk.page().keyboard.down('a');
  await desk.page().keyboard.up('a');
  expect(calledWith('domains.answer')).toEqual([]);
  await expectNoBarriers();
  await desk.page().waitForTimeout(450);
  await press('p');
  await panel.waitFor({ state: 'detached' });
  expect(calledWith('domains.answer')).toEqual([{ workspaceId, host: 'feed.fxrates.example', port: 443, answer: 'project', allowPrivate: false }]);
  await desk.screens().rule('feed.fxrates.example').waitFor();
  await focused('Decisions');
});

test('what learning found is reviewed by keyboard: ticked, widened, accepted; its empty state says how to begin', { timeout: 120_000 }, async () => {
  desk.house().live.putWorkspace(workspaceId, makeWorkspace({ mode: 'learning', learningUntil: new Date(Date.now() + 19.5 * 60_000).toISOString() }));
  desk.house().domains.reviews.set(workspaceId, makeReview());
  await openRules();
  await desk.page().getByText('Ends by itself in 19 min.').waitFor();
  await desk.page().getByText('Learning has found').waitFor();
  await expectNoBarriers();
  await desk.page().evaluate('document.activeElement.blur()');
  await press('r');
  await desk
    .page()
    .getByRole('heading', { name: /names in 41 minutes/ })
    .waitFor();
  await expectNoBarriers();
  const tick = (name: string) => desk.page().getByRole('checkbox', { name: `Allow ${name}` });
  expect(await tick('t1.telemetry.example').getAttribute('aria-checked')).toBe('false');
  expect(await desk.page().getByText('looks like telemetry').count()).toBe(1);
  await desk.page().evaluate('document.activeElement.blur()');
  await press('ArrowDown');
  await focused(/^tr /);
  await press('End', 'ArrowUp');
  await focused('feed.fxrates.example');
  await press('w');
  await tick('*.fxrates.example').waitFor();
  await press('ArrowUp', 'ArrowUp', 'Space');
  expect(await tick('*.fonts.example').getAttribute('aria-checked')).toBe('false');
  await desk.page().getByText('Adds 1 rule to the project.').waitFor();
  await press('Control+Shift+Enter');
  await desk.screens().rule('*.fxrates.example').waitFor();
  expect(calledWith('domains.acceptLearned')).toEqual([{ workspaceId, rules: [{ pattern: '*.fxrates.example', ports: [], allowPrivate: false }] }]);
  expect(await desk.screens().mode('Restricted').getAttribute('aria-pressed')).toBe('true');

  await choose(desk.page(), 'review what learning');
  await desk.page().getByRole('heading', { name: 'There is nothing to review' }).waitFor();
  await expectNoBarriers();
  await tabTo(desk.page(), /^button Learn for an hour/);
  await press('Enter');
  await desk.page().getByRole('heading', { name: 'Nothing has gone out yet' }).waitFor();
});

test('the page of all projects has every rule with its project, what all workspaces try, and adds for one or for all', { timeout: 120_000 }, async () => {
  desk.house().domains.rules.push(makeRule('only.tidewater.example', { projectId: '2'.repeat(12) }));
  desk.house().domains.decisions.push(makeDecision(1, { workspaceId: '2'.repeat(8), host: 'from.tidewater.example', program: 'codex' }));
  await press('Control+Digit3');
  await desk.screens().rule('only.tidewater.example').getByText('tidewater', { exact: true }).waitFor();
  expect(await desk.screens().rail('Domains').getAttribute('aria-current')).toBe('page');
  await desk.screens().decisions.filter({ hasText: 'from.tidewater.example' }).getByText('codex, tidewater').waitFor();
  await expectNoBarriers();
  await press('/');
  await desk.page().keyboard.type('tidewater');
  await desk.screens().rule('api.anthropic.com').waitFor({ state: 'detached' });
  await press('Control+A');
  await desk.page().keyboard.type('everywhere.example.com');
  await press('Enter');
  await desk.screens().rule('everywhere.example.com').waitFor();
  expect(calledWith('domains.add').at(-1)).toMatchObject({ pattern: 'everywhere.example.com', scope: 'global' });
  await press('Alt+KeyN');
  await focused('input Domain');
  await desk.page().keyboard.type('here.example.com');
  await tabTo(desk.page(), /^select Holds for/);
  await desk.page().keyboard.type('Project');
  await tabTo(desk.page(), /^select Project/);
  await desk.page().keyboard.type('tidewater');
  await press('Control+Shift+Enter');
  await desk.screens().rule('here.example.com').waitFor();
  expect(desk.house().domains.rules.at(-1)).toMatchObject({ scope: 'project', projectId: '2'.repeat(12) });

  // A rule of a workspace is changed there as that workspace's.
  await press('Escape');
  await desk.screens().rule('docs.fastify.example').focus();
  await press('Enter');
  await tabTo(desk.page(), /^input Note/);
  await desk.page().keyboard.type('for a day');
  await press('Control+Shift+Enter');
  await desk.screens().rule('docs.fastify.example').getByText('for a day').waitFor();
  expect(desk.house().domains.rules.at(-1)).toMatchObject({ pattern: 'docs.fastify.example', scope: 'session', workspaceId, note: 'for a day' });
});

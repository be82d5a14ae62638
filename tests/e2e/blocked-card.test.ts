import { expect, test } from 'vitest';
import type { Blocked } from '../../shared/model/domain.ts';
import { describeFocus } from './browser.ts';
import { useWallDesk } from './wall-desk.ts';

/** A blocked name: the card that takes no key, its answers, a flood of names. */

const desk = useWallDesk();
const { workspaceId, go, press, expectNoBarriers, focused, calledWith } = desk;

/** `agoMs`: when it was first tried. */
function blocked(host: string, parts: Partial<Blocked> = {}, agoMs = 0): Blocked {
  const time = new Date(Date.now() - agoMs).toISOString();
  return { host, port: 443, reason: 'not-listed', tries: 3, firstAt: time, lastAt: time, program: 'node src/server.ts', ...parts };
}

test('the card of a blocked name takes no key, then answers by one letter', { timeout: 120_000 }, async () => {
  await go(`w/${workspaceId}/terminals`);
  await desk.screens().terminal.focus();
  desk.house().live.setBlocked(workspaceId, [blocked('feed.fxrates.example')]);
  await desk.screens().blockedCard.getByText('node src/server.ts, 3 tries').or(desk.screens().blockedCard.getByText('3 tries')).first().waitFor();
  await press('p');
  expect(await describeFocus(desk.page())).toContain('Terminal input');
  expect(calledWith('domains.answer')).toEqual([]);
  await expectNoBarriers();
  for (const [key, answer] of [
    ['o', 'once'],
    ['s', 'session'],
    ['p', 'project'],
    ['a', 'always'],
    ['d', 'deny'],
    ['Shift+D', 'deny-silently'],
  ] as const) {
    await desk.screens().terminal.focus();
    desk.house().live.setBlocked(workspaceId, [blocked(`${answer}.example`)]);
    await desk.screens().blockedCard.getByText(`${answer}.example`).waitFor();
    await press('Control+Shift+Period');
    await focused('Once');
    await desk.page().waitForTimeout(450);
    await press(key);
    await desk.screens().blockedCard.waitFor({ state: 'detached' });
    expect(calledWith('domains.answer').at(-1)).toMatchObject({ host: `${answer}.example`, answer });
    await focused('Terminal input');
  }
});

test('a private address is said and asked for; a thousand names are one card, and one line each domain in the list', { timeout: 120_000 }, async () => {
  await go(`w/${workspaceId}/terminals`);
  await desk.screens().terminal.focus();
  desk.house().live.setBlocked(workspaceId, [blocked('metrics.orchard.example', { reason: 'refused-address' })]);
  await desk.screens().blockedCard.getByText('Allow its private address too?').waitFor();
  await expectNoBarriers();
  await press('Control+Shift+Period');
  await focused('Once');
  await desk.page().waitForTimeout(450);
  await press('p');
  await desk.screens().blockedCard.waitFor({ state: 'detached' });
  expect(calledWith('domains.answer')).toMatchObject([{ answer: 'project', allowPrivate: true }]);

  const flood = Array.from({ length: 1000 }, (_, at) => blocked(`n${at}.flood.example`));
  desk.house().live.setBlocked(workspaceId, flood);
  await desk.screens().blockedCard.getByText('1,000 domains blocked').waitFor();
  await expectNoBarriers();
  await press('Control+Shift+Period');
  await focused('Review 1,000');
  await desk.page().waitForTimeout(450);
  await press('r');
  const line = desk.page().locator('[data-blocked="*.flood.example"]');
  await line.waitFor();
  expect(await desk.page().getByRole('region', { name: 'Blocked lately' }).getByRole('listitem').count()).toBe(1);
  await expectNoBarriers();
  await line.focus();
  await press('d');
  await desk.screens().rule('*.flood.example').waitFor();
  expect(desk.house().domains.rules.at(-1)).toMatchObject({ verdict: 'deny', scope: 'project', pattern: '*.flood.example' });
});

test('names that come one by one ask one by one, and those that asked for a minute wait in the list', async () => {
  desk.house().live.setBlocked(
    workspaceId,
    Array.from({ length: 8 }, (_, at) => blocked(`h${at}.d${at}.example`, {}, at * 12_000)),
  );
  await go(`w/${workspaceId}/terminals`);
  await desk.screens().blockedCard.getByText('h0.d0.example').waitFor();
  await desk
    .screens()
    .blockedCard.getByText(/\d more/)
    .waitFor();
  await go(`w/${workspaceId}/domains`);
  const list = desk.page().getByRole('region', { name: 'Blocked lately' });
  await list.getByText('Show 3 more').click();
  expect(await list.getByRole('listitem').count()).toBe(8);
  await desk.screens().blockedName('h7.d7.example').focus();
  await press('Backspace');
  await desk.screens().blockedName('h7.d7.example').waitFor({ state: 'detached' });
  expect(calledWith('domains.dismiss')).toEqual([{ workspaceId, host: 'h7.d7.example' }]);
});

test('beside the list of projects the same letters answer, while the focus is there', async () => {
  desk.house().live.setBlocked(workspaceId, [blocked('feed.fxrates.example'), blocked('second.example')]);
  const reply = desk.page().getByRole('group', { name: 'Answer feed.fxrates.example' });
  await reply.waitFor();
  await expectNoBarriers();
  await reply.getByRole('button', { name: /^Once/ }).focus();
  await desk.page().waitForTimeout(450);
  await press('s');
  await reply.waitFor({ state: 'detached' });
  expect(calledWith('domains.answer')).toMatchObject([{ host: 'feed.fxrates.example', answer: 'session' }]);
  await desk.page().getByRole('group', { name: 'Answer second.example' }).waitFor();
});

import { expect, it } from 'vitest';
import { createRevival } from './revival.ts';

it('loads a dead page again once, shows the plain one after a second death within a minute, and gives up after a third', () => {
  let time = 0;
  const judge = createRevival(() => time);
  expect([judge(), judge(), judge()]).toEqual(['reload', 'recover', 'give-up']);
  time += 60_000;
  expect(judge()).toBe('reload');
  time += 59_999;
  expect(judge()).toBe('recover');
  time += 59_999;
  expect(judge()).toBe('recover');
});

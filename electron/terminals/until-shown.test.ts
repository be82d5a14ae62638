import { expect, it } from 'vitest';
import { untilShown } from './until-shown.ts';

it('waits for a program that is busy, until it has shown what was typed', async () => {
  let screen = '> ';
  let looks = 0;
  async function look(): Promise<string> {
    looks += 1;
    // Busy for its first looks.
    if (looks === 6) screen = '> Name one plum';
    return screen;
  }
  await untilShown(look, async () => {});
  expect(looks).toBe(6);
});

it('does not wait for ever for one that shows nothing', async () => {
  let typed = 0;
  await untilShown(
    async () => 'Password:',
    async () => void (typed += 1),
  );
  expect(typed).toBe(1);
});

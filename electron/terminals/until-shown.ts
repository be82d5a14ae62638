import { setTimeout as sleep } from 'node:timers/promises';

/** A program that shows nothing of what is typed, like a question for a password, is waited for so long. Milliseconds. */
const patience = 500;
const betweenLooks = 10;
/** From what is shown first to what follows: text may be shown in parts. */
const settling = 40;

/**
 * Types a text, and returns when its program has read it, as far as that can be seen: the screen is not as it was. An Enter that a busy
 * program reads together with the text before it would be a line of a paste to it.
 */
export async function untilShown(look: () => Promise<string>, type: () => Promise<void>): Promise<void> {
  const before = await look();
  await type();
  const end = Date.now() + patience;
  while ((await look()) === before && Date.now() < end) await sleep(betweenLooks);
  await sleep(settling);
}

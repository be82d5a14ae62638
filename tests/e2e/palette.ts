import type { Page } from 'playwright-core';

/** Opens the palette and chooses by words, one for each step. Like a person it presses ↵ only on what can be done: a state may be told a moment later. */
export async function choose(page: Page, ...words: readonly string[]): Promise<void> {
  const palette = page.getByRole('dialog', { name: 'Commands' });
  // The chord closes a palette that is still open.
  await palette.waitFor({ state: 'detached' });
  await page.keyboard.press('Control+Shift+KeyK');
  await page.getByRole('combobox').waitFor();
  for (const word of words) {
    await page.keyboard.type(word);
    await palette.getByRole('option', { selected: true, disabled: false }).waitFor();
    await page.keyboard.press('Enter');
  }
}

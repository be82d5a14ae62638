import type { Locator } from 'playwright-core';
import { z } from 'zod';
import { until } from '../fixtures/core.ts';

/** A row of a terminal as it is drawn: runs of characters of one look. Colours as the browser computes them. */
export type Row = readonly { readonly text: string; readonly colour: string; readonly ground: string; readonly weight: string }[];

const rowsSchema = z.array(z.array(z.object({ text: z.string(), colour: z.string(), ground: z.string(), weight: z.string() })));

/** What is needed of the page's own types, which are not known out here. */
type Drawn = {
  readonly textContent: string;
  readonly classList: { readonly contains: (name: string) => boolean };
  readonly querySelectorAll: (selector: string) => Iterable<Drawn>;
};
declare function getComputedStyle(element: Drawn): { readonly color: string; readonly backgroundColor: string; readonly fontWeight: string };

/** Runs in the page. */
function drawnRows(pane: Drawn): unknown {
  return [...pane.querySelectorAll('.xterm-rows > div')].map((row) => {
    const runs: { text: string; colour: string; ground: string; weight: string }[] = [];
    for (const span of row.querySelectorAll('span')) {
      const { color, backgroundColor, fontWeight } = getComputedStyle(span);
      const cursor = span.classList.contains('xterm-cursor');
      const look = cursor ? { colour: 'cursor', ground: 'cursor', weight: '' } : { colour: color, ground: backgroundColor, weight: fontWeight };
      const last = runs.at(-1);
      if (last && last.colour === look.colour && last.ground === look.ground && last.weight === look.weight) last.text += span.textContent;
      else runs.push({ text: span.textContent, ...look });
    }
    return runs;
  });
}

/** The rows on the screen of a pane. The browser of the tests has no WebGL, so xterm draws with elements. The cursor's own look is left out. */
export async function readRows(pane: Locator): Promise<readonly Row[]> {
  return rowsSchema.parse(await pane.evaluate(drawnRows));
}

/** The rows once the program has nothing more to say: the same for three looks, of which an agent at work changes each (it counts the seconds). */
export async function readSettledRows(pane: Locator): Promise<readonly Row[]> {
  let last = '';
  let same = 0;
  return until(
    async () => {
      await pane.page().waitForTimeout(600);
      const rows = await readRows(pane);
      const drawn = JSON.stringify(rows);
      same = drawn === last ? same + 1 : 0;
      last = drawn;
      return rows;
    },
    () => same >= 2,
    'a screen that stays as it is',
  );
}

/** Runs in the page. */
function drawnText(pane: Drawn): unknown {
  return [...pane.querySelectorAll('.xterm-rows > div')].map((row) => row.textContent.replaceAll('\u00a0', ' ').trimEnd()).join('\n');
}

export async function readScreen(pane: Locator): Promise<string> {
  return z.string().parse(await pane.evaluate(drawnText));
}

/** Everything from the oldest line kept to the newest, read as a person does: scrolled up to the top, then down page by page. */
export async function readAll(pane: Locator): Promise<string> {
  const page = pane.page();
  await pane.hover();
  let screen = '';
  for (let still = 0; still < 4;) {
    await page.mouse.wheel(0, -2000);
    await page.waitForTimeout(80);
    const next = await readScreen(pane);
    still = next === screen ? still + 1 : 0;
    screen = next;
  }
  const screens = [screen];
  for (let still = 0; still < 4;) {
    await page.mouse.wheel(0, 600);
    await page.waitForTimeout(80);
    const next = await readScreen(pane);
    still = next === screens.at(-1) ? still + 1 : 0;
    screens.push(next);
  }
  return screens.join('\n');
}

/**
 * Types a line as a person does, who presses ↵ when it is there: a program that reads text and ↵ at once takes them for a paste, and the ↵
 * for a line of it.
 */
export async function typeLine(pane: Locator, text: string): Promise<void> {
  const { keyboard } = pane.page();
  await pane.getByRole('textbox', { name: 'Terminal input' }).focus();
  await keyboard.type(text, { delay: 8 });
  // However it is wrapped.
  const end = text.replaceAll(/\s/g, '').slice(-24);
  await until(
    () => readScreen(pane),
    (screen) => screen.replaceAll(/\s/g, '').includes(end),
    `"${text}" at the prompt`,
  );
  await keyboard.press('Enter');
}

import type { Locator } from 'playwright-core';
import { z } from 'zod';

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

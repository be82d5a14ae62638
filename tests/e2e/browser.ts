import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { z } from 'zod';
import { isDesktop } from './viewer.ts';

const root = join(import.meta.dirname, '../..');
const pictures = join(root, process.env['SCREENS'] ?? 'tests/.artifacts/screens');

const findingsSchema = z.array(
  z.object({ id: z.string(), impact: z.string().nullable(), nodes: z.array(z.object({ html: z.string(), failureSummary: z.string() })) }),
);

/** What axe finds on the page as it is now, serious or worse, in both themes: one line each. */
export async function findBarriers(page: Page): Promise<string[]> {
  const lines: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    // The second theme has other colours, and else the same page. Without `preload` it reads no style sheet itself: where one could not be
    // read it would write another, which the page's policy refuses and reports.
    const options = { preload: false, resultTypes: ['violations'], ...(colorScheme === 'dark' && { runOnly: ['color-contrast'] }) };
    const found: unknown = await page.evaluate(
      `(() => { if (!window.axe) { ${axe.source} } return axe.run(document, ${JSON.stringify(options)}).then((result) => result.violations); })()`,
    );
    for (const { id, impact, nodes } of findingsSchema.parse(found)) {
      if (impact !== 'serious' && impact !== 'critical') continue;
      lines.push(...nodes.map((node) => `${colorScheme} ${id}: ${node.html.slice(0, 200)}: ${node.failureSummary}`));
    }
  }
  return lines;
}

const sizes = [
  { width: 900, height: 600 },
  { width: 1440, height: 900 },
] as const;

/** Pictures of the page as it is now, in both themes and sizes. */
export async function takePictures(page: Page, name: string): Promise<void> {
  mkdirSync(pictures, { recursive: true });
  for (const size of sizes) {
    await page.setViewportSize(size);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      // A terminal takes its new size and colours after a round trip to the program.
      await page.waitForTimeout(400);
      await page.screenshot({ path: join(pictures, `${isDesktop ? 'desktop-' : ''}${name}-${colorScheme}-${size.width}x${size.height}.png`) });
    }
  }
}

/** What has the focus: its role or tag, and its words. */
export function describeFocus(page: Page): Promise<string> {
  return page.evaluate<string>(`(() => {
    const element = document.activeElement;
    const words = element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent ?? element.textContent ?? '';
    return (element.getAttribute('role') ?? element.tagName.toLowerCase()) + ' ' + words.trim().slice(0, 80);
  })()`);
}

/** Presses Tab until what has the focus fits; a page where that takes more than `most` presses is no page for the keyboard. */
export async function tabTo(page: Page, fits: RegExp, key = 'Tab', most = 25): Promise<void> {
  for (let presses = 0; presses <= most; presses += 1) {
    if (fits.test(await describeFocus(page))) return;
    await page.keyboard.press(key);
  }
  throw new Error(`${most} presses of ${key} do not lead to ${String(fits)}; the focus is on: ${await describeFocus(page)}`);
}

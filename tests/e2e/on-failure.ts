import { afterEach } from 'vitest';
import { openPages } from './viewer.ts';

/** Of a page, the text that is told. */
const mostText = 2000;

afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return;
  for (const page of openPages) {
    const text = await page.locator('body').innerText({ timeout: 2000 }).catch(String);
    const focus = await page.evaluate<string>('document.activeElement?.outerHTML.slice(0, 200)').catch(String);
    console.error(`When “${task.name}” failed, ${page.url().replace(/^.*#/, '#')} had the focus on ${focus} and showed:\n${text.slice(0, mostText)}`);
  }
});

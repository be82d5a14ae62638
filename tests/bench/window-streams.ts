import type { Page } from 'playwright-core';
import { until } from '../fixtures/core.ts';
import { startDesktop } from '../fixtures/desktop.ts';
import type { Display } from '../fixtures/display.ts';
import { launchChromium } from '../support/chromium.ts';
import type { House } from './house.ts';
import type { Row } from './measure.ts';

const streamBytes = 200_000_000;
/** Typed one after the other beside a flood. */
const keys = 60;
const size = { width: 1440, height: 900 };
/** Terminals draw with elements, which can be read, in both. */
const graphics = ['--disable-gpu', '--disable-software-rasterizer', '--disable-3d-apis'];
const baseline = 'the same page in Chromium';

type Figures = { readonly rate: number; readonly delays: readonly number[] };

/** The same terminals in the desktop window (IPC and message ports) and in a browser (one WebSocket), one after the other. */
export async function streamRows(house: House, display: Display): Promise<readonly Row[]> {
  const [flood, typed] = [await openShell(house), await openShell(house)];
  const desktop = await startDesktop({ data: house.data, display, switches: graphics, size });
  let ours: Figures;
  try {
    ours = await measureIn(desktop.page, house, flood, typed);
  } finally {
    await desktop.close();
  }
  const browser = await launchChromium(...graphics);
  try {
    const page = await browser.newPage({ viewport: size });
    await page.goto((await house.client.call('app.url', {})).url);
    const raw = await measureIn(page, house, flood, typed);
    return [
      { what: '200 MB through the terminal on the screen', ours: [ours.rate], raw: [raw.rate], unit: 'MB/s', baseline },
      { what: 'key → echo, beside a terminal that floods', ours: ours.delays, raw: raw.delays, unit: 'ms', baseline },
      { what: 'of these, the slowest', ours: [Math.max(...ours.delays)], raw: [Math.max(...raw.delays)], unit: 'ms', baseline },
    ];
  } finally {
    await browser.close();
  }
}

async function openShell({ client, workspace: { workspaceId } }: House): Promise<string> {
  return (await client.call('terminals.open', { workspaceId, kind: 'shell' })).terminalId;
}

async function measureIn(page: Page, { client, workspace: { workspaceId } }: House, flood: string, typed: string): Promise<Figures> {
  const run = (terminalId: string, text: string): Promise<unknown> => client.call('terminals.send', { terminalId, text, enter: true });
  const show = (...panes: readonly string[]): Promise<unknown> => page.evaluate(`location.hash = '#/w/${workspaceId}/terminals/${panes.join('+')}'`);
  await show(flood);
  await page.getByRole('textbox', { name: 'Terminal input' }).focus();
  await run(flood, 'clear; echo ready-$((40 + 2))');
  await seen(page, 0, 'ready-42');
  const start = performance.now();
  await run(flood, `yes 'what a program prints when it prints a lot, in lines of eighty columns or so' | head -c ${streamBytes}; echo end-$((40 + 2))`);
  await seen(page, 0, 'end-42');
  const rate = streamBytes / 1e6 / ((performance.now() - start) / 1000);

  await show(flood, typed);
  await run(typed, 'clear; cat');
  await run(flood, 'while :; do seq 1 100000; done');
  await page.getByRole('textbox', { name: 'Terminal input' }).nth(1).focus();
  const delays: number[] = [];
  for (let at = 1; at <= keys; at += 1) {
    await page.evaluate(watchEcho('z'.repeat(at)));
    await page.keyboard.press('z');
    delays.push(await page.evaluate<number>('window.echo'));
  }
  await page.keyboard.press('Control+C');
  await page.getByRole('textbox', { name: 'Terminal input' }).first().focus();
  await page.keyboard.press('Control+C');
  return { rate, delays };
}

const rows = (pane: number): string => `document.querySelectorAll('.panes .pane')[${pane}]?.querySelector('.xterm-rows')?.textContent ?? ''`;

/** What is written at the end of much output is on the screen when all before it was. */
async function seen(page: Page, pane: number, text: string): Promise<void> {
  await until(
    () => page.evaluate<string>(rows(pane)),
    (content) => content.includes(text),
    `"${text}" on the screen`,
    600_000,
  );
}

/** From the key's own time until its echo is drawn, both by the page's clock. */
function watchEcho(line: string): string {
  return `void (window.echo = new Promise((found) => {
    let pressed = 0;
    addEventListener('keydown', (event) => (pressed = event.timeStamp), { capture: true, once: true });
    const look = () => ((${rows(1)}).includes('${line}') ? found(performance.now() - pressed) : requestAnimationFrame(look));
    look();
  }))`;
}

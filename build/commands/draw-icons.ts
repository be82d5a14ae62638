import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Page, chromium } from 'playwright-core';
import { drawAppIcon, drawTrayIcon } from '../icons/artwork.ts';
import { type Picture, toIcns, toIco } from '../icons/containers.ts';
import { ensureBrowser, findBrowser } from '../setup/browser.ts';
import { projectFolder } from '../setup/paths.mjs';
import { runCommand } from './main.ts';

const folder = path.join(projectFolder, 'resources/icons');
const sides = [16, 24, 32, 48, 64, 128, 256, 512, 1024];
/** Sizes of Linux's icon themes (https://specifications.freedesktop.org/icon-theme-spec/latest/). */
const linuxSides = [16, 24, 32, 48, 64, 128, 256, 512];
/** Of tray icons: macOS draws its menu bar's in 16 points and tints what ends in `Template`; panels of Linux take 22 to 24. */
const trays = [
  { name: 'trayTemplate', side: 16, colour: '#000000', dot: 'none' },
  { name: 'trayAttentionTemplate', side: 16, colour: '#000000', dot: 'same' },
  { name: 'tray-on-light', side: 24, colour: '#26282d', dot: 'none' },
  { name: 'tray-on-light-attention', side: 24, colour: '#26282d', dot: 'attention' },
  { name: 'tray-on-dark', side: 24, colour: '#eceef2', dot: 'none' },
  { name: 'tray-on-dark-attention', side: 24, colour: '#eceef2', dot: 'attention' },
] as const;

/** Draws every icon anew from `build/icons/artwork.ts`, with the machine's Chromium. The results are committed. */
await runCommand(async () => {
  await ensureBrowser();
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(path.join(folder, 'linux'), { recursive: true });
  mkdirSync(path.join(folder, 'tray'));
  const browser = await chromium.launch({ executablePath: findBrowser()!, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const page = await browser.newPage();
    const source = drawAppIcon(0.03);
    write('icon.svg', source);
    const pictures = await drawAll(page, source, sides);
    for (const side of linuxSides) write(`linux/${side}x${side}.png`, pngOf(pictures, side));
    write('icon.png', pngOf(pictures, 1024));
    write('icon.ico', toIco(pictures));
    write('icon.icns', toIcns(await drawAll(page, drawAppIcon(0.098), sides)));
    for (const { name, side, colour, dot } of trays) {
      const [once, twice] = await drawAll(page, drawTrayIcon(colour, dot), [side, side * 2]);
      write(`tray/${name}.png`, once!.png);
      write(`tray/${name}@2x.png`, twice!.png);
    }
  } finally {
    await browser.close();
  }
});

async function drawAll(page: Page, source: string, wanted: readonly number[]): Promise<readonly Picture[]> {
  const pictures: Picture[] = [];
  for (const side of wanted) {
    await page.setViewportSize({ width: side, height: side });
    await page.setContent(`<style>*{margin:0}svg{display:block;width:${side}px;height:${side}px}</style>${source}`);
    pictures.push({ side, png: await page.screenshot({ omitBackground: true }) });
  }
  return pictures;
}

function pngOf(pictures: readonly Picture[], side: number): Buffer {
  return pictures.find((picture) => picture.side === side)!.png;
}

function write(name: string, content: Buffer | string): void {
  writeFileSync(path.join(folder, name), content);
}

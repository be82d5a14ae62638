import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureDesktop } from '../../build/setup/desktop.ts';
import { ensureElectron } from '../../build/setup/electron.ts';
import { type Display, startDisplay } from '../fixtures/display.ts';
import { describeBundles } from './bundles.ts';
import { type ElectronProcess, makeEmptyApp, memoryOf, startElectron } from './electron-process.ts';
import { type House, openHouse } from './house.ts';
import type { Bench, Row } from './measure.ts';
import { streamRows } from './window-streams.ts';

const ROUNDS = 5;
/** After this long a window that nobody touches has done what it does by itself. Milliseconds. */
const SETTLED = 3_000;

/** The desktop app, attached to a core that runs, beside an Electron window with nothing in it. */
export const bench: Bench = async () => {
  const electron = await ensureElectron({ forTests: true });
  if (electron === undefined) {
    console.log('There is no Electron here: the desktop is not measured.');
    return [];
  }
  await ensureDesktop();
  console.log(`Electron ${electron.version}${electron.isOfficial ? '' : ', an older one for tests'}\n`);
  console.log(await describeBundles());
  const display = await startDisplay();
  const house = await openHouse();
  try {
    return [...(await startRows({ executable: electron.executable, display, house })), ...(await streamRows(house, display))];
  } finally {
    await house.cleanUp();
    await display.stop();
  }
};

type Place = { readonly executable: string; readonly display: Display; readonly house: House };
/** Milliseconds since the start of the process; MB. */
type Start = { readonly painted: number; readonly usable: number; readonly memory: ReturnType<typeof memoryOf> };

async function startRows({ executable, display, house }: Place): Promise<readonly Row[]> {
  const empty = makeEmptyApp();
  const ours: Start[] = [];
  const raw: Start[] = [];
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      ours.push(await measure(() => startElectron(executable, display, join(import.meta.dirname, '../..'), ['--data', house.data]), 'tbody tr'));
      raw.push(await measure(() => startElectron(executable, display, empty.folder, []), 'p'));
    }
  } finally {
    empty.remove();
  }
  const row = (what: string, unit: Row['unit'], figure: (start: Start) => number): Row => ({
    ...{ what, unit, baseline: 'an empty window' },
    ours: ours.map(figure),
    raw: raw.map(figure),
  });
  return [
    row('process start → window painted', 'ms', ({ painted }) => painted),
    row('process start → list of projects there', 'ms', ({ usable }) => usable),
    row('memory of the main process', 'MB', ({ memory }) => memory.main),
    row('memory of the GPU process', 'MB', ({ memory }) => memory.gpu),
    row('memory of the renderer', 'MB', ({ memory }) => memory.renderer),
    row('memory of all its processes', 'MB', ({ memory }) => memory.all),
  ];
}

/** The page's own clock, which is the machine's: what the question itself takes is in none of the figures. */
async function measure(start: () => Promise<ElectronProcess & { readonly startedAt: number }>, selector: string): Promise<Start> {
  const electron = await start();
  try {
    const usable = await electron.evaluate<number>(
      `new Promise((found) => { const look = () => document.querySelector('${selector}') ? found(performance.timeOrigin + performance.now()) : requestAnimationFrame(look); look(); })`,
    );
    const painted = await electron.evaluate<number>(
      `new Promise((found) => new PerformanceObserver((list) => found(performance.timeOrigin + list.getEntries()[0].startTime)).observe({ type: 'paint', buffered: true }))`,
    );
    await sleep(SETTLED);
    return { painted: painted - electron.startedAt, usable: usable - electron.startedAt, memory: memoryOf(electron.pid) };
  } finally {
    await electron.end();
  }
}

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../support/chromium.ts';
import { type House, makeWorkspace, openHouse } from './house.ts';
import { type Bench, pair, type Row, time } from './measure.ts';
import { createRawDocker } from './raw-docker.ts';

const COUNT = 40;
/** Milliseconds that an idle process is looked at, and how often. */
const WINDOW = 5_000;
const ROUNDS = 4;

/** What forty running workspaces cost while nobody does anything, and what a look at all of them does. */
export const bench: Bench = async () => {
  const house = await openHouse();
  try {
    const one = memoryOf(house.pid);
    for (let index = 1; index < COUNT; index += 1) await makeWorkspace(house.client, house.makeFolder(10));
    return [...(await coreRows(house, one)), ...(await rendererRows(house)), await listRow(house)];
  } finally {
    await house.cleanUp();
  }
};

async function coreRows({ pid }: House, withOne: number): Promise<readonly Row[]> {
  const node = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'ignore' });
  try {
    await sleep(2_000);
    const cpu = await idleCpu(
      () => cpuOf(pid),
      () => cpuOf(node.pid!),
    );
    const raw = [memoryOf(node.pid!)];
    const baseline = 'a Node that does nothing';
    return [
      { what: 'memory of the core, 1 workspace', ours: [withOne], raw, unit: 'MB', baseline },
      { what: `memory of the core, ${COUNT} workspaces`, ours: [memoryOf(pid)], raw, unit: 'MB', baseline },
      { what: `the core idle, ${COUNT} workspaces`, ...cpu, unit: 'ms CPU/s', baseline },
    ];
  } finally {
    node.kill();
  }
}

/** A browser each, since one renderer may serve two pages. */
async function rendererRows({ url }: House): Promise<readonly Row[]> {
  const browsers = await Promise.all([launchChromium(), launchChromium()]);
  const [ours, empty] = browsers;
  try {
    const page = await ours.newPage();
    await page.goto(url);
    await page.locator('tbody tr').first().waitFor();
    await (await empty.newPage()).goto('about:blank');
    const [app, blank] = [await rendererOf(ours), await rendererOf(empty)];
    await sleep(3_000);
    const cpu = await idleCpu(
      () => cpuOf(app),
      () => cpuOf(blank),
    );
    const baseline = 'an empty page';
    return [
      { what: `memory of the renderer, ${COUNT} workspaces`, ours: [memoryOf(app)], raw: [memoryOf(blank)], unit: 'MB', baseline },
      { what: `the renderer idle, ${COUNT} workspaces`, ...cpu, unit: 'ms CPU/s', baseline },
    ];
  } finally {
    await Promise.all(browsers.map((browser) => browser.close()));
  }
}

async function listRow({ client }: House): Promise<Row> {
  const raw = createRawDocker();
  const rounds = await pair(
    50,
    () => time(() => client.call('workspaces.list', {})),
    () => time(() => raw.get('/containers/json?all=1')),
  );
  return { what: `list ${COUNT} workspaces`, ...rounds, unit: 'ms', baseline: 'GET /containers/json' };
}

/** CPU milliseconds per second, of two processes at the same time. */
async function idleCpu(ours: () => number, raw: () => number): Promise<{ ours: number[]; raw: number[] }> {
  const samples = { ours: [] as number[], raw: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = [ours(), raw()] as const;
    await sleep(WINDOW);
    samples.ours.push(((ours() - before[0]) / WINDOW) * 1000);
    samples.raw.push(((raw() - before[1]) / WINDOW) * 1000);
  }
  return samples;
}

/** Milliseconds of user and system time so far: fields 14 and 15 of `/proc/<pid>/stat`, in ticks of 10 ms (proc(5)). */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Resident memory in MB. */
function memoryOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1000;
}

/** Process id of the browser's busiest renderer: that of its only page; spare ones have done next to nothing. */
async function rendererOf(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const renderers = processInfo.filter(({ type }) => type === 'renderer').toSorted((one, other) => other.cpuTime - one.cpuTime);
  return renderers[0]!.id;
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../shared/errors.ts';
import { type Common, dataFolderOf } from './leaf.ts';
import { toPath } from './names.ts';
import { UsageError } from './output.ts';
import { visible } from './safe-text.ts';
import { getWorld } from './world.ts';

/** In milliseconds: a program that still runs then has its window, or is about to. One that hands over to a running app ends before. */
const patience = 4000;

/**
 * Brings the desktop window forth, led to the project of a folder or to the sheet that adds it. The running app does it, else one is started.
 * @throws AppError `window/no-display`, `window/not-started`; UsageError for what is no folder
 */
export async function openWindow(folder: string | undefined, options: Common): Promise<void> {
  const path = folder === undefined ? null : toFolder(folder);
  const { DISPLAY: display, WAYLAND_DISPLAY: wayland } = process.env;
  if (process.platform === 'linux' && !display && !wayland)
    throw new AppError('window/no-display', 'There is no display for a window. "forgehold serve" shows the app in a browser.');
  const [program, ...argv] = getWorld().window;
  const own = [...(options.data === undefined ? [] : ['--data', dataFolderOf(options)]), ...(path === null ? [] : ['--', path])];
  const child = spawn(program, [...argv, ...own], { detached: true, stdio: 'ignore' });
  child.unref();
  const [status] = await Promise.race([failing(once(child, 'exit')), sleep(patience, [0], { ref: true })]);
  if (status !== 0) throw notStarted(`It ended with ${status === null ? 'a signal' : `status ${status}`}.`);
}

function toFolder(given: string): string {
  const path = toPath(given);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) throw new UsageError(`There is no folder ${visible(given)}.`);
  return path;
}

async function failing(end: Promise<unknown[]>): Promise<readonly (number | null)[]> {
  try {
    return (await end) as (number | null)[];
  } catch (cause) {
    throw notStarted((cause as Error).message, cause);
  }
}

function notStarted(why: string, cause?: unknown): AppError {
  const hint = process.getuid?.() === 0 ? ' Root gets no window: its pages would have no sandbox.' : '';
  return new AppError('window/not-started', `The window did not start. ${why}${hint} "forgehold serve" shows the app in a browser.`, { cause });
}

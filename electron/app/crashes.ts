import { join } from 'node:path';
import { type App, type BrowserWindow, crashReporter, dialog } from 'electron';
import type { Logger } from '../lib/logger.ts';
import type { CrashReports } from './crash-reports.ts';
import { createRevival } from './revival.ts';
import { appPage, recoveryPage } from './security.ts';

/** Before the app is ready: minidumps stay on this computer, beside the reports. Crashpad itself keeps their number down. */
export function keepMinidumps(app: App, folder: string): void {
  app.setPath('crashDumps', join(folder, 'dumps'));
  crashReporter.start({ uploadToServer: false, compress: false });
}

export type CrashOptions = { readonly app: App; readonly reports: CrashReports; readonly log: Logger; readonly onFault: () => void };

/** Writes a report of whatever fails in this process or ends below it; `onFault` is then told of an exception that nobody caught. */
export function reportCrashes({ app, reports, log, onFault }: CrashOptions): void {
  function report(error: unknown): void {
    log.error({ error }, 'A bug: nobody caught this');
    reports.write({ kind: 'exception', error });
    onFault();
  }
  process.on('uncaughtException', report);
  process.on('unhandledRejection', report);
  app.on('child-process-gone', (_event, { type, reason, exitCode }) => {
    if (reason === 'clean-exit') return;
    log.error({ type, reason, exitCode }, 'A process of the app has ended');
    reports.write({ kind: 'process-gone', process: type, reason, exitCode });
  });
}

export type ReviveOptions = { readonly reports: CrashReports; readonly log: Logger; readonly quit: () => void };

/** Brings the window's page back: a dead one is loaded again, a hung one when the user says so. One revival serves all windows of a run. */
export function createReviver({ reports, log, quit }: ReviveOptions): { readonly watch: (window: BrowserWindow) => void } {
  const judge = createRevival();
  async function revive(window: BrowserWindow): Promise<void> {
    const verdict = judge();
    if (verdict === 'reload') window.webContents.reload();
    else if (verdict === 'recover') await window.loadURL(recoveryPage);
    else if ((await askLast(window)) === 'again') await window.loadURL(appPage);
    else quit();
  }
  return {
    watch(window) {
      window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
        if (reason === 'clean-exit' || window.isDestroyed()) return;
        log.error({ reason, exitCode }, "The window's page has ended");
        reports.write({ kind: 'page-gone', process: 'renderer', reason, exitCode });
        // Not from within the event: the process is on its way out still.
        setImmediate(() => {
          if (!window.isDestroyed()) void revive(window).catch((error: unknown) => log.error({ error }, 'The page could not be brought back'));
        });
      });
      window.on('unresponsive', () => void askAboutHung(window, reports, log));
    },
  };
}

async function askLast(window: BrowserWindow): Promise<'again' | 'quit'> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'error',
    message: 'The window of Forgehold keeps ending.',
    detail: 'Agents go on in their containers. The reports lie in the folder "crashes" of the data folder.',
    buttons: ['Try again', 'Quit'],
    cancelId: 0,
  });
  return response === 1 ? 'quit' : 'again';
}

/** The question goes away by itself when the page answers again. */
async function askAboutHung(window: BrowserWindow, reports: CrashReports, log: Logger): Promise<void> {
  log.error({}, "The window's page does not answer");
  reports.write({ kind: 'page-hung' });
  const answers = new AbortController();
  const done = (): void => answers.abort();
  window.once('responsive', done);
  window.webContents.once('render-process-gone', done);
  const { response } = await dialog.showMessageBox(window, {
    type: 'warning',
    message: 'The window does not answer.',
    detail: 'Wait a little longer, or load it again: agents and terminals go on, and come back with it.',
    buttons: ['Wait', 'Load again'],
    defaultId: 0,
    cancelId: 0,
    signal: answers.signal,
  });
  window.off('responsive', done);
  // Its end is what loads it again.
  if (response === 1 && !answers.signal.aborted && !window.isDestroyed()) window.webContents.forcefullyCrashRenderer();
}

import { join } from 'node:path';
import { type App, app } from 'electron';
import ElectronStore from 'electron-store';
import { createEmitter, type Dispose } from '../../shared/disposable.ts';
import { type ShellSettings, shellSettingsSchema, type ShellState } from '../../shared/model/shell.ts';
import type { DataFolder } from '../lib/data-folder.ts';
import { createLogger, type Logger } from '../lib/logger.ts';
import { readAppVersion } from '../lib/places.ts';
import { type CrashReports, createCrashReports } from './crash-reports.ts';
import { keepMinidumps, reportCrashes } from './crashes.ts';
import { type Kept, type OpenStore, openKept } from './kept.ts';
import { createShellState, type ShellStateStore } from './shell-state.ts';
import { type WindowMemory, windowMemorySchema } from './window-memory.ts';
import { drawsControls } from './window.ts';

/** What the window stands on before there is one: its log, its own files, its state. */
export type Ground = {
  readonly version: string;
  readonly log: Logger;
  readonly reports: CrashReports;
  readonly settings: Kept<ShellSettings>;
  readonly memory: Kept<WindowMemory>;
  readonly state: ShellStateStore;
  /** Told of an exception that nobody caught, once it is reported. */
  readonly onFault: (listener: () => void) => Dispose;
};

/** Before the app is ready. */
export function beginCrashReports(of: App, folder: DataFolder): void {
  keepMinidumps(of, crashFolder(folder));
}

function crashFolder({ root }: DataFolder): string {
  return join(root, 'crashes');
}

const open: OpenStore = (options) => new ElectronStore(options);

export function prepareGround(folder: DataFolder): Ground {
  const version = readAppVersion();
  const log = createLogger(folder.logs, { file: 'window.log' });
  const versions = { forgehold: version, electron: process.versions.electron ?? '' };
  const reports = createCrashReports({
    folder: crashFolder(folder),
    versions,
    onError: (error) => log.error({ error }, 'A crash report could not be written'),
  });
  const faults = createEmitter<null>();
  reportCrashes({ app, reports, log, onFault: () => faults.emit(null) });
  const profile = app.getPath('userData');
  const settings = openKept({ folder: profile, name: 'shell', schema: shellSettingsSchema, open });
  const memory = openKept({ folder: profile, name: 'window', schema: windowMemorySchema, open });
  for (const problem of [settings.problem, memory.problem]) if (problem !== null) log.warn({}, problem);
  const state = createShellState(initialState(version, settings.get()));
  return { version, log, reports, settings, memory, state, onFault: faults.on };
}

/** What the window would like to remember; to fail in it stops nothing. */
export function rememberQuietly(memory: Kept<WindowMemory>, changes: Partial<WindowMemory>, log: Logger): void {
  try {
    memory.set(changes);
  } catch (error) {
    log.warn({ error }, 'The window could not write down what it remembers');
  }
}

function initialState(version: string, settings: ShellSettings): ShellState {
  const platform = process.platform === 'darwin' || process.platform === 'win32' ? process.platform : 'linux';
  return {
    ...{ platform, version, electron: process.versions.electron ?? '', drawsControls, maximized: false },
    settings,
    core: { kind: 'starting' },
    update: { kind: 'off', reason: 'This build looks for no newer version.' },
    command: null,
  };
}

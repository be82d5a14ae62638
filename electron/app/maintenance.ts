import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { app } from 'electron';
import { z } from 'zod';
import type { Logger } from '../lib/logger.ts';
import { appFolder } from '../lib/places.ts';
import { findInstalledCommand, installCommand, toCommand } from './command-line.ts';
import type { ShellStateStore } from './shell-state.ts';
import type { ShellHandlers } from './transport.ts';
import { createUpdates, type Updates } from './updates.ts';

export type MaintenanceOptions = { readonly state: ShellStateStore; readonly log: Logger };

/** Between two looks for a newer version, in milliseconds. */
const lookEvery = 6 * 60 * 60_000;
/** What a release writes into the package.json of the app; a checkout has none. */
const manifestSchema = z.object({ updateKey: z.string().optional() });

/** The app keeps itself current and puts its command on the PATH. */
export function createMaintenance({ state, log }: MaintenanceOptions): Pick<ShellHandlers, 'shell.update' | 'shell.installCommand'> {
  const updates = openUpdates({ state, log });
  const place = {
    // An AppImage is mounted anew at each start: its own file is what lasts.
    command: toCommand(process.env['APPIMAGE'] ?? process.execPath, app.isPackaged ? null : appFolder),
    home: app.getPath('home'),
    path: process.env['PATH'] ?? '',
  };
  state.set({ command: findInstalledCommand(place) });
  return {
    async 'shell.update'({ action }) {
      const known = await updates;
      if (action === 'check') await known.check();
      else if (action === 'download') await known.download();
      else known.install();
      return state.get();
    },
    async 'shell.installCommand'() {
      const path = await installCommand(place);
      state.set({ command: findInstalledCommand(place) });
      return { path };
    },
  };
}

async function openUpdates({ state, log }: MaintenanceOptions): Promise<Updates> {
  const { updateKey } = manifestSchema.parse(JSON.parse(readFileSync(join(appFolder, 'package.json'), 'utf8')));
  const isReleased = app.isPackaged && updateKey !== undefined;
  const updater = isReleased ? (await import('electron-updater')).autoUpdater : null;
  if (updater) updater.logger = log;
  const updates = createUpdates({
    updater,
    key: updateKey,
    channel: state.get().settings.updates,
    variant: process.platform === 'darwin' && process.arch === 'x64' ? '-x64' : '',
    onState: (update) => state.set({ update }),
  });
  let channel = state.get().settings.updates;
  state.onChange(({ settings }) => {
    if (settings.updates === channel) return;
    channel = settings.updates;
    updates.setChannel(channel);
  });
  if (updater) {
    void updates.check();
    setInterval(() => void updates.check(), lookEvery).unref();
  }
  return updates;
}

import { mkdir, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { app } from 'electron';
import { buildAutostartEntry } from './login-item-model.ts';

/**
 * Starts the app with the user's session, or no longer. A Mac keeps that itself; on Linux it is a file of the desktop's autostart folder.
 *
 * @throws the file system's error
 */
export async function setLoginItem(on: boolean): Promise<void> {
  if (process.platform !== 'linux') return app.setLoginItemSettings({ openAtLogin: on });
  const folder = join(process.env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'autostart');
  const path = join(folder, 'forgehold.desktop');
  if (!on) return rm(path, { force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(path, buildAutostartEntry(ownCommand()));
}

/** An AppImage is mounted anew at each start: what starts it is the file itself. From a checkout the app's folder goes along. */
function ownCommand(): readonly string[] {
  const image = process.env.APPIMAGE;
  if (image) return [image];
  return app.isPackaged ? [process.execPath] : [process.execPath, app.getAppPath()];
}

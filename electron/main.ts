import { app, dialog } from 'electron';
import { AppError } from '../shared/errors.ts';
import { takeOwn } from './app/arguments.ts';
import { readCommandLine, toCommand } from './app/command-line.ts';
import { runDesktop } from './app/desktop.ts';
import { appFolder } from './lib/places.ts';

// Electron's own switches are among the arguments; a run from a checkout has the app's folder before ours.
const own = takeOwn(process.argv, !app.isPackaged);
const words = readCommandLine(own);
// Not awaited: the app gets ready only when this module is loaded.
void (words ? answer(words) : runDesktop(own)).catch(async (error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  await app.whenReady();
  if (error instanceof AppError) dialog.showErrorBox('Forgehold cannot start', error.message);
  app.exit(1);
});

/** A command line in the app's own program: there is no window, and it ends with the command. */
async function answer(words: readonly string[]): Promise<void> {
  app.dock?.hide();
  const { runCommandLine } = await import('./cli.ts');
  const program = process.env['APPIMAGE'] ?? process.execPath;
  const folder = app.isPackaged ? null : appFolder;
  await runCommandLine(words, { server: [...toCommand(program, folder), 'serve'], window: [program, ...(folder === null ? [] : [folder])] });
  app.exit(Number(process.exitCode ?? 0));
}

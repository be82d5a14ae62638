import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { AppError } from '../../shared/errors.ts';

/** In every command that this app wrote, and in no other: such a file may be replaced. */
const mark = '# A command of the Forgehold app, written by it.';
/**
 * A command line draws nothing: no display is needed, no page is loaded (so there is nothing that Chromium's sandbox would hold),
 * and Chromium keeps its log to itself.
 */
const quiet: readonly string[] = process.platform === 'linux' ? ['--no-sandbox', '--ozone-platform=headless', '--disable-gpu', '--v=-3'] : [];

/** What follows `cli`, when that is the first of the app's own arguments that is no switch; null: this is the window's program. */
export function readCommandLine(own: readonly string[]): readonly string[] | null {
  const first = own.findIndex((argument) => !argument.startsWith('-'));
  return own[first] === 'cli' ? own.slice(first + 1) : null;
}

/** The program and arguments that run a command line of this app; `appFolder` in a run from a checkout. */
export function toCommand(program: string, appFolder: string | null): readonly [string, ...string[]] {
  return [program, ...quiet, ...(appFolder === null ? [] : [appFolder]), 'cli'];
}

export type CommandPlace = {
  /** What `toCommand` says. */
  readonly command: readonly string[];
  readonly home: string;
  /** As in the environment. */
  readonly path: string;
};

/** Where a `forgehold` that this app wrote lies on the PATH; null when there is none. */
export function findInstalledCommand({ path }: Pick<CommandPlace, 'path'>): string | null {
  const first = path
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, 'forgehold'))
    .find((file) => existsSync(file));
  return first !== undefined && isOurs(first) ? first : null;
}

/**
 * Writes `forgehold`, a script that starts the app's own program, into `~/.local/bin` or, where that is not on the PATH, into
 * `/usr/local/bin`. An AppImage is started as the file that it is, not from where it is mounted now.
 *
 * @throws AppError `shell/command-taken` when another `forgehold` is in its place; `shell/command-unwritable`
 */
export async function installCommand({ command, home, path }: CommandPlace): Promise<string> {
  const own = join(home, '.local/bin');
  const folder = path.split(delimiter).includes(own) ? own : '/usr/local/bin';
  const file = join(folder, 'forgehold');
  if (existsSync(file) && !isOurs(file)) {
    throw new AppError('shell/command-taken', `${file} is another program. Remove or rename it, then install the command again.`, { details: { path: file } });
  }
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(file, `#!/bin/sh\n${mark}\nexec ${command.map(quote).join(' ')} "$@"\n`, { mode: 0o755 });
    await chmod(file, 0o755);
  } catch (cause) {
    const hint = folder === own ? 'Check its permissions.' : `Put ${own} on your PATH, and install the command again.`;
    throw new AppError('shell/command-unwritable', `${file} cannot be written: ${(cause as Error).message}. ${hint}`, { details: { path: file }, cause });
  }
  return file;
}

function isOurs(file: string): boolean {
  try {
    return readFileSync(file, 'utf8').slice(0, 500).includes(mark);
  } catch {
    // What cannot be read was not written by us.
    return false;
  }
}

/** For sh, whatever is in it. */
function quote(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

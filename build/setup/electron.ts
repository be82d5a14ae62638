import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ensureTestElectron, findTestElectron } from './electron-for-tests.ts';
import { modulesFolder } from './paths.mjs';
import { SetupError, run, say, step } from './run.mjs';

export type ElectronRuntime = {
  /** Absolute path of the program. */
  readonly executable: string;
  /** Without a leading `v`. */
  readonly version: string;
  /** It is the version that package.json pins, so what works here works for users. */
  readonly isOfficial: boolean;
};

/** Tests may also run on the older Electron of `electron-for-tests.ts`; a user's desktop never does. */
type Purpose = { readonly forTests: boolean };

const packageFolder = path.join(modulesFolder, 'electron');
/** About 120 MB; a limit for hangs. */
const downloadLimitMs = 10 * 60_000;

/**
 * The Electron that is on this machine now: the one of `ELECTRON_OVERRIDE_DIST_PATH`, else the package's own binary, else, for tests,
 * the older one. Without any, `undefined`: specs of the desktop skip themselves by name.
 */
export function findElectron({ forTests }: Purpose): ElectronRuntime | undefined {
  const named = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  if (named) return describeRuntime(named);
  return findInstalled() ?? (forTests ? findTestElectron() : undefined);
}

/** The same, after fetching what can be had. Where nothing can, one line says why. */
export async function ensureElectron(purpose: Purpose): Promise<ElectronRuntime | undefined> {
  const found = findElectron(purpose);
  if (found) return found;
  try {
    await step(`Fetching Electron ${pinnedVersion()}`, download);
    return findElectron(purpose);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(`Electron ${pinnedVersion()} could not be fetched: ${reasonOf(error)}`);
  }
  return purpose.forTests ? ensureTestElectron() : undefined;
}

/** The package has no install script: its installer is a program of its own, which writes `dist/` and, last, `path.txt`. */
async function download(): Promise<void> {
  await run(process.execPath, [path.join(packageFolder, 'install.js')], { timeoutMs: downloadLimitMs });
}

/** Through `path.txt`: the package's module would download on `require`. */
function findInstalled(): ElectronRuntime | undefined {
  const pathFile = path.join(packageFolder, 'path.txt');
  if (!existsSync(pathFile)) return undefined;
  const executable = path.join(packageFolder, 'dist', readFileSync(pathFile, 'utf8').trim());
  const version = readVersion(path.join(packageFolder, 'dist'));
  // An installer that was interrupted, or an older version's leftovers, are no runtime: the installer makes them new.
  return version === pinnedVersion() && existsSync(executable) ? { executable, version, isOfficial: true } : undefined;
}

function describeRuntime(folder: string): ElectronRuntime {
  const executable = path.join(folder, process.platform === 'darwin' ? 'Electron.app/Contents/MacOS/Electron' : 'electron');
  if (!existsSync(executable)) throw new SetupError(`ELECTRON_OVERRIDE_DIST_PATH names ${folder}, and there is no ${executable}. Correct it or unset it.`);
  const version = readVersion(folder) ?? 'unknown';
  return { executable, version, isOfficial: version === pinnedVersion() };
}

/** Every distribution has it beside the program. */
function readVersion(folder: string): string | undefined {
  const file = path.join(folder, 'version');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().replace(/^v/, '') : undefined;
}

function pinnedVersion(): string {
  const { version } = JSON.parse(readFileSync(path.join(packageFolder, 'package.json'), 'utf8')) as { readonly version: string };
  return version;
}

/** The installer shows a stack; its first line is the reason. */
function reasonOf({ message }: SetupError): string {
  return message.split('\n').find((line) => /Error\b/.test(line)) ?? message.split('\n', 1)[0] ?? message;
}

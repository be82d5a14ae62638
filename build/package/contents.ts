import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { extractFile, listPackage } from '@electron/asar';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { fuses } from './fuses.ts';

/** What of the project's folder goes into the app, by path from its root; a folder with all that is in it. */
const shipped = [/^\/package\.json$/, /^\/LICENSE$/, /^\/dist\/(desktop|renderer)(\/|$)/, /^\/resources\//, /^\/node_modules\/@napi-rs\/keyring[^/]*(\/|$)/];
/** Folders on the way to those. */
const ways = /^\/(dist|resources|node_modules|node_modules\/@napi-rs)$/;
/** Maps are for developers: they are uploaded beside a release, not shipped in it. Of the icons only those that the app shows. */
const left = /\.map$|^\/dist\/[^/]+\.inputs$|^\/resources\/icons\/(icon\.ic(ns|o)|linux)|\/README\.md$/;

/** For Forge: whether a path of the project, with a leading `/`, stays out of the app. */
export function isLeftOut(file: string): boolean {
  if (file === '') return false;
  return left.test(file) || !(ways.test(file) || shipped.some((pattern) => pattern.test(file)));
}

export type PackagedApp = {
  /** `linux`, `darwin` or `win32`. */
  readonly platform: string;
  /** `x64` or `arm64`. */
  readonly arch: string;
  /** The folder that has the program; on macOS the one that has the `.app`. */
  readonly folder: string;
};

/**
 * Reads a packaged app as it lies there and says, one sentence each, what is wrong with it: a file of the checkout that is missing, one that
 * has no business there, a native part of another platform, a fuse that is not as decided. An empty list is a good package.
 */
export async function inspectPackage(app: PackagedApp, projectFolder: string): Promise<readonly string[]> {
  const archive = path.join(resourcesOf(app), 'app.asar');
  if (!existsSync(archive)) return [`There is no ${archive}.`];
  const files = listPackage(archive, { isPack: false }).map((file) => file.replaceAll('\\', '/'));
  const native = nativePart(app);
  const unpacked = globSync('**/*.node', { cwd: `${archive}.unpacked` }).map((file) => `/${file.replaceAll('\\', '/')}`);
  const wanted = [...filesOf(projectFolder, 'resources'), ...filesOf(projectFolder, 'dist/desktop'), ...filesOf(projectFolder, 'dist/renderer'), native];
  return [
    ...wanted.filter((file) => !files.includes(file)).map((file) => `The app lacks ${file}.`),
    ...files.filter((file) => isLeftOut(file)).map((file) => `The app has ${file}, which is not for shipping.`),
    ...(unpacked.includes(native) ? [] : [`${native} is not beside the archive, where the system can load it.`]),
    ...files.filter((file) => file.endsWith('.node') && file !== native).map((file) => `The app has ${file}, made for another platform.`),
    ...inspectMain(archive),
    ...(await inspectFuses(app)),
  ];
}

/** Files of a folder of the checkout that must be in the app. */
function filesOf(projectFolder: string, folder: string): readonly string[] {
  return globSync('**/*', { cwd: path.join(projectFolder, folder), withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `/${path.relative(projectFolder, path.join(entry.parentPath, entry.name)).replaceAll('\\', '/')}`)
    .filter((file) => !isLeftOut(file));
}

/** The keychain's part for this platform, of the package that npm chose for it. */
function nativePart({ platform, arch }: PackagedApp): string {
  const kind = platform === 'linux' ? '-gnu' : platform === 'win32' ? '-msvc' : '';
  const name = `keyring-${platform}-${arch}${kind}`;
  return `/node_modules/@napi-rs/${name}/keyring.${platform}-${arch}${kind}.node`;
}

/** The manifest names a main file that is in the archive. */
function inspectMain(archive: string): readonly string[] {
  const { main } = JSON.parse(extractFile(archive, 'package.json').toString('utf8')) as { readonly main?: string };
  return main !== undefined && listPackage(archive, { isPack: false }).includes(`/${main}`)
    ? []
    : [`package.json names ${main} as the main file, and it is not there.`];
}

/** The wire holds ASCII digits (https://github.com/electron/fuses). A switch that this Electron does not have yet says nothing. */
async function inspectFuses(app: PackagedApp): Promise<readonly string[]> {
  const wire = await getCurrentFuseWire(programOf(app));
  return Object.values(FuseV1Options)
    .filter((fuse) => typeof fuse === 'number')
    .filter((fuse) => wire[fuse] !== undefined && String.fromCharCode(wire[fuse]) !== (fuses[fuse] ? '1' : '0'))
    .map((fuse) => `The fuse ${FuseV1Options[fuse]} is not ${fuses[fuse] ? 'on' : 'off'}.`);
}

export function resourcesOf({ platform, folder }: PackagedApp): string {
  return path.join(folder, platform === 'darwin' ? 'Forgehold.app/Contents/Resources' : 'resources');
}

export function programOf({ platform, folder }: PackagedApp): string {
  if (platform === 'darwin') return path.join(folder, 'Forgehold.app/Contents/MacOS/forgehold');
  return path.join(folder, platform === 'win32' ? 'forgehold.exe' : 'forgehold');
}

/** Which Electron it is. */
export function readElectronVersion({ platform, folder }: PackagedApp): string {
  return platform === 'darwin' ? '' : readFileSync(path.join(folder, 'version'), 'utf8').trim().replace(/^v/, '');
}

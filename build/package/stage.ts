import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { getCurrentFuseWire } from '@electron/fuses';
import { modulesFolder, projectFolder } from '../setup/paths.mjs';
import { run } from '../setup/run.mjs';
import type { PackagedApp } from './contents.ts';

export type PackageOptions = {
  /** Where the packaged app comes, in a folder by platform. */
  readonly out: string;
  /** Another Electron than the pinned one, as its distribution's folder; for tests where the pinned one cannot be had. */
  readonly electron?: { readonly folder: string; readonly version: string };
  readonly environment?: NodeJS.ProcessEnv;
};

/**
 * Packages the checkout with Forge, for the platform that this runs on. Forge reads its folder and its Electron from a package.json, so it is
 * given a folder of links with one that names them.
 */
export async function packageApp({ out, electron, environment = process.env }: PackageOptions): Promise<PackagedApp> {
  const stage = path.join(out, 'stage');
  rmSync(stage, { recursive: true, force: true });
  mkdirSync(stage, { recursive: true });
  for (const name of ['dist', 'resources', 'node_modules', 'LICENSE']) symlinkSync(path.join(projectFolder, name), path.join(stage, name));
  const manifest = JSON.parse(readFileSync(path.join(projectFolder, 'package.json'), 'utf8')) as Record<string, unknown>;
  const version = electron?.version ?? readPinned();
  writeFileSync(
    path.join(stage, 'package.json'),
    JSON.stringify({ ...manifest, dependencies: {}, optionalDependencies: {}, devDependencies: { electron: version } }),
  );
  writeFileSync(
    path.join(stage, 'forge.config.mjs'),
    `export { default } from ${JSON.stringify(pathToFileURL(path.join(projectFolder, 'forge.config.ts')).href)};\n`,
  );
  const older = electron && {
    ELECTRON_ZIP_DIR: await zipElectron(electron.folder, electron.version, out),
    ELECTRON_FUSE_COUNT: String(await countFuses(electron.folder)),
  };
  const forge = path.join(modulesFolder, '@electron-forge/cli/dist/electron-forge.js');
  await run(process.execPath, [forge, 'package', stage], { cwd: projectFolder, env: { ...environment, ...older } });
  const { platform, arch } = process;
  return { platform, arch, folder: path.join(stage, 'out', `Forgehold-${platform}-${arch}`) };
}

/** Stored, not compressed: it is unpacked at once. */
async function zipElectron(folder: string, version: string, out: string): Promise<string> {
  const zip = path.join(out, 'zips', `electron-v${version}-${process.platform}-${process.arch}.zip`);
  mkdirSync(path.dirname(zip), { recursive: true });
  await run('zip', ['-q', '-r', '-0', '-y', zip, '.'], { cwd: folder });
  return path.dirname(zip);
}

/** How many switches its binary has. */
async function countFuses(folder: string): Promise<number> {
  const { version: _, ...wire } = await getCurrentFuseWire(path.join(folder, 'electron'));
  return Object.keys(wire).length;
}

function readPinned(): string {
  return (JSON.parse(readFileSync(path.join(modulesFolder, 'electron/package.json'), 'utf8')) as { readonly version: string }).version;
}

import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Configuration } from 'electron-builder';
import { z } from 'zod';
import { modulesFolder, projectFolder } from '../setup/paths.mjs';
import { type PackagedApp, readElectronVersion } from './contents.ts';
import { identity, writeManifest } from './manifest.ts';

export type WrapOptions = {
  readonly app: PackagedApp;
  /** Where the files come that users get. */
  readonly out: string;
  /** Of electron-builder: `AppImage`, `deb`, `dmg`. */
  readonly targets: readonly string[];
  /** For a runtime of AppImages that reads nothing newer; absent: electron-builder's own choice. */
  readonly compression?: 'gzip';
  /** `owner/name` on GitHub, when the files are a release: then `latest*.yml` comes with them. */
  readonly repository?: string;
};

const own = path.join(projectFolder, 'build/package');
const metainfo = `usr/share/metainfo/${identity.appId}.metainfo.xml`;

/** The configuration of electron-builder. It only wraps: Forge has packaged, signed and set the fuses. */
export function configureWrapping({ out, compression, repository, app }: Omit<WrapOptions, 'targets'>, scripts: string): Configuration {
  const [owner = '', repo = ''] = repository?.split('/') ?? [];
  return {
    appId: identity.appId,
    productName: identity.productName,
    copyright: 'Copyright © 2026 the Forgehold contributors',
    electronVersion: readElectronVersion(app) || null,
    directories: { output: out, buildResources: own },
    publish: repository === undefined ? null : { provider: 'github', owner, repo },
    protocols: [{ name: identity.productName, schemes: [identity.scheme] }],
    // The runtime that needs no FUSE library of the host.
    toolsets: { appimage: '1.0.3' },
    mac: { category: 'public.app-category.developer-tools', identity: null },
    dmg: { sign: false, icon: path.join(projectFolder, 'resources/icons/icon.icns') },
    linux: {
      executableName: identity.executable,
      syncDesktopName: true,
      icon: path.join(projectFolder, 'resources/icons/linux'),
      category: 'Development',
      maintainer: identity.maintainer,
      synopsis: 'Coding agents at work behind a wall',
      mimeTypes: ['inode/directory'],
      desktop: { entry: { Keywords: 'agent;container;sandbox;terminal;', StartupNotify: 'true' } },
    },
    appImage: { ...(compression && { compression }) },
    deb: {
      packageCategory: 'devel',
      recommends: ['git', 'libsecret-1-0', 'xdg-utils'],
      afterInstall: path.join(scripts, 'after-install.sh'),
      afterRemove: path.join(scripts, 'after-remove.sh'),
      fpm: [`${path.join(own, path.basename(metainfo))}=/${metainfo}`],
    },
  };
}

/**
 * Wraps a packaged app in the files that users get, and answers their paths. electron-builder writes into the folder that it is given, so each
 * target gets a copy, and reads a package.json beside it.
 */
export async function wrapApp(options: WrapOptions): Promise<readonly string[]> {
  const { app, out, targets } = options;
  const work = path.join(out, 'wrap');
  rmSync(work, { recursive: true, force: true });
  for (const name of existsSync(out) ? readdirSync(out) : []) if (isForUsers(name)) rmSync(path.join(out, name));
  mkdirSync(work, { recursive: true });
  writeManifest(projectFolder, work, undefined);
  writeScripts(work);
  const { build, Platform, archFromString } = await import('electron-builder');
  const platform = { darwin: Platform.MAC, linux: Platform.LINUX, win32: Platform.WINDOWS }[app.platform] ?? Platform.LINUX;
  const made: string[] = [];
  for (const target of targets) {
    const prepackaged = path.join(work, target, path.basename(app.folder));
    cpSync(app.folder, prepackaged, { recursive: true, verbatimSymlinks: true });
    if (target === 'AppImage') cpSync(path.join(own, path.basename(metainfo)), path.join(prepackaged, metainfo));
    const output = path.join(work, `made-${target}`);
    const config = configureWrapping({ ...options, out: output }, work);
    await build({ projectDir: work, prepackaged, targets: platform.createTarget(target, archFromString(app.arch)), publish: 'never', config });
    for (const name of readdirSync(output)) if (isForUsers(name)) made.push(await take(path.join(output, name), path.join(out, name)));
  }
  rmSync(work, { recursive: true, force: true });
  return [...new Set(made)];
}

function isForUsers(name: string): boolean {
  return /\.(AppImage|deb|dmg|zip|exe|blockmap)$/.test(name) || /^(latest|beta)[a-z0-9-]*\.yml$/.test(name);
}

/** Moves a file to its place. Lists of updates are one for all targets: what is there already stays in it, and stays first. */
async function take(from: string, to: string): Promise<string> {
  if (to.endsWith('.yml') && existsSync(to)) {
    const { load, dump } = await import('js-yaml');
    const [first, other] = [to, from].map((file) => listSchema.parse(load(readFileSync(file, 'utf8'))));
    if (first!.version === other!.version) writeFileSync(from, dump({ ...first, files: [...first!.files, ...other!.files] }, { lineWidth: -1 }));
  }
  renameSync(from, to);
  return to;
}

const listSchema = z.looseObject({ version: z.string(), files: z.array(z.looseObject({ url: z.string() })) });

/**
 * electron-builder's own scripts of a package, with one difference: `forgehold` on the PATH is the command line, not the window's program.
 *
 * @throws when its scripts no longer say what is replaced here.
 */
function writeScripts(folder: string): void {
  for (const [name, times] of [
    ['after-install', 3],
    ['after-remove', 1],
  ] as const) {
    const template = readFileSync(path.join(modulesFolder, `app-builder-lib/templates/linux/${name}.tpl`), 'utf8');
    const parts = template.split("'/opt/${sanitizedProductName}/${executable}'");
    if (parts.length !== times + 1)
      throw new Error(`${name}.tpl of electron-builder names its program ${parts.length - 1} times instead of ${times}: look at build/package/wrap.ts.`);
    writeFileSync(path.join(folder, `${name}.sh`), parts.join("'/opt/${sanitizedProductName}/resources/bin/${executable}'"));
  }
}

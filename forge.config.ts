import path from 'node:path';
import { FusesPlugin } from '@electron-forge/plugin-fuses';
import type { ForgeConfig } from '@electron-forge/shared-types';
import { inspectPackage, isLeftOut, type PackagedApp } from './build/package/contents.ts';
import { takeFuses } from './build/package/fuses.ts';
import { identity, writeManifest } from './build/package/manifest.ts';
import { readSigning } from './build/package/signing.ts';
import { readUpdates } from './build/package/updates.ts';
import { ensureDesktop } from './build/setup/desktop.ts';
import { projectFolder } from './build/setup/paths.mjs';

const updates = readUpdates(process.env);

/**
 * From a checkout to the app's folder: bundles, archive, fuses, signature. What wraps it (dmg, AppImage, deb) is build/package/wrap.ts. Our own Vite
 * configurations build the bundles, since tests and `npm start` run the same ones; Forge's Vite plugin would build them a second way.
 */
const config: ForgeConfig = {
  outDir: 'out',
  packagerConfig: {
    name: identity.productName,
    executableName: identity.executable,
    appBundleId: identity.appId,
    appCategoryType: 'public.app-category.developer-tools',
    icon: path.join(projectFolder, 'resources/icons/icon'),
    protocols: [{ name: identity.productName, schemes: [identity.scheme] }],
    extendInfo: {
      CFBundleDocumentTypes: [{ CFBundleTypeName: 'Folder', CFBundleTypeRole: 'Viewer', LSHandlerRank: 'Alternate', LSItemContentTypes: ['public.folder'] }],
    },
    darwinDarkModeSupport: true,
    // The archive's hash goes into Info.plist. What the system must load itself lies beside it.
    asar: { unpack: '**/*.node' },
    ignore: isLeftOut,
    prune: false,
    extraResource: [path.join(projectFolder, 'build/package/bin'), ...(updates ? [updates.file] : [])],
    // A folder with Electron's zip, where it cannot be fetched.
    ...(process.env.ELECTRON_ZIP_DIR && { electronZipDir: process.env.ELECTRON_ZIP_DIR }),
    ...readSigning(process.env),
  },
  // Its one native part comes built.
  rebuildConfig: { onlyModules: [] },
  plugins: [new FusesPlugin(takeFuses(Number(process.env.ELECTRON_FUSE_COUNT ?? Infinity)))],
  hooks: {
    prePackage: ensureDesktop,
    async packageAfterCopy(_config, appFolder) {
      writeManifest(projectFolder, appFolder, updates?.key);
    },
    async postPackage(_config, { platform, arch, outputPaths }) {
      const apps: readonly PackagedApp[] = outputPaths.map((folder) => ({ platform, arch, folder }));
      const faults = (await Promise.all(apps.map((app) => inspectPackage(app, projectFolder)))).flat();
      if (faults.length > 0) throw new Error(`The package is not as it should be:\n${faults.join('\n')}`);
    },
  },
};

export default config;

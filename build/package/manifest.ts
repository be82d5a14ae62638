import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const projectSchema = z.object({ name: z.string(), version: z.string(), description: z.string(), license: z.string(), main: z.string() });

export const identity = {
  productName: 'Forgehold',
  executable: 'forgehold',
  appId: 'dev.forgehold.app',
  scheme: 'forgehold',
  homepage: 'https://forgehold.dev',
  maintainer: 'Forgehold contributors <packages@forgehold.dev>',
} as const;

/**
 * Writes the package.json of the packaged app: what Electron and the app read, and nothing of the checkout's tools. `updateKey`: the public
 * key, in base64 of its DER, that updates must be signed for; without one the app looks for none.
 */
export function writeManifest(projectFolder: string, appFolder: string, updateKey: string | undefined): void {
  const { name, version, description, license, main } = projectSchema.parse(JSON.parse(readFileSync(path.join(projectFolder, 'package.json'), 'utf8')));
  const manifest = {
    ...{ name, productName: identity.productName, version, description, license, homepage: identity.homepage, author: identity.maintainer },
    ...{ private: true, type: 'module', main, desktopName: `${identity.appId}.desktop` },
    ...(updateKey !== undefined && { updateKey }),
  };
  writeFileSync(path.join(appFolder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

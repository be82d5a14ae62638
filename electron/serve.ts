import { join } from 'node:path';
import { composeCore } from './compose.ts';
import { runServerShell } from './ipc/server-shell.ts';
import { appFolder, readAppVersion } from './lib/places.ts';

/** The server shell around the whole core; `argv` as after `forgehold serve`. */
export async function serve(argv: readonly string[]): Promise<void> {
  await runServerShell({ argv, version: readAppVersion(), webRoot: join(appFolder, 'dist/renderer'), environment: process.env, compose: composeCore });
}

if (import.meta.main) await serve(process.argv.slice(2));

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { composeCore } from './compose.ts';
import { runServerShell } from './ipc/server-shell.ts';

/** The server shell around the whole core; `argv` as after `forgehold serve`. */
export async function serve(argv: readonly string[]): Promise<void> {
  const projectFolder = join(import.meta.dirname, '..');
  const { version } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8')) as { version: string };
  await runServerShell({ argv, version, webRoot: join(projectFolder, 'dist/renderer'), environment: process.env, compose: composeCore });
}

if (import.meta.main) await serve(process.argv.slice(2));

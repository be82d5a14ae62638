import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { composeCore } from './compose.ts';
import { runServerShell } from './ipc/server-shell.ts';

const projectFolder = join(import.meta.dirname, '..');
const { version } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8')) as { version: string };

await runServerShell({
  argv: process.argv.slice(2),
  version,
  webRoot: join(projectFolder, 'dist/renderer'),
  environment: process.env,
  compose: composeCore,
});

#!/usr/bin/env node
// What `npm start`, `npm test`, `npm run forgehold`, `npm run check` and `npm run bench` run. Needs Node 20 and npm, nothing else: it installs the
// dependencies when they are missing or stale, and goes on under the project's own Node 24. Everything it says goes to stderr.
import path from 'node:path';
import { ensureDependencies } from './setup/dependencies.mjs';
import { findNode } from './setup/node.mjs';
import { modulesFolder, projectFolder } from './setup/paths.mjs';
import { become, SetupError, say } from './setup/run.mjs';

const [command = '', ...args] = process.argv.slice(2);
const asksForHelp = args.some((word) => word === '--help' || word === '-h');
/** Of the CLI's words only `serve` needs a set-up machine; every other talks to a running app, and must start fast. */
const cli = args[0] === 'serve' && !asksForHelp ? ['build/commands/serve.ts', ...args.slice(1)] : ['electron/cli.ts', ...args];
const entries = {
  start: asksForHelp ? ['electron/cli.ts', 'serve', '--help'] : ['build/commands/start.ts', ...args],
  cli,
  build: ['build/commands/build.ts', ...args],
  package: ['build/commands/package.ts', ...args],
  'compare-builds': ['build/commands/compare-builds.ts', ...args],
  'sign-updates': ['build/commands/sign-updates.ts', ...args],
  'draw-icons': ['build/commands/draw-icons.ts', ...args],
  check: ['build/commands/check.ts', ...args],
  test: ['build/commands/test.ts', ...args],
  bench: ['build/commands/bench.ts', ...args],
};

try {
  const entry = Object.hasOwn(entries, command) ? entries[/** @type {keyof typeof entries} */ (command)] : undefined;
  if (!entry) throw new SetupError(`Usage: node build/bootstrap.mjs ${Object.keys(entries).join('|')} [arguments]`);
  await ensureDependencies();
  const [file = '', ...rest] = entry;
  // Compiled code is kept: a third off the start of every command.
  const env = { NODE_COMPILE_CACHE: path.join(modulesFolder, '.cache/node'), ...process.env };
  // node:sqlite announces itself as experimental on every start.
  become(await findNode(), ['--disable-warning=ExperimentalWarning', path.join(projectFolder, file), ...rest], env);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  say(error.message);
  process.exitCode = 1;
}

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { isPath } from './cli/names.ts';
import { printError } from './cli/output.ts';
import { createProgram, isCommand } from './cli/program.ts';
import { type World, enterWorld } from './cli/world.ts';

// Modules are loaded where they are used: a script that makes a hundred calls waits for each start.

/** Runs one command line, `words` as after `forgehold`; its status is left in `process.exitCode`. */
export async function runCommandLine(words: readonly string[], { server, window }: Pick<World, 'server' | 'window'>): Promise<void> {
  enterWorld({
    attach: async (dataFolder) => (await import('./ipc/attach.ts')).attachToCore(dataFolder),
    serve: async (argv) => (await import('./serve.ts')).serve(argv),
    server,
    window,
  });
  // Whoever read the output has gone (`| head`): nothing is left to do.
  process.stdout.on('error', () => process.exit());
  const given = words[0] !== undefined && isFolder(words[0]) ? ['open', ...words] : words;
  try {
    const program = await createProgram(given[0]);
    if (given.length === 0) program.outputHelp();
    else await program.parseAsync(given, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    else printError(error, given.includes('--json'));
  }
}

/** `forgehold .` and `forgehold ~/code` are `forgehold open …`; a folder that is named like a command is not. */
function isFolder(word: string): boolean {
  if (isCommand(word) || word.startsWith('-')) return false;
  return isPath(word) || (statSync(word, { throwIfNoEntry: false })?.isDirectory() ?? false);
}

if (import.meta.main)
  await runCommandLine(process.argv.slice(2), {
    server: [process.execPath, '--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'serve.ts')],
    window: [process.execPath, join(import.meta.dirname, '../build/bootstrap.mjs'), 'start'],
  });

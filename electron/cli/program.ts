import { Command } from 'commander';
import { readAppVersion } from '../lib/places.ts';
import { declareCompletion } from './commands/completion.ts';
import { declareOpen, declareRaw, declareServe, declareSmall, declareWindow } from './commands/core.ts';

type Group = { readonly description: string; readonly declare: () => Promise<(group: Command) => void> };

/** Groups of commands; each is loaded when one of its commands is asked for. */
const groups: Readonly<Record<string, Group>> = {
  project: { description: 'Folders and repositories.', declare: async () => (await import('./commands/project.ts')).declareCommands },
  workspace: { description: 'Workspaces: made, started, changed, removed.', declare: async () => (await import('./commands/workspace.ts')).declareCommands },
  terminal: { description: 'Terminals: opened, joined, typed into, read.', declare: async () => (await import('./commands/terminal.ts')).declareCommands },
  domain: { description: 'What may leave a workspace, and what was refused.', declare: async () => (await import('./commands/domain.ts')).declareCommands },
  agent: { description: 'Agent types, their keys and files.', declare: async () => (await import('./commands/agent.ts')).declareCommands },
  engine: { description: 'Container engines.', declare: async () => (await import('./commands/engine.ts')).declareCommands },
  settings: { description: 'Settings of this installation.', declare: async () => (await import('./commands/settings.ts')).declareCommands },
  disk: { description: 'What takes room, and what can go.', declare: async () => (await import('./commands/care.ts')).declareDisk },
};
/** Commands of their own that load more than the rest. */
const heavy = new Set(['doctor', 'selftest']);

/** The whole command line, or of it what `first`, the first word, needs: a script that makes a hundred calls waits for each start. */
export async function createProgram(first?: string): Promise<Command> {
  const all = first === undefined || !(first in groups || heavy.has(first) || ownCommands.has(first));
  const program = new Command('forgehold')
    .description(
      'Coding agents at work behind a wall. "forgehold ." works on the present folder; "serve" runs the app for a browser; the other commands talk to the running one.',
    )
    .version(readAppVersion())
    .showSuggestionAfterError(true)
    .enablePositionalOptions()
    .exitOverride();
  declareOpen(program);
  declareWindow(program);
  declareServe(program);
  declareSmall(program);
  for (const [name, { description, declare }] of Object.entries(groups)) {
    const group = program.command(name).description(description);
    if (all || first === name) (await declare())(group);
  }
  if (all || heavy.has(first ?? '')) {
    const { declareDoctor, declareSelfTest } = await import('./commands/care.ts');
    declareDoctor(program);
    declareSelfTest(program);
  }
  declareRaw(program);
  declareCompletion(program);
  return program;
}

const ownCommands = new Set(['open', 'window', 'serve', 'url', 'status', 'quit', 'attach', 'call', 'watch', 'completion', '__complete']);

/** Whether the first word names a command; `forgehold .` and its kin do not. */
export function isCommand(word: string): boolean {
  return word in groups || heavy.has(word) || ownCommands.has(word) || word === 'help';
}

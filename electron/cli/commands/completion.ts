import type { Command } from 'commander';
import { type Common, declare, dataFolderOf, dataOption } from '../leaf.ts';
import { UsageError } from '../output.ts';

export function declareCompletion(program: Command): void {
  const command = declare(program, 'completion <shell>', 'Print the completion script of bash, zsh or fish; names come live from the running core.', [
    'completion bash > ~/.local/share/bash-completion/completions/forgehold',
    'completion zsh > ~/.zfunc/_forgehold',
    'completion fish > ~/.config/fish/completions/forgehold.fish',
  ]);
  command.action(async () => {
    const { scripts } = await import('../completion-scripts.ts');
    const shell = command.args[0] ?? '';
    if (!Object.hasOwn(scripts, shell)) throw new UsageError('There is completion for bash, zsh and fish.');
    process.stdout.write(scripts[shell as keyof typeof scripts]);
  });
  // What those scripts ask: the words so far, the last one unfinished.
  const hidden = program.command('__complete [words...]', { hidden: true }).addOption(dataOption()).passThroughOptions().allowUnknownOption();
  hidden.action(async () => {
    const { complete } = await import('../completion.ts');
    const found = await complete(hidden.args, dataFolderOf(hidden.opts<Common>()));
    process.stdout.write(found.map(({ value, about }) => `${value}\t${about}\n`).join(''));
  });
}

import type { Command } from 'commander';
import { exitCodes } from './exit-codes.ts';
import { getExamples } from './leaf.ts';

const head = `# The command line

Everything the app can do, from a terminal and from scripts. This page is made from the program itself; a test keeps it so.

- \`forgehold .\` is the main job in one command: the present folder becomes a project, gets a workspace, and its agent runs in this terminal. It starts Forgehold in the background where it does not run; every other command says how to start it and ends with status 3. \`forgehold window .\` shows the folder's project in the desktop window instead.
- **Names.** A project, a workspace, a terminal or an agent is named by its id, its name, or a unique beginning of either; a workspace also as \`project/name\`, a project by its path. Left out, it is that of the present folder. What fits several is refused with the candidates.
- **Scripts.** \`--json\` prints one JSON document on standard output: what the call of the contract answers (\`forgehold call --list\` has the schemas), which stays stable within a contract version. Errors are \`{"error":{"code","message","details"}}\`. Without it, tables are cut to the terminal, and whole in a pipe; colours are on a terminal only, and never with \`NO_COLOR\`.
- **Progress** of a creation is on standard error. Ctrl-C cancels it, and leaves nothing.
- **Secrets** are read from standard input, from the environment, or typed without an echo; never from the command line, which every process of the machine may read.
- Names that agents and repositories choose are shown with control characters written out (\`\\u{1b}\`).
- \`forgehold completion bash\` (zsh, fish) prints a completion script.
`;

/** docs/cli.md, from the program: what is not declared is not documented, and the other way round. */
export function describeProgram(program: Command): string {
  const codes = Object.entries(exitCodes).map(([code, meaning]) => `| ${code} | ${meaning} |`);
  const commands = leavesOf(program).map(describe);
  return `${head}\n## Exit status\n\n| status | meaning |\n| --- | --- |\n${codes.join('\n')}\n\n## Commands\n\n${commands.join('\n')}`;
}

function leavesOf(command: Command): readonly Command[] {
  const visible = command.commands.filter((one) => !one.name().startsWith('__'));
  return visible.flatMap((one) => (one.commands.length > 0 ? leavesOf(one) : [one]));
}

function describe(command: Command): string {
  const usage = `forgehold ${pathOf(command)} ${command.usage()}`;
  const options = command.options.filter(({ long }) => long !== '--data').map(({ flags, description }) => `- \`${flags}\`: ${description}`);
  const examples = getExamples(command).map((line) => `forgehold ${line}`);
  return [
    `### ${pathOf(command)}\n`,
    `\`${usage}\`\n`,
    `${command.description()}\n`,
    ...(options.length > 0 ? [`${options.join('\n')}\n`] : []),
    ...(examples.length > 0 ? [`\`\`\`sh\n${examples.join('\n')}\n\`\`\`\n`] : []),
  ].join('\n');
}

function pathOf(command: Command): string {
  const parent = command.parent;
  return parent?.parent ? `${pathOf(parent)} ${command.name()}` : command.name();
}

import { quote, quoteFormat } from './quote.ts';
import type { OpenRequest } from './types.ts';

/**
 * How tmux is asked to start a program: arguments, never a shell line. `env` drops what tmux puts in by itself: with TMUX set,
 * programs wrap their sequences for tmux, and those would arrive here as they are.
 */
export function startArguments(launch: OpenRequest['launch']): string {
  const environment = { COLORTERM: 'truecolor', CLAUDE_CODE_TMUX_TRUECOLOR: '1', ...launch.env };
  const variables = Object.entries(environment).map(([name, value]) => `-e ${quote(`${name}=${value}`)}`);
  const argv = ['env', '-u', 'TMUX', '-u', 'TMUX_PANE', '-u', 'TERM_PROGRAM', '-u', 'TERM_PROGRAM_VERSION', '--', ...launch.argv];
  return [`-c ${quoteFormat(launch.workingDir)}`, ...variables, '--', ...argv.map(quote)].join(' ');
}

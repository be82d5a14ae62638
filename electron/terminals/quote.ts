import { AppError } from '../../shared/errors.ts';

/** One argument for tmux's command parser, on one line: nothing in it is expanded, whatever it holds. Throws `terminal/bad-argument` on NUL. */
export function quote(argument: string): string {
  if (argument.includes('\0')) throw new AppError('terminal/bad-argument', 'An argument of a program holds no NUL character.');
  // eslint-disable-next-line no-control-regex
  if (!/[\u0001-\u001f\u007f']/.test(argument)) return `'${argument}'`;
  const escaped = argument.replace(/[\u0001-\u001f\u007f"\\$]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`);
  return `"${escaped}"`;
}

/** For the arguments that tmux expands as a format (a start folder): `#` stays itself. */
export function quoteFormat(argument: string): string {
  return quote(argument.replaceAll('#', '##'));
}

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/**
 * Commands that type raw bytes into a pane. `send-keys -H` writes each byte as it is, whatever keyboard mode the program asked for.
 * 1,024 bytes a command: tmux parses an argument a byte, and lets output of other panes through between commands.
 */
export function keyCommands(pane: number, bytes: Uint8Array): string[] {
  const commands: string[] = [];
  for (let at = 0; at < bytes.length; at += 1024) {
    let command = `send-keys -t %${pane} -H`;
    for (const byte of bytes.subarray(at, at + 1024)) command += ` ${hex[byte]!}`;
    commands.push(command);
  }
  return commands;
}

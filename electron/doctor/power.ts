import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { AppError } from '../../shared/errors.ts';

const run = promisify(execFile);
const timeoutMs = 60_000;

/** Whether this process may do what needs the administrator. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** Runs a command that needs root. Forgehold never asks for a password: without root the person is told what to run. */
export async function runAsRoot(argv: readonly [string, ...string[]]): Promise<void> {
  const command = argv.join(' ');
  if (!isRoot())
    throw new AppError('doctor/needs-root', `That needs root. Run this in a terminal: sudo ${command}`, { details: { command: `sudo ${command}` } });
  const [program, ...rest] = argv;
  try {
    await run(program, rest, { timeout: timeoutMs });
  } catch (cause) {
    const said = (cause as { stderr?: string }).stderr?.trim() || (cause as Error).message;
    throw new AppError('doctor/fix-failed', `"${command}" did not work: ${said}`, { details: { command }, cause });
  }
}

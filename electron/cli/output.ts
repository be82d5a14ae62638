import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { AppError, toWireError } from '../../shared/errors.ts';
import { exitCodeOf } from './exit-codes.ts';
import { toSafeJson, visible, visibleLines } from './safe-text.ts';

/** A mistake in the command line itself: exit status 2. */
export class UsageError extends AppError {
  constructor(message: string, cause?: unknown) {
    super('cli/usage', message, cause === undefined ? {} : { cause });
  }
}

export function printJson(value: unknown): void {
  process.stdout.write(`${toSafeJson(value)}\n`);
}

/** For scripts one JSON document on stdout, for people a sentence on stderr; a mistake in the command line is a sentence in any case. */
export function printError(error: unknown, asJson: boolean): void {
  const wire = toWireError(error);
  process.exitCode = exitCodeOf(wire.code);
  if (asJson && wire.code !== 'cli/usage') printJson({ error: wire });
  else process.stderr.write(`${wire.message.split('\n').map(visible).join('\n')}\n`);
  // A bug on this side has no log to be in.
  if (wire.code === 'app/bug') process.stderr.write(visibleLines(`${error instanceof Error ? error.stack : String(error)}\n`));
}

/** The JSON argument of a call: text, `-` for standard input, or nothing. */
export async function readInput(argument: string | undefined): Promise<unknown> {
  const source = argument === '-' ? await text(process.stdin) : (argument ?? '{}');
  return parseJson(source, 'The input');
}

/** A file's text; `-` is standard input. */
export async function readSource(path: string): Promise<string> {
  if (path === '-') return text(process.stdin);
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${(error as Error).message}.`, error);
  }
}

export function parseJson(source: string, what: string): unknown {
  try {
    return JSON.parse(source);
  } catch (error) {
    throw new UsageError(`${what} is no JSON: ${(error as Error).message}.`, error);
  }
}

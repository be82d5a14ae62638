import { text } from 'node:stream/consumers';
import { toWireError } from '../../shared/errors.ts';

/** A mistake in the command line itself: a sentence on stderr, exit status 2. */
export class UsageError extends Error {}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/** Errors are answers too: one JSON document on stdout, exit status 1. */
export function printError(error: unknown): void {
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
    return;
  }
  const wire = toWireError(error);
  printJson({ error: wire });
  process.exitCode = 1;
  // A bug on this side has no log to be in.
  if (wire.code === 'app/bug') process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
}

/** The JSON argument of a call: text, `-` for standard input, or nothing. */
export async function readInput(argument: string | undefined): Promise<unknown> {
  const source = argument === '-' ? await text(process.stdin) : (argument ?? '{}');
  try {
    return JSON.parse(source);
  } catch (error) {
    throw new UsageError(`The input is no JSON: ${(error as Error).message}.`, { cause: error });
  }
}

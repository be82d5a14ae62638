import { createInterface } from 'node:readline/promises';
import { text } from 'node:stream/consumers';
import { AppError } from '../../shared/errors.ts';

/** Asks a person; without a terminal the answer is no: `hint` says what to give instead. @throws AppError `cli/needs-confirmation`, `cli/interrupted` */
export async function confirm(question: string, hint: string): Promise<void> {
  if (!process.stdin.isTTY) throw new AppError('cli/needs-confirmation', `${question} Nothing was done: give ${hint} to say yes.`);
  const answer = await ask(`${question} [y/N] `);
  if (!/^y(?:es)?$/i.test(answer.trim())) throw new AppError('cli/needs-confirmation', 'Nothing was done.');
}

async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const interrupted = new AbortController();
  lines.on('SIGINT', () => interrupted.abort());
  try {
    return await lines.question(question, { signal: interrupted.signal });
  } catch (cause) {
    throw new AppError('cli/interrupted', 'Interrupted. Nothing was done.', { cause });
  } finally {
    lines.close();
  }
}

/** A secret from standard input, or typed without an echo: never from the command line, which every process of the machine may read. */
export async function readSecret(prompt: string): Promise<string> {
  if (!process.stdin.isTTY) return (await text(process.stdin)).trim();
  process.stderr.write(prompt);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let typed = '';
  function take(chunk: Buffer): void {
    for (const character of chunk.toString()) {
      if (character === '\u0003' || character === '\u0004') return reject(new AppError('cli/interrupted', 'Interrupted. Nothing was done.'));
      if (character === '\r' || character === '\n') return resolve(typed);
      typed = character === '\u007f' ? typed.slice(0, -1) : typed + character;
    }
  }
  process.stdin.setRawMode(true);
  process.stdin.on('data', take);
  try {
    return (await promise).trim();
  } finally {
    process.stdin.off('data', take);
    process.stdin.setRawMode(false);
    process.stdin.pause();
    process.stderr.write('\n');
  }
}

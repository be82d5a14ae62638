import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { Client } from '../../shared/contract/client.ts';
import type { Snapshot } from '../../shared/model/snapshot.ts';
import { printError, printJson } from './output.ts';
import { getWorld } from './world.ts';

export type Common = { readonly data?: string; readonly json?: boolean };

/** What a command answers: data for scripts, text for people. The text is made only when it is shown. */
export type Answer = { readonly json: unknown; readonly text: () => string };

/** One command at work. */
export type Session = {
  readonly client: Client;
  readonly dataFolder: string;
  readonly json: boolean;
  readonly snapshot: () => Promise<Snapshot>;
  /** A line for people, beside the answer: on stderr. */
  readonly note: (line: string) => void;
};

export type Options = Readonly<Record<string, unknown>>;
/** `given`: the arguments in their order; an optional one that is left out is undefined. */
export type Run = (session: Session, given: readonly (string | undefined)[], options: Options) => Promise<Answer | void>;

const examplesOf = new WeakMap<Command, readonly string[]>();

export function getExamples(command: Command): readonly string[] {
  return examplesOf.get(command) ?? [];
}

/** A command without work of its own: its arguments, its help, its examples. */
export function declare(parent: Command, usage: string, description: string, examples: readonly string[]): Command {
  const command = parent.command(usage).description(description).addOption(dataOption()).showSuggestionAfterError(true);
  examplesOf.set(command, examples);
  if (examples.length > 0) command.addHelpText('after', () => `\nExamples:\n${examples.map((line) => `  $ forgehold ${line}\n`).join('')}`);
  return command;
}

/** A command that asks the running core and answers in text or JSON. */
export function leaf(parent: Command, usage: string, description: string, examples: readonly string[], run: Run): Command {
  const command = declare(parent, usage, description, examples).option('--json', 'one JSON document instead of text');
  return command.action(async () => {
    const options = command.opts<Common & Options>();
    const given = command.registeredArguments.flatMap((argument, index) => (argument.variadic ? command.args.slice(index) : [command.args[index]]));
    await withSession(options, async (session) => {
      const answer = await run(session, given, options);
      if (answer) print(answer, session.json);
    });
  });
}

function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

export async function withSession(options: Common, work: (session: Session) => Promise<void>): Promise<void> {
  const dataFolder = dataFolderOf(options);
  const json = options.json === true;
  try {
    const client = await getWorld().attach(dataFolder);
    let snapshot: Promise<Snapshot> | undefined;
    try {
      await work({ client, dataFolder, json, note, snapshot: () => (snapshot ??= client.call('app.snapshot', {})) });
    } finally {
      client.close();
    }
  } catch (error) {
    printError(error, json);
  }
}

function print(answer: Answer, json: boolean): void {
  if (json) printJson(answer.json);
  else process.stdout.write(answer.text());
}

export function dataFolderOf({ data }: Common): string {
  return resolve(data ?? join(homedir(), '.forgehold'));
}

export function dataOption(): Option {
  return new Option('--data <dir>', 'the data folder of the instance (default: ~/.forgehold)');
}

/** For an option that may be given several times. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** A short answer: the same fact as a sentence and as data. */
export function said(sentence: string, json: unknown = {}): Answer {
  return { json, text: () => `${sentence}\n` };
}

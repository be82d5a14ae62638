import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command, CommanderError, Option } from 'commander';
import type { Client } from '../shared/contract/client.ts';
import type { CallName, EventName } from '../shared/contract/index.ts';
import { UsageError, printError, printJson, readInput } from './cli/output.ts';

// Modules are loaded where they are used: a script that makes a hundred calls waits for each start.

type Data = { readonly data?: string };

function createProgram(): Command {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as { version: string };
  const program = new Command('forgehold')
    .description('Coding agents at work behind a wall. "serve" runs the app; the other commands talk to the running one.')
    .version(version)
    .exitOverride();
  program
    .command('serve')
    .description('Run the app for a browser on this machine: prints a one-time address and stays. Already running, it prints a fresh one.')
    .addOption(dataOption())
    .option('--port <number>', 'the port on 127.0.0.1 (default: the last one, else any free one)')
    .option('--json', 'print one JSON line {"url","pid"} instead of a sentence')
    .action(serveHere);
  program
    .command('call [name] [json]')
    .description('Make one call; the answer is one JSON document. JSON "-" reads standard input.')
    .addOption(dataOption())
    .option('--list', 'print every call, event and stream with its JSON Schemas')
    .action(call);
  program
    .command('watch')
    .description('Print events as JSON lines.')
    .addOption(dataOption())
    .option('--events <names>', 'only these, separated by commas')
    .action(watch);
  program
    .command('attach <terminal>')
    .description('Join a terminal; ctrl+\\ leaves it, and its program goes on.')
    .addOption(dataOption())
    .option('--leave-key <letter>', 'leave with ctrl and this key instead', '\\')
    .action(attach);
  program.command('url').description('Print a fresh one-time address of the interface.').addOption(dataOption()).action(printUrl);
  return program;
}

function dataOption(): Option {
  return new Option('--data <dir>', 'the data folder of the instance (default: ~/.forgehold)');
}

/** The server shell reads its arguments itself. */
async function serveHere(): Promise<void> {
  const { serve } = await import('./serve.ts');
  await serve(process.argv.slice(3));
}

async function connect({ data }: Data): Promise<Client> {
  const { attachToCore } = await import('./ipc/attach.ts');
  return attachToCore(resolve(data ?? join(homedir(), '.forgehold')));
}

async function call(name: string | undefined, json: string | undefined, options: Data & { readonly list?: boolean }): Promise<void> {
  if (options.list) {
    const { describeContract } = await import('./cli/describe.ts');
    return printJson(describeContract());
  }
  if (!name) throw new UsageError('Which call? "forgehold call --list" prints all of them.');
  const input = await readInput(json);
  const client = await connect(options);
  try {
    printJson(await client.call(name as CallName, input as never));
  } finally {
    client.close();
  }
}

async function watch(options: Data & { readonly events?: string }): Promise<void> {
  const { events } = await import('../shared/contract/index.ts');
  const known = Object.keys(events) as EventName[];
  const wanted = options.events?.split(',') ?? known;
  const unknown = wanted.find((name) => !known.includes(name as EventName));
  if (unknown !== undefined) throw new UsageError(`There is no event "${unknown}". There are: ${known.join(', ')}.`);
  const client = await connect(options);
  for (const name of wanted as EventName[]) client.on(name, (payload) => printJson({ name, payload }));
  await client.closed;
  const { AppError } = await import('../shared/errors.ts');
  throw new AppError('connection/lost', 'The core has ended.');
}

async function attach(terminalId: string, options: Data & { readonly leaveKey: string }): Promise<void> {
  if (!/^[a-zA-Z@[\\\]^_]$/.test(options.leaveKey)) throw new UsageError('--leave-key takes one letter, or one of @[\\]^_.');
  const { attachTerminal } = await import('./cli/terminal-session.ts');
  const client = await connect(options);
  try {
    await attachTerminal(client, terminalId, options.leaveKey.toUpperCase().charCodeAt(0) & 0x1f);
  } finally {
    client.close();
  }
}

async function printUrl(options: Data): Promise<void> {
  const client = await connect(options);
  try {
    process.stdout.write(`${(await client.call('app.url', {})).url}\n`);
  } finally {
    client.close();
  }
}

// Whoever read the output has gone (`| head`): nothing is left to do.
process.stdout.on('error', () => process.exit());
try {
  await createProgram().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else printError(error);
}

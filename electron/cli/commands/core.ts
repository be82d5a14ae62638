import type { Command } from 'commander';
import type { CallName, EventName } from '../../../shared/contract/index.ts';
import { AppError } from '../../../shared/errors.ts';
import { joinTerminal, leaveKeyOption } from '../join.ts';
import { type Answer, type Common, declare, leaf, type Options, said, type Session, withSession } from '../leaf.ts';
import { findTerminal } from '../names.ts';
import { addOptionFlags } from '../option-flags.ts';
import { printError, printJson, readInput, UsageError } from '../output.ts';
import { visible } from '../safe-text.ts';
import { engineWords } from '../words.ts';
import { getWorld } from '../world.ts';

type Given = readonly (string | undefined)[];

export function declareOpen(program: Command): void {
  const command = addOptionFlags(
    declare(
      program,
      'open [folder]',
      'Work on a folder with an agent: adds it, makes a workspace where there is none, starts it, joins its agent. "forgehold ." is short for it.',
      ['.', 'open ~/code/orchard --agent codex', '. --shell'],
    )
      .option('--agent <agent>', 'the agent; by default that of the workspace there is, else claude-code')
      .option('--workspace <name>', 'this workspace of the folder; made where there is none of that name')
      .option('--shell', 'join a shell instead of the agent')
      .option('--new', 'another workspace, whatever there is')
      .addOption(leaveKeyOption()),
  );
  command.action(async () => {
    const options = command.opts<Common & Options>();
    const { openFolder } = await import('../open-folder.ts');
    await openFolder(command.args[0] ?? '.', options);
  });
}

export function declareWindow(program: Command): void {
  const command = declare(
    program,
    'window [folder]',
    'Show the desktop window, at the project of this folder. A folder that is none yet is offered to be added; nothing is made by it.',
    ['window', 'window .', 'window ~/code/orchard'],
  );
  command.action(async () => {
    const { openWindow } = await import('../open-window.ts');
    await openWindow(command.args[0], command.opts<Common>());
  });
}

export function declareServe(program: Command): void {
  const command = declare(
    program,
    'serve',
    'Run the app for a browser on this machine: prints a one-time address and stays. Already running, it prints a fresh one.',
    ['serve', 'serve --port 7420', 'serve --json'],
  )
    .option('--port <number>', 'the port on 127.0.0.1 (default: the last one, else any free one)')
    .option('--json', 'print one JSON line {"url","pid"} instead of a sentence');
  command.action(async () => {
    // The server shell reads its arguments itself.
    const { data, port, json } = command.opts<Common & { readonly port?: string }>();
    await getWorld().serve([...(json ? ['--json'] : []), ...(data === undefined ? [] : ['--data', data]), ...(port === undefined ? [] : ['--port', port])]);
  });
}

export function declareSmall(program: Command): void {
  leaf(program, 'url', 'Print a fresh one-time address of the interface.', ['url'], url);
  leaf(program, 'status', 'What runs: core, engine, projects, workspaces, terminals.', ['status', 'status --json'], status);
  leaf(program, 'quit', 'End the core. Agents and their terminals go on in their containers.', ['quit'], quit);
  leaf(
    program,
    'attach <terminal>',
    'Join a terminal; the disconnect key (ctrl+\\ unless the settings say otherwise) leaves it, and its program goes on.',
    ['attach review', 'attach 3f2a --leave-key ctrl+x'],
    attach,
  ).addOption(leaveKeyOption());
}

export function declareRaw(program: Command): void {
  const call = declare(program, 'call [name] [json]', 'Make one call of the contract; the answer is one JSON document. JSON "-" reads standard input.', [
    'call workspaces.list',
    `call projects.create '{"path":"/home/me/code"}'`,
    'call --list',
  ]).option('--list', 'print every call, event and stream with its JSON Schemas');
  call.action(async () => makeCall(call.args[0], call.args[1], call.opts()));
  const watch = declare(program, 'watch', 'Print events as JSON lines.', ['watch', 'watch --events app.changed,domains.decided']).option(
    '--events <names>',
    'only these, separated by commas',
  );
  watch.action(async () =>
    withSession({ ...watch.opts<Common>(), json: true }, (session) => printEvents(session, watch.opts<{ readonly events?: string }>().events)),
  );
}

async function makeCall(name: string | undefined, json: string | undefined, options: Common & { readonly list?: boolean }): Promise<void> {
  try {
    if (options.list) {
      const { describeContract } = await import('../describe.ts');
      return printJson(describeContract());
    }
    if (!name) throw new UsageError('Which call? "forgehold call --list" prints all of them.');
    const input = await readInput(json);
    await withSession({ ...options, json: true }, async ({ client }) => printJson(await client.call(name as CallName, input as never)));
  } catch (error) {
    printError(error, true);
  }
}

async function printEvents({ client }: Session, names: string | undefined): Promise<void> {
  const { events } = await import('../../../shared/contract/index.ts');
  const known = Object.keys(events) as EventName[];
  const wanted = names?.split(',') ?? known;
  const unknown = wanted.find((name) => !known.includes(name as EventName));
  if (unknown !== undefined) throw new UsageError(`There is no event "${visible(unknown)}". There are: ${known.join(', ')}.`);
  for (const name of wanted as EventName[]) client.on(name, (payload) => printJson({ name, payload }));
  await client.closed;
  throw new AppError('connection/lost', 'The core has ended.');
}

async function url({ client }: Session): Promise<Answer> {
  const answer = await client.call('app.url', {});
  return { json: answer, text: () => `${answer.url}\n` };
}

async function status({ client, snapshot }: Session): Promise<Answer> {
  const [info, { projects, workspaces, terminals, preparation, blocked }] = await Promise.all([client.call('app.info', {}), snapshot()]);
  const running = workspaces.filter(({ state }) => state.kind === 'running').length;
  const paused = workspaces.filter(({ state }) => state.kind === 'paused').length;
  const down = workspaces.filter(({ wall }) => wall.kind === 'down').length;
  const names = blocked.reduce((sum, { hosts }) => sum + hosts.length, 0);
  return {
    json: { ...info, projects: projects.length, workspaces: workspaces.length, running, paused, terminals: terminals.length, wallsDown: down, blocked: names },
    text: () =>
      [
        `Forgehold ${info.version}, process ${info.pid}, ${info.dataFolder}`,
        `Engine ${engineWords(info.engine)}`,
        `${projects.length} projects, ${running} of ${workspaces.length} workspaces run${paused > 0 ? `, ${paused} paused` : ''}, ${terminals.length} terminals, ${names} blocked names wait for an answer`,
        ...(down > 0 ? [`${down} walls are DOWN: "forgehold doctor" tells more`] : []),
        ...preparation.filter(({ state }) => state === 'running' || state === 'failed').map(({ label, detail }) => `${label}${detail ? `: ${detail}` : ''}`),
      ]
        .map((line) => `${visible(line)}\n`)
        .join(''),
  };
}

async function quit({ client }: Session): Promise<Answer> {
  await client.call('app.quit', {});
  await client.closed;
  return said('The core has ended. Agents go on in their containers.');
}

async function attach(session: Session, [wanted]: Given, options: Options): Promise<void> {
  const { terminalId } = findTerminal(await session.snapshot(), wanted);
  await joinTerminal(session, terminalId, options['leaveKey'] as string | undefined);
}

import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { joinTerminal, leaveKeyOption } from '../join.ts';
import { type Answer, leaf, type Options, said, type Session } from '../leaf.ts';
import { findTerminal, findWorkspace } from '../names.ts';
import { UsageError } from '../output.ts';
import { visible } from '../safe-text.ts';
import { currentLayout, formatTable } from '../table.ts';
import { ago, terminalCell } from '../words.ts';

type Given = readonly (string | undefined)[];

export function declareCommands(group: Command): void {
  leaf(group, 'list [workspace]', 'All terminals, or those of a workspace.', ['terminal list', 'terminal list review --json'], list);
  leaf(
    group,
    'open [workspace]',
    'Open the agent, or a shell; a stopped workspace is started first.',
    ['terminal open review', 'terminal open --shell --attach', 'terminal open review --session fork'],
    open,
  )
    .option('--shell', 'a shell instead of the agent')
    .option('--worktree <name>', 'the worktree', 'main')
    .option('--session <how>', 'resume, fork or new: for an agent that does not run', 'resume')
    .option('--attach', 'join it at once')
    .addOption(leaveKeyOption());
  leaf(
    group,
    'attach <terminal>',
    'Join a terminal; the disconnect key leaves it, and its program goes on.',
    ['terminal attach review', 'terminal attach 3f2a --leave-key ctrl+x'],
    attach,
  ).addOption(leaveKeyOption());
  leaf(
    group,
    'send <terminal> [text...]',
    'Type text, then Enter. Without text: standard input. Key names mean nothing here.',
    ['terminal send review "run the tests"', 'terminal send review --no-enter y'],
    send,
  )
    .option('--no-enter', 'without Enter')
    .option('--paste', 'as one paste, which the program may tell from typing');
  leaf(group, 'screen <terminal>', 'The visible screen as text.', ['terminal screen review', 'terminal screen review --json'], screen);
  leaf(group, 'close <terminal>', 'End its program and close it.', ['terminal close 3f2a'], close);
}

async function list({ snapshot }: Session, [wanted]: Given): Promise<Answer> {
  const known = await snapshot();
  const workspace = wanted === undefined ? null : findWorkspace(known, wanted);
  const all = known.terminals.filter(({ workspaceId }) => workspace === null || workspaceId === workspace.workspaceId);
  const nameOf = new Map(known.workspaces.map(({ workspaceId, name }) => [workspaceId, name]));
  return {
    json: all,
    text: () => {
      if (all.length === 0) return 'No terminal is open. "forgehold terminal open" opens one.\n';
      const rows = all.map((terminal) => {
        const { terminalId, workspaceId, worktree, kind, title, createdAt } = terminal;
        return [terminalId, nameOf.get(workspaceId) ?? workspaceId, worktree, kind, terminalCell(terminal), ago(createdAt), title];
      });
      return formatTable(['ID', 'WORKSPACE', 'WORKTREE', 'KIND', 'STATE', 'OPENED', 'TITLE'], rows, currentLayout());
    },
  };
}

async function open(session: Session, [wanted]: Given, options: Options): Promise<Answer | void> {
  const { client, snapshot } = session;
  const { workspaceId } = findWorkspace(await snapshot(), wanted);
  const how = options['session'] as string;
  if (how !== 'resume' && how !== 'fork' && how !== 'new') throw new UsageError('--session takes resume, fork or new.');
  const request = {
    workspaceId,
    worktree: options['worktree'] as string,
    kind: options['shell'] ? ('shell' as const) : ('agent' as const),
    session: how,
  } as const;
  const terminal = await client.call('terminals.open', request);
  if (options['attach']) return joinTerminal(session, terminal.terminalId, options['leaveKey'] as string | undefined);
  return { json: terminal, text: () => `${terminal.terminalId}\n` };
}

async function attach(session: Session, [wanted]: Given, options: Options): Promise<void> {
  const { terminalId } = findTerminal(await session.snapshot(), wanted);
  await joinTerminal(session, terminalId, options['leaveKey'] as string | undefined);
}

async function send({ client, snapshot }: Session, [wanted, ...words]: Given, options: Options): Promise<Answer> {
  const { terminalId } = findTerminal(await snapshot(), wanted);
  const typed = words.filter((word) => word !== undefined);
  const content = typed.length > 0 ? typed.join(' ') : (await text(process.stdin)).replace(/\n$/, '');
  const enter = options['enter'] !== false;
  if (!options['paste']) await client.call('terminals.send', { terminalId, text: content, enter });
  else {
    await client.call('terminals.paste', { terminalId, text: content });
    if (enter) await client.call('terminals.send', { terminalId, text: '', enter: true });
  }
  return { json: { terminalId }, text: () => '' };
}

async function screen({ client, snapshot }: Session, [wanted]: Given): Promise<Answer> {
  const found = await client.call('terminals.screen', { terminalId: findTerminal(await snapshot(), wanted).terminalId });
  return { json: found, text: () => `${found.lines.map(visible).join('\n').trimEnd()}\n` };
}

async function close({ client, snapshot }: Session, [wanted]: Given): Promise<Answer> {
  const { terminalId } = findTerminal(await snapshot(), wanted);
  await client.call('terminals.close', { terminalId });
  return said(`${terminalId} is closed.`, { terminalId });
}

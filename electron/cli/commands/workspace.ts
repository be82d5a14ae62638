import type { Command } from 'commander';
import type { OptionChanges } from '../../../shared/model/options.ts';
import type { Workspace } from '../../../shared/model/workspace.ts';
import { type Answer, collect, leaf, said, type Options, type Session } from '../leaf.ts';
import { findProject, findWorkspace } from '../names.ts';
import { addOptionFlags, readOptions, secretNames } from '../option-flags.ts';
import { UsageError } from '../output.ts';
import { pauseOrResume } from '../pausing.ts';
import { createWithProgress, withProgress } from '../progress.ts';
import { agreeToRemoval, describeRemoval } from '../removal.ts';
import { visible } from '../safe-text.ts';
import { currentLayout, formatTable } from '../table.ts';
import { ago, stateCell, wallCell } from '../words.ts';

type Given = readonly (string | undefined)[];

export function declareCommands(group: Command): void {
  declareLife(group);
  declareChanges(group);
  declareLooks(group);
}

function declareLife(group: Command): void {
  addOptionFlags(
    leaf(
      group,
      'create [project]',
      'Make a workspace; answers once it is ready. Ctrl-C cancels it and leaves nothing.',
      [
        'workspace create --agent codex',
        'workspace create orchard --name review --memory 8g --mode full',
        'workspace create --mount ~/data:/data --env RUST_LOG=debug',
      ],
      create,
    )
      .option('--agent <agent>', 'the agent ("forgehold agent list")', 'claude-code')
      .option('--name <name>', 'unique in its project'),
  );
  leaf(group, 'start <workspace>', 'Start it, wall first.', ['workspace start review'], (session, given) => change(session, given, 'workspaces.start', 'runs'));
  leaf(group, 'stop <workspace>', 'Stop it gracefully: the agent has 30 s.', ['workspace stop orchard/review'], (session, given) =>
    change(session, given, 'workspaces.stop', 'is stopped'),
  );
  leaf(group, 'restart <workspace>', 'Stop it gracefully and start it again.', ['workspace restart .'], (session, given) =>
    change(session, given, 'workspaces.restart', 'runs again'),
  );
  declarePausing(group);
  leaf(group, 'recreate <workspace>', 'Make its container anew; a failure leaves the old one as it was.', ['workspace recreate review'], (session, given) =>
    change(session, given, 'workspaces.recreate', 'was made anew'),
  );
  leaf(
    group,
    'remove <workspace>',
    "Remove its containers, network, volumes and folders. The project's folder is not touched.",
    ['workspace remove review', 'workspace remove review --yes', 'workspace remove review --dry-run'],
    remove,
  )
    .option('--yes', 'do not ask')
    .option('--discard', 'lose work that lies nowhere else')
    .option('--dry-run', 'only say what would go');
  leaf(group, 'cancel <workspace>', 'Stop its creation and remove what was made so far.', ['workspace cancel review'], cancel);
}

function declarePausing(group: Command): void {
  leaf(
    group,
    'pause [workspace...]',
    'Freeze its processes where they stand; it keeps its memory and takes no CPU time. Without a name that of the present folder.',
    ['workspace pause review', 'workspace pause review orchard/docs', 'workspace pause --all'],
    pauseOrResume('pause'),
  ).option('--all', 'every workspace that runs');
  leaf(
    group,
    'resume [workspace...]',
    'Let it go on. Without a name that of the present folder.',
    ['workspace resume review', 'workspace resume --all'],
    pauseOrResume('resume'),
  ).option('--all', 'every workspace that is paused');
}

function declareChanges(group: Command): void {
  leaf(group, 'rename <workspace> <name>', 'Change its name, without recreation.', ['workspace rename review "second look"'], rename);
  addOptionFlags(
    leaf(
      group,
      'edit <workspace>',
      'Change options. What needs a recreation waits for one.',
      ['workspace edit review --memory 8g --recreate', 'workspace edit review --unset model'],
      editOptions,
    )
      .option('--recreate', 'recreate it at once where that is needed')
      .option('--unset <option>', 'leave this option to the weaker layers again (repeatable)', collect),
  );
  addOptionFlags(
    leaf(
      group,
      'plan <workspace>',
      'Which of such changes take effect at once, and which need a recreation.',
      ['workspace plan review --memory 8g --image mine:2'],
      plan,
    ).option('--unset <option>', 'leave this option to the weaker layers again (repeatable)', collect),
  );
  leaf(
    group,
    'duplicate <workspace>',
    'Another one with the same options, and a home and git of its own.',
    ['workspace duplicate review --name "review 2"'],
    duplicate,
  ).option('--name <name>', 'unique in its project');
}

function declareLooks(group: Command): void {
  leaf(group, 'list [project]', 'All workspaces, or those of a project.', ['workspace list', 'workspace list orchard --json'], list);
  leaf(
    group,
    'inspect <workspace>',
    'Its options, containers, networks, volumes and folders.',
    ['workspace inspect review', 'workspace inspect review --json'],
    inspect,
  );
  leaf(group, 'logs <workspace>', 'What its container prints.', ['workspace logs review --follow', 'workspace logs review --gateway --tail 50'], logs)
    .option('-f, --follow', 'go on with what comes')
    .option('--gateway', "the gateway's instead of the agent container's")
    .option('--tail <lines>', 'last lines to begin with', '500');
}

async function list({ snapshot }: Session, [wanted]: Given): Promise<Answer> {
  const known = await snapshot();
  const project = wanted === undefined ? null : findProject(known, wanted);
  const all = known.workspaces.filter(({ projectId }) => project === null || projectId === project.projectId);
  const nameOf = new Map(known.projects.map(({ projectId, name }) => [projectId, name]));
  return {
    json: all,
    text: () => {
      if (all.length === 0) return 'No workspace yet. "forgehold ." makes one of the present folder.\n';
      const rows = all.map(({ name, workspaceId, projectId, agent, state, wall, mode, pending, createdAt }) => [
        ...[nameOf.get(projectId) ?? projectId, name, workspaceId, agent],
        ...[stateCell(state), wallCell(wall), mode, pending.length > 0 ? { text: 'needs recreation', style: 'warn' as const } : ago(createdAt)],
      ]);
      return formatTable(['PROJECT', 'NAME', 'ID', 'AGENT', 'STATE', 'WALL', 'NETWORK', 'MADE'], rows, currentLayout());
    },
  };
}

async function create({ client, snapshot, json }: Session, [wanted]: Given, options: Options): Promise<Answer> {
  const known = await snapshot();
  const { projectId, name: projectName } = findProject(known, wanted);
  const asked = readOptions(options, secretNames(known.agents));
  const name = options['name'] as string | undefined;
  const before = new Set(known.workspaces.map(({ workspaceId }) => workspaceId));
  const request = { projectId, agent: options['agent'] as string, ...(name !== undefined && { name }), ...asked };
  const made = await createWithProgress(client, before, projectId, json, () => client.call('workspaces.create', request));
  return said(visible(`${projectName}/${made.name} (${made.workspaceId}) is ready. "forgehold attach ${made.workspaceId}" joins its agent.`), made);
}

type Change = 'workspaces.start' | 'workspaces.stop' | 'workspaces.restart' | 'workspaces.recreate';

async function change({ client, snapshot, json }: Session, [wanted]: Given, call: Change, done: string): Promise<Answer> {
  const { workspaceId } = findWorkspace(await snapshot(), wanted);
  const watched = { client, quiet: json, isIt: (one: Workspace) => one.workspaceId === workspaceId };
  const workspace = await withProgress(watched, () => client.call(call, { workspaceId }));
  return said(visible(`${workspace.name} ${done}.`), workspace);
}

async function rename({ client, snapshot }: Session, [wanted, name]: Given): Promise<Answer> {
  const { workspaceId } = findWorkspace(await snapshot(), wanted);
  const workspace = await client.call('workspaces.rename', { workspaceId, name: name! });
  return said(visible(`It is named ${workspace.name} now.`), workspace);
}

async function readChanges({ snapshot }: Session, options: Options): Promise<OptionChanges> {
  const asked = readOptions(options, secretNames((await snapshot()).agents));
  const unset = Object.fromEntries(((options['unset'] as readonly string[] | undefined) ?? []).map((name) => [name, null]));
  const changes = { ...asked, ...unset };
  if (Object.keys(changes).length === 0) throw new UsageError('What shall change? "forgehold workspace edit --help" lists the flags.');
  return changes;
}

async function editOptions(session: Session, [wanted]: Given, options: Options): Promise<Answer> {
  const { client, json } = session;
  const { workspaceId } = findWorkspace(await session.snapshot(), wanted);
  const changes = await readChanges(session, options);
  const watched = { client, quiet: json, isIt: (one: Workspace) => one.workspaceId === workspaceId };
  const workspace = await withProgress(watched, () => client.call('workspaces.edit', { workspaceId, changes, recreate: options['recreate'] === true }));
  const waits = workspace.pending.length > 0 ? ` A recreation is needed for: ${workspace.pending.join(', ')}.` : '';
  return said(visible(`${workspace.name} is changed.${waits}`), workspace);
}

async function plan(session: Session, [wanted]: Given, options: Options): Promise<Answer> {
  const { workspaceId } = findWorkspace(await session.snapshot(), wanted);
  const found = await session.client.call('workspaces.plan', { workspaceId, changes: await readChanges(session, options) });
  return { json: found, text: () => `At once: ${found.live.join(', ') || 'nothing'}\nBy recreation: ${found.recreate.join(', ') || 'nothing'}\n` };
}

async function duplicate({ client, snapshot, json }: Session, [wanted]: Given, options: Options): Promise<Answer> {
  const known = await snapshot();
  const { workspaceId, projectId } = findWorkspace(known, wanted);
  const name = options['name'] as string | undefined;
  const before = new Set(known.workspaces.map((one) => one.workspaceId));
  const made = await createWithProgress(client, before, projectId, json, () =>
    client.call('workspaces.duplicate', { workspaceId, ...(name !== undefined && { name }) }),
  );
  return said(visible(`${made.name} (${made.workspaceId}) is ready.`), made);
}

async function remove({ client, snapshot }: Session, [wanted]: Given, options: Options): Promise<Answer> {
  const { workspaceId, name } = findWorkspace(await snapshot(), wanted);
  const removal = await client.call('workspaces.removal', { workspaceId });
  if (options['dryRun']) return { json: removal, text: () => describeRemoval(removal) };
  await agreeToRemoval(removal, `the workspace ${name}`, options);
  await client.call('workspaces.remove', { workspaceId, discard: options['discard'] === true });
  return said(visible(`${name} is removed.`), { workspaceId });
}

async function inspect({ client, snapshot }: Session, [wanted]: Given): Promise<Answer> {
  const details = await client.call('workspaces.inspect', { workspaceId: findWorkspace(await snapshot(), wanted).workspaceId });
  return {
    json: details,
    text: () => {
      const { name, workspaceId, agent, limits, containers, networks, volumes, folders, options, state } = details;
      const lines = [
        `${name} (${workspaceId}), ${agent}, ${state.kind}`,
        `limits     ${limits.cpus} CPUs, ${limits.memoryMb} MiB, ${limits.pidsLimit} processes`,
        `options    ${JSON.stringify(options)}`,
        ...containers.map((one) => `container  ${one.name} (${one.role}, ${one.status}, ${one.image})`),
        ...networks.map((one) => `network    ${one.name} (${one.subnet})`),
        ...volumes.map((volume) => `volume     ${volume}`),
        ...folders.map((folder) => `folder     ${folder}`),
        ...(state.kind === 'failed' ? [state.error.message] : []),
        ...(state.kind === 'stopped' && state.reason ? [state.reason] : []),
        ...(state.kind === 'crashing' ? state.lines : []),
      ];
      return `${lines.map(visible).join('\n')}\n`;
    },
  };
}

async function logs({ client, snapshot }: Session, [wanted]: Given, options: Options): Promise<void> {
  const { workspaceId } = findWorkspace(await snapshot(), wanted);
  const tail = Number(options['tail']);
  if (!Number.isInteger(tail) || tail < 0) throw new UsageError('--tail takes a number of lines.');
  const { printLog } = await import('../log-stream.ts');
  await printLog(client.open('workspaces.logs', { workspaceId, role: options['gateway'] ? 'gateway' : 'agent', tail, follow: options['follow'] === true }));
}

async function cancel({ client, snapshot }: Session, [wanted]: Given): Promise<Answer> {
  const { workspaceId, name } = findWorkspace(await snapshot(), wanted);
  await client.call('workspaces.cancel', { workspaceId });
  return said(visible(`The creation of ${name} was cancelled; nothing of it is left.`), { workspaceId });
}

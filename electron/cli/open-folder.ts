import { AppError } from '../../shared/errors.ts';
import type { Snapshot } from '../../shared/model/snapshot.ts';
import type { Workspace } from '../../shared/model/workspace.ts';
import { joinTerminal } from './join.ts';
import { type Common, dataFolderOf, type Options, type Session, withSession } from './leaf.ts';
import { pick, toPath } from './names.ts';
import { readOptions, secretNames } from './option-flags.ts';
import { printError, UsageError } from './output.ts';
import { createWithProgress, withProgress } from './progress.ts';
import { ensureCore } from './start-core.ts';

/** The main job in one command: a folder, a workspace, its agent in this terminal. The core is started where none runs. */
export async function openFolder(folder: string, options: Common & Options): Promise<void> {
  try {
    await ensureCore(dataFolderOf(options), (line) => process.stderr.write(`${line}\n`));
  } catch (error) {
    return printError(error, false);
  }
  await withSession(options, async (session) => {
    const { client } = session;
    const project = await client.call('projects.create', { path: toPath(folder) });
    const snapshot = await client.call('app.snapshot', {});
    const workspace = choose(snapshot, project.projectId, options) ?? (await make(session, snapshot, project.projectId, options));
    await start(session, workspace);
    const terminal = await client.call('terminals.open', { workspaceId: workspace.workspaceId, kind: options['shell'] ? 'shell' : 'agent' });
    await joinTerminal(session, terminal.terminalId, options['leaveKey'] as string | undefined);
  });
}

/** The workspace of the folder that is meant; null when one is to be made. */
export function choose({ workspaces }: Snapshot, projectId: string, options: Options): Workspace | null {
  const own = workspaces.filter((one) => one.projectId === projectId && one.state.kind !== 'removing');
  const [wanted, agent] = [options['workspace'] as string | undefined, options['agent'] as string | undefined];
  if (options['new']) return null;
  if (wanted !== undefined) return own.some(({ name, workspaceId }) => name === wanted || workspaceId === wanted) ? pick(own, wanted, naming) : null;
  const fitting = own.filter((one) => agent === undefined || one.agent === agent);
  const running = fitting.filter(({ state }) => state.kind === 'running');
  const [first, second] = running.length > 0 ? running : fitting;
  if (first && second) {
    const names = fitting.map(({ name, workspaceId }) => `${name} (${workspaceId})`).join(', ');
    throw new UsageError(`This folder has several workspaces: ${names}. Name one with --workspace.`);
  }
  return first ?? null;
}

const naming = { what: 'workspace', id: ({ workspaceId }: Workspace) => workspaceId, names: ({ name }: Workspace) => [name] };

async function make({ client }: Session, snapshot: Snapshot, projectId: string, options: Options): Promise<Workspace> {
  const asked = readOptions(options, secretNames(snapshot.agents));
  const name = options['workspace'] as string | undefined;
  const agent = (options['agent'] as string | undefined) ?? 'claude-code';
  const known = new Set(snapshot.workspaces.map(({ workspaceId }) => workspaceId));
  return createWithProgress(client, known, projectId, false, () =>
    client.call('workspaces.create', { projectId, agent, ...(name !== undefined && { name }), ...asked }),
  );
}

async function start({ client }: Session, { workspaceId, state }: Workspace): Promise<void> {
  if (state.kind === 'running') return;
  if (state.kind === 'creating') throw new AppError('workspace/creating', 'Its workspace is being made right now. Try again when it is ready.');
  await withProgress({ client, quiet: false, isIt: (one) => one.workspaceId === workspaceId }, () => client.call('workspaces.start', { workspaceId }));
}

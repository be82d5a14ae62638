import type { CallRequest } from '../../shared/contract/index.ts';
import type { AgentType } from '../../shared/model/agent.ts';
import type { Terminal } from '../../shared/model/terminal.ts';
import type { Terminals } from '../terminals/types.ts';
import type { Projects } from '../workspaces/projects.ts';
import type { Workspaces } from '../workspaces/workspaces.ts';
import type { Core } from './types.ts';

export type TerminalServices = { readonly workspaces: Workspaces; readonly terminals: Terminals; readonly projects: Pick<Projects, 'create'> };

/** By project and agent: a workspace that is being looked for or made. */
type Looking = Map<string, Promise<string>>;

export function terminalCalls(services: TerminalServices) {
  const { terminals } = services;
  const looking: Looking = new Map();
  return {
    'terminals.open': (request) => openTerminal(services, looking, request),
    'terminals.list': ({ workspaceId }) => [...terminals.list(workspaceId)],
    'terminals.screen': async ({ terminalId }) => {
      await untilKnown(services, terminalId);
      return terminals.screen(terminalId);
    },
    'terminals.send': async ({ terminalId, text, enter }) => {
      await untilKnown(services, terminalId);
      await terminals.send(terminalId, text, enter);
      return {};
    },
    'terminals.paste': async ({ terminalId, text }) => {
      await untilKnown(services, terminalId);
      await terminals.paste(terminalId, text);
      return {};
    },
    'terminals.resize': async ({ terminalId, size }) => {
      await untilKnown(services, terminalId);
      await terminals.resize(terminalId, size);
      return {};
    },
    'terminals.focus': async ({ terminalId, colours }) => {
      await untilKnown(services, terminalId);
      await terminals.focus(terminalId, colours);
      return {};
    },
    'terminals.close': async ({ terminalId }) => {
      await untilKnown(services, terminalId);
      await terminals.close(terminalId);
      return {};
    },
  } satisfies Partial<Core['calls']>;
}

export function terminalStreams(services: TerminalServices) {
  const { terminals } = services;
  return {
    'terminals.attach': async ({ terminalId, size }, channel) => {
      await untilKnown(services, terminalId);
      await terminals.attach(terminalId, size, channel);
    },
    'terminals.watch': async ({ terminalId }, channel) => {
      await untilKnown(services, terminalId);
      await terminals.watch(terminalId, channel);
    },
  } satisfies Partial<Core['streams']>;
}

/** A core that has just been started learns of the terminals that live on when it finds their workspaces: until then, absent proves nothing. */
async function untilKnown({ terminals, workspaces }: TerminalServices, terminalId: string): Promise<void> {
  if (!terminals.list().some((one) => one.terminalId === terminalId)) await workspaces.looked();
}

/** A terminal asked of a workspace that stands still, or is on its way up, waits until that runs. */
async function openTerminal(services: TerminalServices, looking: Looking, request: CallRequest<'terminals.open'>): Promise<Terminal> {
  const { workspaces, terminals } = services;
  const { worktree, kind, session, size } = request;
  const workspaceId = await findWorkspace(services, looking, request);
  if (workspaces.get(workspaceId).state.kind === 'unknown') await workspaces.looked();
  if (['stopped', 'creating', 'starting', 'recreating'].includes(workspaces.get(workspaceId).state.kind)) await workspaces.start(workspaceId);
  const launch = workspaces.launch(workspaceId, worktree, kind, session);
  return terminals.open({ workspaceId, worktree, kind, launch, beside: session !== 'resume', ...(size !== undefined && { size }) });
}

/** The workspace that is named; else the project's one for the agent, best one that runs; else a new one, with the options of its layers. */
async function findWorkspace(services: TerminalServices, looking: Looking, request: CallRequest<'terminals.open'>): Promise<string> {
  if ('workspaceId' in request) return request.workspaceId;
  const projectId = 'path' in request ? (await services.projects.create(request.path)).projectId : request.projectId;
  // Whoever asks while it is looked for or made gets the same one.
  const key = `${projectId} ${request.agent}`;
  const found = looking.get(key) ?? takeOrMake(services, projectId, request.agent).finally(() => looking.delete(key));
  looking.set(key, found);
  return found;
}

async function takeOrMake({ workspaces }: TerminalServices, projectId: string, agent: AgentType): Promise<string> {
  const own = workspaces.list(projectId).filter((one) => one.agent === agent && one.state.kind !== 'removing' && one.state.kind !== 'failed');
  const found = own.find(({ state }) => state.kind === 'running') ?? own[0];
  return (found ?? (await workspaces.create({ projectId, agent }))).workspaceId;
}

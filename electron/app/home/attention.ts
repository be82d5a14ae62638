import type { Intent } from '../../../shared/model/shell.ts';
import type { Snapshot } from '../../../shared/model/snapshot.ts';
import type { Workspace } from '../../../shared/model/workspace.ts';
import { describeWorkspace, isAlive, nameWorkspace } from '../../../shared/words.ts';
import { type BlockedName, toBlocked } from './blocked.ts';
import { plainText } from './plain-text.ts';

/**
 * Something that the owner should know of, with the place where it is answered. Titles and bodies are of our own words and of names
 * that were made plain: never a program's output, an error's details or a terminal's title, which may hold secrets.
 */
export type AttentionItem = {
  /** The same for as long as it is the same matter. */
  readonly id: string;
  /** The matter that stands for it, and for others, when they are many. */
  readonly partOf?: string;
  /** How many matters it stands for. */
  readonly count: number;
  /** It asks for nothing: something came to an end. */
  readonly passing?: true;
  readonly title: string;
  readonly body: string;
  readonly intent: Intent;
  /** It can be answered where it is told. */
  readonly blocked?: BlockedName;
};

type Known = Pick<Snapshot, 'projects' | 'workspaces' | 'terminals' | 'blocked' | 'engines'>;

/** What waits for the owner now, and goes on waiting until it is answered or gone. In the order of the workspaces. */
export function attentionOf(snapshot: Known): readonly AttentionItem[] {
  const terminals = Map.groupBy(snapshot.terminals, ({ workspaceId }) => workspaceId);
  const blocked = new Map(snapshot.blocked.map((here) => [here.workspaceId, here]));
  const ofWorkspaces = snapshot.workspaces.flatMap((workspace): AttentionItem[] => {
    const here = blocked.get(workspace.workspaceId);
    const name = nameOf(workspace, snapshot);
    const troubles = toTroubles(workspace, name, describeWorkspace(workspace, terminals.get(workspace.workspaceId) ?? [], []));
    return [...troubles, ...(here ? toBlocked(here, name) : [])];
  });
  return [...toEngines(snapshot), ...ofWorkspaces];
}

/** What came to an end between two snapshots; told once. */
export function endedBetween(before: Known, now: Known): readonly AttentionItem[] {
  const terminalsBefore = new Map(before.terminals.map((terminal) => [terminal.terminalId, terminal]));
  const workspacesBefore = new Map(before.workspaces.map((workspace) => [workspace.workspaceId, workspace]));
  const agents = now.terminals.flatMap((terminal): AttentionItem[] => {
    const { terminalId, workspaceId, kind, state } = terminal;
    const was = terminalsBefore.get(terminalId);
    const workspace = now.workspaces.find((item) => item.workspaceId === workspaceId);
    if (kind !== 'agent' || state.kind !== 'exited' || !was || !isAlive(was) || !workspace) return [];
    const how = state.exitCode === undefined || state.exitCode === 0 ? 'It is done.' : `It ended with exit code ${state.exitCode}.`;
    const title = `${plainText(workspace.agentTitle)} ended in ${nameOf(workspace, now)}`;
    return [{ id: `ended:${terminalId}`, count: 1, passing: true, title, body: how, intent: { kind: 'workspace', workspaceId, terminalId } }];
  });
  const changed = now.workspaces.flatMap((workspace): AttentionItem[] => {
    const { workspaceId, state } = workspace;
    const was = workspacesBefore.get(workspaceId)?.state.kind;
    const intent: Intent = { kind: 'workspace', workspaceId };
    if (state.kind === 'running' && (was === 'creating' || was === 'recreating')) {
      const body = workspace.wall.kind === 'standing' ? 'Its wall is up and tested.' : 'Open it to begin.';
      return [{ id: `ready:${workspaceId}`, count: 1, passing: true, title: `${nameOf(workspace, now)} is ready`, body, intent }];
    }
    if (state.kind !== 'stopped' || state.reason === undefined || was !== 'running') return [];
    return [{ id: `fell:${workspaceId}`, count: 1, passing: true, title: `${nameOf(workspace, now)} stopped by itself`, body: 'Open it to see why.', intent }];
  });
  return [...agents, ...changed];
}

/** 0 to 1 over all workspaces that are being made or started; null when none is. */
export function progressOf(snapshot: Pick<Snapshot, 'workspaces'>): number | null {
  const waits = snapshot.workspaces.map((workspace) => describeWorkspace(workspace, [], []).progress).filter((progress) => progress !== undefined);
  return waits.length === 0 ? null : waits.reduce((sum, progress) => sum + progress, 0) / waits.length;
}

export function countOf(items: readonly AttentionItem[]): number {
  return items.reduce((sum, { count }) => sum + count, 0);
}

function nameOf(workspace: Workspace, { projects, workspaces }: Known): string {
  return plainText(nameWorkspace(workspace, projects, workspaces));
}

function toTroubles(workspace: Workspace, name: string, telling: ReturnType<typeof describeWorkspace>): AttentionItem[] {
  if (!telling.attention) return [];
  const { workspaceId, state, wall } = workspace;
  const kind = state.kind === 'running' ? wall.kind : state.kind;
  return [{ id: `${kind}:${workspaceId}`, count: 1, title: `${name}: ${telling.word}`, body: explain(kind), intent: { kind: 'workspace', workspaceId } }];
}

function explain(kind: Workspace['state']['kind'] | Workspace['wall']['kind']): string {
  if (kind === 'down') return 'Its wall is down: nothing gets out until it is back.';
  if (kind === 'failed') return 'It could not be made or started. Open it to see why.';
  if (kind === 'crashing') return 'It ends again and again. Open it to see its last lines.';
  return 'Open it to see what to do.';
}

/** An engine that no workspace is on is nobody's matter now. */
function toEngines({ engines, projects, workspaces }: Known): AttentionItem[] {
  const used = new Set(workspaces.map(({ projectId }) => projects.find((project) => project.projectId === projectId)?.engine));
  return engines.flatMap(({ engineId, state }): AttentionItem[] => {
    if (state.kind !== 'unreachable' || !used.has(engineId)) return [];
    const body = 'Forgehold keeps trying. The doctor says what to do.';
    return [{ id: `engine:${engineId}`, count: 1, title: 'Docker does not answer', body, intent: { kind: 'command', id: 'doctor' } }];
  });
}

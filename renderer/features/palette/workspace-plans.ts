import type { CommandId } from '../../../shared/commands.ts';
import type { Workspace, WorkspaceState } from '../../../shared/model/workspace.ts';
import { describeWorkspace, nameWorkspace } from '../../../shared/words.ts';
import { runWhenOffered } from '../../lib/keys.ts';
import { type Route, navigate } from '../../lib/route.ts';
import { terminalsRoute } from '../workspace/panes.ts';
import type { Context, Entry, Plan } from './types.ts';

export function workspaceTitle({ snapshot }: Context, workspace: Workspace): string {
  return nameWorkspace(workspace, snapshot.projects, snapshot.workspaces);
}

/** How a workspace stands in the palette, whatever choosing it does. */
export function workspaceEntry(context: Context, workspace: Workspace, group: string, plan: Plan): Entry {
  const { snapshot } = context;
  const terminals = snapshot.terminals.filter((terminal) => terminal.workspaceId === workspace.workspaceId);
  const { hosts = [], total = 0 } = snapshot.blocked.find((item) => item.workspaceId === workspace.workspaceId) ?? {};
  const telling = describeWorkspace(workspace, terminals, hosts, total);
  return {
    id: `workspace:${workspace.workspaceId}`,
    title: workspaceTitle(context, workspace),
    group,
    detail: telling.word,
    words: snapshot.projects.find((project) => project.projectId === workspace.projectId)?.path ?? '',
    glyph: { kind: telling.glyph, label: telling.word },
    plan,
  };
}

/** Of the workspace whose page is open; elsewhere the palette asks which. `refuse` says why one does not fit. */
export function onWorkspace(context: Context, label: string, refuse: (workspace: Workspace) => string | null, make: (workspace: Workspace) => Plan): Plan {
  const { workspace, snapshot } = context;
  if (workspace) {
    const why = refuse(workspace);
    return why === null ? make(workspace) : { unavailable: why };
  }
  const fitting = snapshot.workspaces.filter((item) => refuse(item) === null);
  if (snapshot.workspaces.length === 0) return { unavailable: 'There is no workspace yet' };
  if (fitting.length === 0) return { unavailable: refuse(snapshot.workspaces[0]!) ?? 'No workspace fits' };
  return { step: { kind: 'choose', label, entries: fitting.map((item) => workspaceEntry(context, item, label, make(item))) } };
}

type StateKind = WorkspaceState['kind'];

/** Refuses workspaces in any other state, in words. */
export function only(...kinds: readonly StateKind[]) {
  return ({ state }: Workspace): string | null => (kinds.includes(state.kind) ? null : stateReasons[state.kind]);
}

export function except(...kinds: readonly StateKind[]) {
  return ({ state }: Workspace): string | null => (kinds.includes(state.kind) ? stateReasons[state.kind] : null);
}

const stateReasons = {
  creating: 'It is being created',
  starting: 'It is starting',
  running: 'It runs already',
  paused: 'It is paused',
  recreating: 'It is being recreated',
  crashing: 'It ends again and again',
  stopping: 'It is stopping',
  stopped: 'It is stopped',
  failed: 'It failed',
  removing: 'It is being removed',
  unknown: 'Docker does not answer',
} as const satisfies Record<StateKind, string>;

/** Goes to the workspace's page and has that page do it. */
export function atPage(
  context: Context,
  route: (workspace: Workspace) => Route,
  id: CommandId,
  refuse: (workspace: Workspace) => string | null = () => null,
): Plan {
  return onWorkspace(context, 'In which workspace?', refuse, (workspace) => ({
    run: () => {
      navigate(route(workspace));
      runWhenOffered(id);
    },
  }));
}

export function atTerminals(context: Context, id: CommandId, refuse?: (workspace: Workspace) => string | null): Plan {
  return atPage(context, (workspace) => terminalsRoute(workspace.workspaceId), id, refuse);
}

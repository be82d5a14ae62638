import { commandGroups, commandIds } from '../../../shared/commands.ts';
import type { Shortcut } from '../../../shared/shortcuts.ts';
import { describeTerminal, terminalName } from '../../../shared/words.ts';
import { commandKey, commandOf } from '../../lib/commands.ts';
import { keyLabel, offeredCommand } from '../../lib/keys.ts';
import { focusTerminal } from '../../lib/move-focus.ts';
import { navigate } from '../../lib/route.ts';
import { currentShell } from '../../lib/shell.ts';
import { shownSections } from '../settings/sections.ts';
import { terminalsRoute } from '../workspace/panes.ts';
import { plans } from './plans.ts';
import type { Context, Entry } from './types.ts';
import { workspaceEntry, workspaceTitle } from './workspace-plans.ts';

/** Everything that can be chosen, what is near first: this workspace's terminals and commands, other places, the rest. */
export function buildEntries(context: Context): Entry[] {
  const here = context.workspace;
  const near = here ? ['Terminal', 'Workspace', 'Network'] : [];
  const groups = [...near, ...commandGroups.filter((group) => !near.includes(group))];
  const listed = commandEntries(context);
  return [
    ...(here ? terminalEntries(context, true) : []),
    ...listed.filter((entry) => near.includes(entry.group)),
    ...placeEntries(context),
    ...terminalEntries(context, false),
    ...groups.filter((group) => !near.includes(group)).flatMap((group) => listed.filter((entry) => entry.group === group)),
    ...sectionEntries(),
  ];
}

/** Workspaces, and projects that have none yet. */
export function placeEntries(context: Context): Entry[] {
  const { snapshot, workspace: here } = context;
  const workspaces = snapshot.workspaces.map((workspace) =>
    workspace.workspaceId === here?.workspaceId
      ? workspaceEntry(context, workspace, 'Workspaces', { unavailable: 'You are here' })
      : workspaceEntry(context, workspace, 'Workspaces', { run: () => navigate(terminalsRoute(workspace.workspaceId)) }),
  );
  const empty = snapshot.projects.filter((project) => !snapshot.workspaces.some((workspace) => workspace.projectId === project.projectId));
  return [
    ...workspaces,
    ...empty.map((project): Entry => ({
      id: `project:${project.projectId}`,
      title: project.name,
      group: 'Projects without a workspace',
      icon: 'folder',
      detail: project.url ?? project.path,
      plan: project.present
        ? { run: () => navigate({ page: 'projects', sheet: { kind: 'create', projectId: project.projectId } }) }
        : { unavailable: 'Folder not found' },
    })),
  ];
}

function terminalEntries(context: Context, ofHere: boolean): Entry[] {
  const { snapshot, workspace: here } = context;
  const own = snapshot.terminals.filter((terminal) => terminal.workspaceId === here?.workspaceId);
  const wanted = ofHere ? own : snapshot.terminals.filter((terminal) => !own.includes(terminal));
  return wanted.flatMap((terminal, at): Entry[] => {
    const workspace = snapshot.workspaces.find((item) => item.workspaceId === terminal.workspaceId);
    if (!workspace) return [];
    const telling = describeTerminal(terminal);
    return [
      {
        id: `terminal:${terminal.terminalId}`,
        title: terminalName(terminal, workspace),
        group: ofHere ? 'Terminals here' : 'Terminals elsewhere',
        detail: [ofHere ? '' : workspaceTitle(context, workspace), telling.detail || telling.word].filter(Boolean).join(', '),
        glyph: { kind: telling.glyph, label: telling.word },
        hint: ofHere && at < 9 ? keyLabel(`terminal${at + 1}` as Shortcut) : undefined,
        plan: {
          run: () => {
            navigate({ page: 'terminals', workspaceId: terminal.workspaceId, panes: [terminal.terminalId] });
            focusTerminal();
          },
        },
      },
    ];
  });
}

function commandEntries(context: Context): Entry[] {
  return commandIds.flatMap((id): Entry[] => {
    const command = commandOf(id);
    if (command.unlisted) return [];
    const offered = offeredCommand(id);
    const { workspace } = context;
    const ofHere = workspace && (command.group === 'Terminal' || command.group === 'Workspace' || command.group === 'Network');
    return [
      {
        id: `command:${id}`,
        title: command.title,
        group: command.group,
        plan: offered ? { run: offered } : plans[id](context, id),
        hint: commandKey(id),
        ...(command.icon && { icon: command.icon }),
        ...(command.words && { words: command.words }),
        ...(ofHere && { detail: workspaceTitle(context, workspace) }),
      },
    ];
  });
}

function sectionEntries(): Entry[] {
  return shownSections(currentShell() !== null).map(({ section, title, words }) => ({
    id: `section:${section}`,
    title: `Settings: ${title}`,
    group: 'Settings',
    icon: 'settings',
    words,
    plan: { run: () => navigate({ page: 'settings', section }) },
  }));
}

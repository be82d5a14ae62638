import type { Answer } from '../../../shared/model/domain.ts';
import type { Project } from '../../../shared/model/project.ts';
import type { Intent } from '../../../shared/model/shell.ts';
import type { Snapshot } from '../../../shared/model/snapshot.ts';
import type { Workspace } from '../../../shared/model/workspace.ts';
import { describeWorkspace } from '../../../shared/words.ts';
import { type AttentionItem, attentionOf, countOf } from './attention.ts';
import type { BlockedName } from './blocked.ts';
import { plainText } from './plain-text.ts';

/** What choosing an entry does: it leads to a place in the window, answers a name that it shows whole, or does what needs no look at anything. */
export type TrayAction =
  | { readonly kind: 'intent'; readonly intent: Intent }
  | { readonly kind: 'call'; readonly call: 'workspaces.pauseAll' | 'workspaces.resumeAll' }
  | { readonly kind: 'answer'; readonly blocked: BlockedName; readonly answer: Answer }
  | { readonly kind: 'show' }
  | { readonly kind: 'quit' };

export type TrayEntry =
  | { readonly kind: 'line' }
  /** Only said. */
  | { readonly kind: 'text'; readonly label: string }
  | { readonly kind: 'entry'; readonly label: string; readonly action: TrayAction }
  | { readonly kind: 'menu'; readonly label: string; readonly entries: readonly TrayEntry[] };

export type TrayModel = { readonly tooltip: string; readonly attention: boolean; readonly entries: readonly TrayEntry[] };

/** A menu is no list to search: what is not in it is in the window. */
const most = { needs: 5, projects: 7 } as const;
const line: TrayEntry = { kind: 'line' };
const trayAnswers: readonly (readonly [label: string, answer: Answer])[] = [
  ['Allow once', 'once'],
  ['Allow for this project', 'project'],
  ['Deny', 'deny'],
];

/** The menu of the icon in the menu bar or notification area. `snapshot` is null while the core is not reached. */
export function buildTray(snapshot: Snapshot | null): TrayModel {
  const last = [entry('Open Forgehold', { kind: 'show' }), entry('Quit…', { kind: 'quit' })];
  if (!snapshot) return { tooltip: 'Forgehold', attention: false, entries: [text('Forgehold is starting…'), line, ...last] };
  const items = attentionOf(snapshot);
  const count = countOf(items);
  const needs = items.slice(0, most.needs).map(toNeed);
  const more = items.length > most.needs ? [entry(`${items.length - most.needs} more…`, toCommand('rail1'))] : [];
  return {
    tooltip: count === 0 ? 'Forgehold' : `Forgehold: ${count} ${count === 1 ? 'matter needs' : 'matters need'} you`,
    attention: count > 0,
    entries: [
      ...(needs.length > 0 ? [text('Needs you'), ...needs, ...more, line] : []),
      ...toProjects(snapshot),
      entry('New workspace…', toCommand('newWorkspace')),
      entry('New workspace from folder…', toCommand('addFolder')),
      ...toPausing(snapshot),
      line,
      ...toWalls(snapshot),
      ...last,
    ],
  };
}

function text(label: string): TrayEntry {
  return { kind: 'text', label };
}

function entry(label: string, action: TrayAction): TrayEntry {
  return { kind: 'entry', label, action };
}

function toCommand(id: string): TrayAction {
  return { kind: 'intent', intent: { kind: 'command', id } };
}

/** A blocked name has its answers below it. */
function toNeed({ title, intent, blocked }: AttentionItem): TrayEntry {
  if (!blocked) return entry(title, { kind: 'intent', intent });
  const answers = trayAnswers.map(([label, answer]) => entry(label, { kind: 'answer', blocked, answer }));
  return { kind: 'menu', label: title, entries: [...answers, line, entry('Show it', { kind: 'intent', intent })] };
}

/** The projects used last, each with its state in words. */
function toProjects(snapshot: Snapshot): TrayEntry[] {
  const recent = snapshot.projects.toSorted((a, b) => b.usedAt.localeCompare(a.usedAt));
  if (recent.length === 0) return [];
  const entries = recent.slice(0, most.projects).map((project) => toProject(project, snapshot));
  return [text('Projects'), ...entries, entry('All projects…', toCommand('rail1')), line];
}

function toProject(project: Project, snapshot: Snapshot): TrayEntry {
  const name = plainText(project.name);
  const own = snapshot.workspaces.filter(({ projectId }) => projectId === project.projectId);
  const [first] = own;
  if (!first) {
    const { projectId, present } = project;
    const intent: Intent = present ? { kind: 'create', projectId } : { kind: 'project', projectId };
    return entry(`${name}: ${present ? 'no workspace yet' : 'folder not found'}`, { kind: 'intent', intent });
  }
  if (own.length === 1) return toWorkspace(first, name, snapshot);
  return { kind: 'menu', label: name, entries: own.map((workspace) => toWorkspace(workspace, plainText(workspace.name), snapshot)) };
}

function toWorkspace(workspace: Workspace, name: string, snapshot: Snapshot): TrayEntry {
  const { workspaceId } = workspace;
  const terminals = snapshot.terminals.filter((terminal) => terminal.workspaceId === workspaceId);
  const blocked = snapshot.blocked.find((item) => item.workspaceId === workspaceId);
  const { word } = describeWorkspace(workspace, terminals, blocked?.hosts ?? [], blocked?.total);
  return entry(`${name}: ${word[0]!.toLowerCase()}${word.slice(1)}`, { kind: 'intent', intent: { kind: 'workspace', workspaceId } });
}

/** Only what would do something. */
function toPausing({ workspaces }: Snapshot): TrayEntry[] {
  const has = (kind: Workspace['state']['kind']): boolean => workspaces.some(({ state }) => state.kind === kind);
  return [
    ...(has('running') ? [entry('Pause all workspaces', { kind: 'call', call: 'workspaces.pauseAll' })] : []),
    ...(has('paused') ? [entry('Resume all workspaces', { kind: 'call', call: 'workspaces.resumeAll' })] : []),
  ];
}

function toWalls({ workspaces }: Snapshot): TrayEntry[] {
  const up = workspaces.filter(({ wall }) => wall.kind !== 'off');
  if (up.length === 0) return [];
  const tested = up.filter(({ wall }) => wall.kind === 'standing').length;
  return [text(`Walls: ${tested} of ${up.length} tested`), line];
}

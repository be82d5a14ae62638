import type { CommandId } from '../../../shared/commands.ts';
import type { NetworkMode } from '../../../shared/model/workspace-parts.ts';
import type { Workspace } from '../../../shared/model/workspace.ts';
import { modeNames } from '../../../shared/words.ts';
import type { Context, Entry, Plan } from './types.ts';
import { atPage, except, onWorkspace, workspaceTitle } from './workspace-plans.ts';

/** What the list of rules does itself. */
export function atDomains(context: Context, id: CommandId, refuse?: (workspace: Workspace) => string | null): Plan {
  return atPage(context, ({ workspaceId }) => ({ page: 'domains', workspaceId }), id, refuse);
}

const ways = {
  allow: { label: 'Domain to allow in', hint: 'api.example.com, or *.example.com for every name below it', verdict: 'allow', allowPrivate: false },
  private: { label: 'Domain to allow in', hint: 'api.example.com or *.example.com, its private addresses too', verdict: 'allow', allowPrivate: true },
  deny: { label: 'Domain to deny in', hint: 'api.example.com or *.example.com. It wins over every rule that allows', verdict: 'deny', allowPrivate: false },
} as const;

export function addDomain(context: Context, way: keyof typeof ways): Plan {
  const { label, hint, verdict, allowPrivate } = ways[way];
  return onWorkspace(context, 'For which workspace?', except('removing', 'creating'), (workspace) => ({
    step: {
      kind: 'text',
      label: `${label} ${workspaceTitle(context, workspace)}`,
      initial: '',
      hint,
      submit: (pattern) => context.client.call('domains.add', { workspaceId: workspace.workspaceId, pattern, verdict, allowPrivate }),
    },
  }));
}

type Choice = { readonly mode: NetworkMode; readonly minutes?: number; readonly title: string; readonly detail: string };

const choices: readonly Choice[] = [
  { mode: 'restricted', title: modeNames.restricted, detail: 'Only names on the list' },
  { mode: 'learning', minutes: 15, title: `${modeNames.learning} for 15 minutes`, detail: 'Every public name, logged; then it proposes a list' },
  { mode: 'learning', minutes: 60, title: `${modeNames.learning} for an hour`, detail: 'Every public name, logged; then it proposes a list' },
  { mode: 'learning', minutes: 480, title: `${modeNames.learning} for 8 hours`, detail: 'Every public name, logged; then it proposes a list' },
  { mode: 'full', title: modeNames.full, detail: 'Every public name, logged' },
  { mode: 'none', title: modeNames.none, detail: 'Nothing gets out' },
];

export function setMode(context: Context): Plan {
  return onWorkspace(context, 'Of which workspace?', except('removing', 'creating'), (workspace) => ({
    step: {
      kind: 'choose',
      label: `Network mode of ${workspaceTitle(context, workspace)}`,
      entries: choices.map((choice) => modeEntry(context, workspace, choice)),
    },
  }));
}

/** Learning can be begun anew: it ends later then. */
function modeEntry({ client }: Context, { workspaceId, mode: present }: Workspace, { mode, minutes, title, detail }: Choice): Entry {
  const isNow = mode === present && mode !== 'learning';
  return {
    id: `mode:${mode}${minutes ?? ''}`,
    title,
    group: 'Network mode',
    icon: 'shield',
    detail,
    plan: isNow
      ? { unavailable: 'That is its mode now' }
      : { run: () => client.call('domains.setMode', { workspaceId, mode, ...(minutes !== undefined && { minutes }) }) },
  };
}

import { type CommandId, commandTitle } from '../../../shared/commands.ts';
import { fromWireError } from '../../../shared/errors.ts';
import type { Terminal } from '../../../shared/model/terminal.ts';
import type { Workspace } from '../../../shared/model/workspace.ts';
import { runWhenOffered } from '../../lib/keys.ts';
import { focusTerminal } from '../../lib/move-focus.ts';
import { setPreferences } from '../../lib/preferences.ts';
import { type SettingsSection, navigate, projectsRoute } from '../../lib/route.ts';
import { currentShell } from '../../lib/shell.ts';
import { terminalsRoute } from '../workspace/panes.ts';
import { addDomain, atDomains, setMode } from './network-plans.ts';
import { editProject, newWorkspace, removeProject, renameProject } from './project-plans.ts';
import type { Context, Entry, Plan } from './types.ts';
import { atTerminals, except, only, onWorkspace, workspaceTitle } from './workspace-plans.ts';

type MakePlan = (context: Context, id: CommandId) => Plan;

/** What each command does when it is chosen here. One that the page on the screen offers is run by that page instead. */
export const plans = {
  openAgent: openTerminal('agent', 'resume'),
  newSession: openTerminal('agent', 'new'),
  forkSession: openTerminal('agent', 'fork'),
  openShell: openTerminal('shell', 'resume'),
  newHere: (context, id) => atTerminals(context, id, only('running')),
  split: needs('Open a terminal first'),
  nextPane: needs('The terminal is not split'),
  close: needs('Open a terminal first'),
  tab1: (context) => atWorkspace(context, (workspace) => navigate(terminalsRoute(workspace.workspaceId))),
  tab2: (context) => atWorkspace(context, ({ workspaceId }) => navigate({ page: 'domains', workspaceId })),
  tab3: (context) => atWorkspace(context, ({ workspaceId }) => navigate({ page: 'logs', workspaceId, role: 'agent' })),
  // One that is stopping starts when it has stopped.
  startWorkspace: (context, id) => act(context, id, only('stopped', 'stopping', 'failed', 'crashing'), 'workspaces.start'),
  pauseWorkspace,
  pauseAll: all('running', 'No workspace runs', 'workspaces.pauseAll'),
  resumeAll: all('paused', 'No workspace is paused', 'workspaces.resumeAll'),
  stopWorkspace: (context, id) => act(context, id, only('running', 'paused', 'crashing', 'starting'), 'workspaces.stop'),
  restartWorkspace: (context, id) => act(context, id, only('running', 'paused', 'crashing'), 'workspaces.restart'),
  recreateWorkspace: (context, id) => act(context, id, only('running', 'paused', 'stopped', 'failed', 'crashing'), 'workspaces.recreate'),
  cancelCreation: (context, id) => act(context, id, only('creating'), 'workspaces.cancel'),
  renameWorkspace,
  duplicateWorkspace,
  editWorkspace: (context) => atWorkspace(context, ({ workspaceId }) => navigate({ page: 'edit', workspaceId })),
  removeWorkspace: (context, id) => atTerminals(context, id, except('removing')),
  answer: needs('No blocked domain waits for you here'),
  allowDomain: (context) => addDomain(context, 'allow'),
  allowPrivate: (context) => addDomain(context, 'private'),
  denyDomain: (context) => addDomain(context, 'deny'),
  removeDomain: (context) => atWorkspace(context, ({ workspaceId }) => navigate({ page: 'domains', workspaceId })),
  setMode,
  reviewLearning: (context) => atWorkspace(context, ({ workspaceId }) => navigate({ page: 'learning', workspaceId })),
  presets: atDomains,
  pasteRules: atDomains,
  importRules: atDomains,
  copyRules: atDomains,
  exportRules: (context, id) => (currentShell() === null ? atDomains(context, id) : { unavailable: 'The window saves no files: copy the list' }),
  testWall: (context, id) => atDomains(context, id, only('running')),
  restartWall: needs('No wall is down here'),
  addFolder: () => ({ run: () => navigate({ page: 'projects', sheet: { kind: 'add' } }) }),
  newWorkspace,
  renameProject,
  editProject,
  removeProject,
  switchProject: needs('Press its key'),
  palette: needs('This is it'),
  rail1: () => ({ run: () => navigate(projectsRoute) }),
  rail2: () => ({ run: () => navigate({ page: 'all-terminals' }) }),
  rail3: () => ({ run: () => navigate({ page: 'all-domains' }) }),
  find: needs('This page has nothing to search'),
  submit: needs('No sheet is open'),
  undo: needs('There is nothing to undo'),
  nextRegion: needs('This page has one region'),
  previousRegion: needs('This page has one region'),
  guide: () => ({ run: () => navigate({ page: 'projects', sheet: { kind: 'guide' } }) }),
  quit,
  settings: toSettings('general'),
  doctor: toSettings('doctor'),
  theme,
  setKey,
  unlockKeys: (context) => ({ run: () => context.client.call('keys.unlock', {}) }),
  forgetKeys: toSettings('agents', 'forgetKeys'),
  defineAgent: toSettings('agents', 'defineAgent'),
  addEngine: toSettings('engines', 'addEngine'),
  freeSpace: toSettings('storage'),
  terminal1: needs('Choose the terminal itself'),
  terminal2: needs('Choose the terminal itself'),
  terminal3: needs('Choose the terminal itself'),
  terminal4: needs('Choose the terminal itself'),
  terminal5: needs('Choose the terminal itself'),
  terminal6: needs('Choose the terminal itself'),
  terminal7: needs('Choose the terminal itself'),
  terminal8: needs('Choose the terminal itself'),
  terminal9: needs('Choose the terminal itself'),
} as const satisfies Record<CommandId, MakePlan>;

function needs(why: string): MakePlan {
  return () => ({ unavailable: why });
}

function toSettings(section: SettingsSection, then?: CommandId): MakePlan {
  return () => ({
    run: () => {
      navigate({ page: 'settings', section });
      if (then) runWhenOffered(then);
    },
  });
}

function atWorkspace(context: Context, go: (workspace: Workspace) => void): Plan {
  return onWorkspace(
    context,
    'Of which workspace?',
    () => null,
    (workspace) => ({ run: () => go(workspace) }),
  );
}

/** One that fails keeps no other from it; the first failure is told. */
function all(kind: 'running' | 'paused', none: string, call: 'workspaces.pauseAll' | 'workspaces.resumeAll'): MakePlan {
  return ({ client, snapshot }) => {
    if (!snapshot.workspaces.some(({ state }) => state.kind === kind)) return { unavailable: none };
    return {
      run: async () => {
        const [first] = (await client.call(call, {})).failures;
        if (first) throw fromWireError(first.error);
      },
    };
  };
}

type WorkspaceCall =
  | 'workspaces.pause'
  | 'workspaces.resume'
  | 'workspaces.start'
  | 'workspaces.stop'
  | 'workspaces.restart'
  | 'workspaces.recreate'
  | 'workspaces.cancel';

function act(context: Context, id: CommandId, refuse: (workspace: Workspace) => string | null, call: WorkspaceCall): Plan {
  return onWorkspace(context, `${commandTitle(id)}: which?`, refuse, ({ workspaceId }) => ({ run: () => context.client.call(call, { workspaceId }) }));
}

/** The one that its state allows. */
function pauseWorkspace(context: Context, id: CommandId): Plan {
  return onWorkspace(context, `${commandTitle(id)}: which?`, only('running', 'paused'), ({ workspaceId, state }) => ({
    run: () => context.client.call(state.kind === 'paused' ? 'workspaces.resume' : 'workspaces.pause', { workspaceId }),
  }));
}

const canOpen = only('running', 'stopped');

function canOpenAgent(workspace: Workspace): string | null {
  return workspace.agent === 'shell' ? 'This workspace has no agent' : canOpen(workspace);
}

function openTerminal(kind: Terminal['kind'], session: 'resume' | 'new' | 'fork'): MakePlan {
  return (context) => {
    return onWorkspace(context, 'In which workspace?', kind === 'agent' ? canOpenAgent : canOpen, ({ workspaceId }) => ({
      run: async () => {
        const terminal = await context.client.call('terminals.open', { workspaceId, kind, session });
        navigate({ page: 'terminals', workspaceId, panes: [terminal.terminalId] });
        focusTerminal();
      },
    }));
  };
}

function renameWorkspace(context: Context): Plan {
  return onWorkspace(context, 'Rename which workspace?', except('removing'), ({ workspaceId, name }) => ({
    step: {
      kind: 'text',
      label: `New name of ${name}`,
      initial: name,
      hint: 'It is renamed at once, without a restart',
      submit: (text) => context.client.call('workspaces.rename', { workspaceId, name: text }),
    },
  }));
}

function duplicateWorkspace(context: Context): Plan {
  return onWorkspace(context, 'Duplicate which workspace?', except('removing', 'creating'), (workspace) => ({
    step: {
      kind: 'text',
      label: `Name of the copy of ${workspaceTitle(context, workspace)}`,
      initial: '',
      hint: 'Same options, and a home and git of its own. Left empty it is numbered',
      submit: async (text) => {
        const name = text.trim();
        const made = context.client.call('workspaces.duplicate', { workspaceId: workspace.workspaceId, ...(name !== '' && { name }) });
        navigate(projectsRoute);
        return made;
      },
    },
  }));
}

function theme(): Plan {
  const titles = { system: 'As the system has it', light: 'Light', dark: 'Dark' } as const;
  const entries = (['system', 'light', 'dark'] as const).map((value) => ({
    id: `theme:${value}`,
    title: titles[value],
    group: 'Theme',
    plan: { run: () => setPreferences({ theme: value }) },
  }));
  return { step: { kind: 'choose', label: 'Theme', entries } };
}

function setKey({ snapshot }: Context): Plan {
  if (!snapshot.agents.some((agent) => agent.keyName)) return { unavailable: 'No agent needs a key' };
  return { run: () => toSettingsAgents() };
}

function toSettingsAgents(): void {
  navigate({ page: 'settings', section: 'agents' });
  runWhenOffered('setKey');
}

function quit({ client }: Context): Plan {
  const end: Entry = {
    id: 'quit:yes',
    title: 'End Forgehold now',
    group: 'End Forgehold?',
    icon: 'stop',
    detail: 'Agents and terminals go on in their containers',
    plan: { run: () => client.call('app.quit', {}) },
  };
  return { step: { kind: 'choose', label: 'End Forgehold?', entries: [end] } };
}

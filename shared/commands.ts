import type { CallName } from './contract/index.ts';
import type { Shortcut } from './shortcuts.ts';

export const commandGroups = ['Terminal', 'Workspace', 'Network', 'Projects', 'App', 'Settings'] as const;
export type CommandGroup = (typeof commandGroups)[number];

export type Command = {
  /** In the imperative, as the palette, menus and the list of keys show it. One that asks for more ends in "…". */
  readonly title: string;
  readonly group: CommandGroup;
  /** A name of the interface's icons, which checks it. */
  readonly icon?: string;
  /** Other words it is looked for by. */
  readonly words?: string;
  /** Calls of the contract that it makes, itself or by what it leads to. */
  readonly calls?: readonly CallName[];
  /** It is in the palette as something else: an entry per terminal, the palette itself. */
  readonly unlisted?: true;
};

/** `terminal1` to `terminal9`: in the palette each terminal is an entry of its own. */
function goToTerminal(at: number): Omit<Command, 'icon'> {
  return { title: `Go to terminal ${at}`, group: 'Terminal', unlisted: true };
}

/** Everything a person can do, once: the palette, menus, tooltips and the list of keys are derived from this. Each shortcut belongs to a command of its name. */
export const commands = {
  openAgent: { title: 'Open the agent', group: 'Terminal', icon: 'anvil', words: 'resume start claude codex', calls: ['terminals.open'] },
  newSession: { title: 'Open the agent with a new session', group: 'Terminal', icon: 'anvil', words: 'fresh restart', calls: ['terminals.open'] },
  forkSession: { title: 'Fork the agent’s session', group: 'Terminal', icon: 'anvil', words: 'copy branch second agent', calls: ['terminals.open'] },
  openShell: { title: 'Open a shell', group: 'Terminal', icon: 'terminals', words: 'new terminal bash', calls: ['terminals.open'] },
  newHere: { title: 'New terminal or rule…', group: 'Terminal', icon: 'plus', words: 'open agent shell add domain' },
  split: { title: 'Split the terminal', group: 'Terminal', icon: 'split', words: 'side by side second pane' },
  nextPane: { title: 'Go to the other pane', group: 'Terminal', icon: 'split', words: 'next focus' },
  close: { title: 'End or close the terminal', group: 'Terminal', icon: 'x', words: 'kill exit', calls: ['terminals.close'] },
  terminal1: goToTerminal(1),
  terminal2: goToTerminal(2),
  terminal3: goToTerminal(3),
  terminal4: goToTerminal(4),
  terminal5: goToTerminal(5),
  terminal6: goToTerminal(6),
  terminal7: goToTerminal(7),
  terminal8: goToTerminal(8),
  terminal9: goToTerminal(9),

  tab1: { title: 'Show terminals', group: 'Workspace', icon: 'terminals', words: 'tab' },
  tab2: { title: 'Show allowed domains', group: 'Workspace', icon: 'domains', words: 'tab rules network' },
  tab3: { title: 'Show logs', group: 'Workspace', icon: 'file', words: 'tab output gateway container' },
  startWorkspace: { title: 'Start workspace', group: 'Workspace', icon: 'play', words: 'run up', calls: ['workspaces.start'] },
  stopWorkspace: { title: 'Stop workspace', group: 'Workspace', icon: 'stop', words: 'halt down end', calls: ['workspaces.stop'] },
  pauseWorkspace: {
    title: 'Pause or resume workspace',
    group: 'Workspace',
    icon: 'pause',
    words: 'freeze agent hold suspend unpause continue',
    calls: ['workspaces.pause', 'workspaces.resume'],
  },
  restartWorkspace: { title: 'Restart workspace', group: 'Workspace', icon: 'retry', words: 'again', calls: ['workspaces.restart'] },
  renameWorkspace: { title: 'Rename workspace…', group: 'Workspace', words: 'name title', calls: ['workspaces.rename'] },
  editWorkspace: {
    title: 'Edit workspace…',
    group: 'Workspace',
    icon: 'settings',
    words: 'options limits image mounts environment memory',
    calls: ['workspaces.edit', 'workspaces.plan'],
  },
  recreateWorkspace: { title: 'Recreate workspace', group: 'Workspace', icon: 'retry', words: 'rebuild container anew', calls: ['workspaces.recreate'] },
  duplicateWorkspace: { title: 'Duplicate workspace…', group: 'Workspace', icon: 'copy', words: 'copy another', calls: ['workspaces.duplicate'] },
  cancelCreation: { title: 'Cancel the creation', group: 'Workspace', icon: 'x', words: 'abort stop', calls: ['workspaces.cancel'] },
  removeWorkspace: { title: 'Remove workspace…', group: 'Workspace', words: 'delete', calls: ['workspaces.removal', 'workspaces.remove'] },

  answer: {
    title: 'Answer the blocked domain',
    group: 'Network',
    icon: 'block',
    words: 'allow deny dismiss once session',
    calls: ['domains.answer', 'domains.dismiss'],
  },
  allowDomain: { title: 'Allow a domain…', group: 'Network', icon: 'domains', words: 'add rule host', calls: ['domains.add'] },
  allowPrivate: { title: 'Allow private addresses for a domain…', group: 'Network', icon: 'domains', words: 'add rule vpn internal', calls: ['domains.add'] },
  denyDomain: { title: 'Deny a domain…', group: 'Network', icon: 'block', words: 'block rule refuse host', calls: ['domains.add'] },
  removeDomain: { title: 'Remove a domain…', group: 'Network', icon: 'x', words: 'rule delete block', calls: ['domains.remove'] },
  setMode: { title: 'Change the network mode…', group: 'Network', icon: 'shield', words: 'restricted learning full none', calls: ['domains.setMode'] },
  reviewLearning: {
    title: 'Review what learning found',
    group: 'Network',
    icon: 'bolt',
    words: 'learn propose accept discard',
    calls: ['domains.acceptLearned', 'domains.discardLearned'],
  },
  presets: { title: 'Choose presets of domains…', group: 'Network', icon: 'domains', words: 'npm pypi github packages', calls: ['domains.setPreset'] },
  pasteRules: { title: 'Paste a list of domains…', group: 'Network', icon: 'file', words: 'add many rules bulk', calls: ['domains.addMany'] },
  importRules: { title: 'Import a list of domains…', group: 'Network', icon: 'folder', words: 'read file devcontainer rules', calls: ['domains.import'] },
  copyRules: { title: 'Copy the list of domains', group: 'Network', icon: 'copy', words: 'export rules clipboard', calls: ['domains.export'] },
  exportRules: { title: 'Save the list of domains as a file', group: 'Network', icon: 'file', words: 'export rules download json', calls: ['domains.export'] },
  testWall: { title: 'Test the wall', group: 'Network', icon: 'shield-ok', words: 'self-test proof escape', calls: ['selftest.run'] },
  restartWall: { title: 'Restart a workspace whose wall is down', group: 'Network', icon: 'shield-bad', calls: ['workspaces.stop', 'workspaces.start'] },

  addFolder: {
    title: 'Add a folder or repository…',
    group: 'Projects',
    icon: 'plus',
    words: 'new project open clone url git',
    calls: ['projects.create', 'projects.clone'],
  },
  newWorkspace: { title: 'New workspace…', group: 'Projects', icon: 'plus', words: 'create another agent', calls: ['workspaces.create'] },
  pauseAll: { title: 'Pause all workspaces', group: 'Projects', icon: 'pause', words: 'freeze agents hold', calls: ['workspaces.pauseAll'] },
  resumeAll: { title: 'Resume all workspaces', group: 'Projects', icon: 'play', words: 'unpause continue', calls: ['workspaces.resumeAll'] },
  renameProject: { title: 'Rename project…', group: 'Projects', words: 'name title', calls: ['projects.edit'] },
  editProject: { title: 'Edit project…', group: 'Projects', icon: 'settings', words: 'engine preset options settings', calls: ['projects.edit'] },
  removeProject: { title: 'Remove project…', group: 'Projects', words: 'delete forget', calls: ['projects.removal', 'projects.remove'] },
  switchProject: { title: 'Switch project', group: 'Projects', icon: 'projects', words: 'go to workspace', unlisted: true },

  palette: { title: 'Commands', group: 'App', icon: 'search', unlisted: true },
  rail1: { title: 'Show projects', group: 'App', icon: 'projects', words: 'all home' },
  rail2: { title: 'Show all terminals', group: 'App', icon: 'terminals', words: 'agents of all projects' },
  rail3: { title: 'Show domains of all projects', group: 'App', icon: 'domains', words: 'rules network global' },
  find: { title: 'Find on this page', group: 'App', icon: 'search', words: 'search filter' },
  submit: { title: 'Confirm the open sheet', group: 'App', icon: 'check', words: 'create add save' },
  undo: { title: 'Undo', group: 'App', icon: 'retry', words: 'put back revert', calls: ['domains.restore'] },
  nextRegion: { title: 'Go to the next region', group: 'App', words: 'focus out of the terminal' },
  previousRegion: { title: 'Go to the previous region', group: 'App', words: 'focus' },
  quit: { title: 'End Forgehold…', group: 'App', icon: 'stop', words: 'quit exit close core', calls: ['app.quit'] },

  settings: { title: 'Open settings', group: 'Settings', icon: 'settings', words: 'preferences options', calls: ['settings.set'] },
  guide: { title: 'Show how to get started', group: 'App', icon: 'anvil', words: 'onboarding first start help begin' },
  doctor: { title: 'Open the doctor', group: 'Settings', icon: 'bolt', words: 'check health problems fix engine docker', calls: ['doctor.run', 'doctor.fix'] },
  theme: { title: 'Change the theme…', group: 'Settings', words: 'light dark system appearance colours' },
  setKey: { title: 'Set an agent’s API key…', group: 'Settings', icon: 'key', words: 'secret token anthropic openai', calls: ['agents.setKey'] },
  unlockKeys: { title: 'Unlock the keychain', group: 'Settings', icon: 'key', words: 'keyring password api keys', calls: ['keys.unlock'] },
  forgetKeys: { title: 'Forget all keys…', group: 'Settings', icon: 'key', words: 'delete api secret reset keychain', calls: ['keys.forgetAll'] },
  defineAgent: { title: 'Add an agent type…', group: 'Settings', icon: 'anvil', words: 'custom define', calls: ['agents.define', 'agents.forget'] },
  addEngine: { title: 'Add an engine…', group: 'Settings', icon: 'cpu', words: 'docker remote ssh context', calls: ['settings.set', 'engines.probe'] },
  freeSpace: {
    title: 'Review and free disk space…',
    group: 'Settings',
    icon: 'drop',
    words: 'storage reclaim clean prune',
    calls: ['disk.use', 'disk.reclaim'],
  },
} as const satisfies Record<Shortcut, Command> & Record<string, Command>;

export type CommandId = keyof typeof commands;
export const commandIds = Object.keys(commands) as readonly CommandId[];

export function commandTitle(id: CommandId): string {
  return commands[id].title;
}

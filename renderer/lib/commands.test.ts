import { expect, test } from 'vitest';
import { type CommandId, commandIds, commands } from '../../shared/commands.ts';
import { type CallName, calls } from '../../shared/contract/index.ts';
import { type Shortcut, acceleratorOf, labelOf, shortcuts, surfaces } from '../../shared/shortcuts.ts';
import { plans } from '../features/palette/plans.ts';
import { keyGroups } from '../features/settings/keyboard-section.tsx';
import { commandOf } from './commands.ts';
import { surface } from './keys.ts';

const names = Object.keys(shortcuts) as Shortcut[];

/** Calls that only read, and those that a person makes in the place where the thing is, not by a command. */
const noCommands: ReadonlySet<CallName> = new Set<CallName>([
  // What pages read.
  ...(['app.info', 'app.snapshot', 'app.url', 'settings.get', 'projects.list', 'projects.browse', 'projects.findings', 'projects.removal'] as const),
  ...([
    'workspaces.list',
    'workspaces.inspect',
    'workspaces.resolve',
    'images.check',
    'mounts.check',
    'caches.list',
    'agents.list',
    'agents.definitions',
  ] as const),
  ...([
    'agents.imports',
    'keys.keychain',
    'engines.list',
    'domains.list',
    'domains.all',
    'domains.learned',
    'domains.presets',
    'domains.decisions',
    'selftest.last',
    'terminals.list',
    'terminals.screen',
  ] as const),
  // Typing, and what follows from looking at a terminal.
  ...(['terminals.send', 'terminals.paste', 'terminals.resize', 'terminals.focus'] as const),
  // A file is trusted where its content is seen.
  'projects.trust',
  // Package names are typed where commands are.
  'workspaces.install',
]);

test('every action of the contract is in the palette', () => {
  const made = new Set(commandIds.flatMap((id) => commandOf(id).calls ?? []));
  const missing = (Object.keys(calls) as CallName[]).filter((name) => !made.has(name) && !noCommands.has(name));
  expect(missing).toEqual([]);
});

test('every command can be chosen, or is in the palette as something else', () => {
  for (const id of commandIds) expect({ id, plan: typeof plans[id] }).toEqual({ id, plan: 'function' });
  const unlisted = commandIds.filter((id) => commandOf(id).unlisted);
  expect(unlisted.filter((id) => !/^terminal\d$/.test(id)).toSorted()).toEqual(['palette', 'switchProject']);
});

test('every shortcut belongs to a command, and is in the list of keys where it can be had', () => {
  const shown = new Map<CommandId, string>(keyGroups().flatMap(({ keys }) => keys.map(({ id, key }) => [id, key] as const)));
  for (const name of names) {
    expect(commands[name].title).not.toBe('');
    expect([name, shown.get(name)]).toEqual([name, labelOf(name, surface)]);
  }
});

test('no two commands share a chord, wherever the app is shown', () => {
  for (const place of surfaces) {
    for (const say of [labelOf, acceleratorOf]) {
      const keys = names.flatMap((name) => say(name, place) ?? []);
      expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
    }
  }
});

test('no two commands are called the same', () => {
  const titles = commandIds.map((id) => commandOf(id).title);
  expect(titles.filter((title, at) => titles.indexOf(title) !== at)).toEqual([]);
});

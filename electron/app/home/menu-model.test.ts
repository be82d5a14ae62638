import { expect, test } from 'vitest';
import { commandIds } from '../../../shared/commands.ts';
import { labelOf, shortcuts } from '../../../shared/shortcuts.ts';
import { type MenuEntry, buildMenu, escapeLabel } from './menu-model.ts';

function flatten(entries: readonly MenuEntry[]): MenuEntry[] {
  return entries.flatMap((item) => (item.kind === 'menu' ? flatten(item.entries) : [item]));
}
const surfaces = ['desktop', 'desktop-mac'] as const;

test('every command is in the menus once, as on every surface', () => {
  for (const surface of surfaces) {
    const ids = flatten(buildMenu(surface)).flatMap((item) => (item.kind === 'command' ? [item.id] : []));
    // Ending the app is an entry of the system's own kind.
    expect(ids.toSorted()).toEqual(commandIds.filter((id) => id !== 'quit').toSorted());
  }
});

test('every chord of the window stands beside its command, and no two entries share one', () => {
  for (const surface of surfaces) {
    const items = flatten(buildMenu(surface));
    const shown = items.flatMap((item) => ('accelerator' in item && item.accelerator !== undefined ? [item.accelerator] : []));
    expect(new Set(shown).size).toBe(shown.length);
    const missing = items.filter(
      (item) => item.kind === 'command' && item.id in shortcuts && labelOf(item.id as keyof typeof shortcuts, surface) && !item.accelerator,
    );
    expect(missing.map((item) => (item.kind === 'command' ? item.id : ''))).toEqual(surface === 'desktop' ? [] : ['undo']);
  }
});

test('a Mac has its own menu with services, hiding and the end; Linux has the end under Projects and "about" under Help', () => {
  const [own] = buildMenu('desktop-mac');
  expect(own).toMatchObject({
    label: 'Forgehold',
    entries: expect.arrayContaining([
      { kind: 'role', role: 'services' },
      { kind: 'role', role: 'hide' },
    ]),
  });
  expect(own!.entries.at(-1)).toMatchObject({ kind: 'quit', accelerator: 'Command+Q' });
  const linux = buildMenu('desktop');
  expect(linux[0]!.entries.at(-1)).toEqual({ kind: 'quit', label: 'Quit…' });
  expect(linux.at(-1)!.entries).toContainEqual({ kind: 'role', role: 'about' });
});

test('text can be cut, copied, pasted and selected from the menu everywhere', () => {
  for (const surface of surfaces) {
    const roles = flatten(buildMenu(surface)).flatMap((item) => (item.kind === 'role' ? [item.role] : []));
    expect(roles).toEqual(expect.arrayContaining(['cut', 'copy', 'paste', 'selectAll', 'minimize', 'close']));
  }
});

test('an ampersand in a name is no mark of a key', () => {
  expect(escapeLabel('salt & pepper')).toBe('salt && pepper');
});

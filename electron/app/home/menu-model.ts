import { type CommandGroup, type CommandId, commandIds, commandTitle, commands } from '../../../shared/commands.ts';
import { type Surface, acceleratorOf, isShortcut } from '../../../shared/shortcuts.ts';

/** Standard entries, which the system names, enables and does. */
type Role =
  | 'about'
  | 'services'
  | 'hide'
  | 'hideOthers'
  | 'unhide'
  | 'undo'
  | 'redo'
  | 'cut'
  | 'copy'
  | 'paste'
  | 'selectAll'
  | 'minimize'
  | 'zoom'
  | 'togglefullscreen'
  | 'front'
  | 'close';

export type MenuEntry =
  | { readonly kind: 'line' }
  /** `accelerator` replaces the role's own. */
  | { readonly kind: 'role'; readonly role: Role; readonly accelerator?: string }
  | { readonly kind: 'command'; readonly id: CommandId; readonly label: string; readonly accelerator?: string }
  | { readonly kind: 'quit'; readonly label: string; readonly accelerator?: string }
  | { readonly kind: 'menu'; readonly label: string; readonly role?: 'window' | 'help'; readonly entries: readonly MenuEntry[] };
export type Menu = Extract<MenuEntry, { kind: 'menu' }>;

const line: MenuEntry = { kind: 'line' };

/** Commands that have a place by custom, outside the menu of their group. */
const inHelp = ['guide', 'doctor'] as const satisfies readonly CommandId[];
const placed: ReadonlySet<CommandId> = new Set<CommandId>([...inHelp, 'quit']);

/** The application menu: every command once, by group, with the standard menus where people look for them. */
export function buildMenu(surface: 'desktop' | 'desktop-mac'): readonly Menu[] {
  const mac = surface === 'desktop-mac';
  const group = (name: CommandGroup): readonly MenuEntry[] => toGroup(name, surface, mac);
  const quit: MenuEntry = { kind: 'quit', label: mac ? 'Quit Forgehold' : 'Quit…', ...(mac && { accelerator: 'Command+Q' }) };
  return [
    ...(mac ? [toAppMenu(surface, quit)] : []),
    menu('Projects', [...group('Projects'), ...(mac ? [] : [line, quit])]),
    toEditMenu(mac),
    menu('Terminal', group('Terminal')),
    menu('Workspace', group('Workspace')),
    menu('Network', group('Network')),
    menu('Go', group('App')),
    menu('Settings', group('Settings')),
    toWindowMenu(mac),
    menu('Help', [...inHelp.map((id) => toCommand(id, surface)), ...(mac ? [] : [line, role('about')])], 'help'),
  ];
}

/** The entry's text for the system, which takes a single "&" for the mark of a key. */
export function escapeLabel(label: string): string {
  return label.replaceAll('&', '&&');
}

function menu(label: string, entries: readonly MenuEntry[], role?: 'window' | 'help'): Menu {
  return { kind: 'menu', label, entries, ...(role && { role }) };
}

function role(name: Role, accelerator?: string): MenuEntry {
  return { kind: 'role', role: name, ...(accelerator !== undefined && { accelerator }) };
}

function toCommand(id: CommandId, surface: Surface): MenuEntry {
  // Edit has the Mac's ⌘Z; the page looks at the chord before any menu does.
  const accelerator = isShortcut(id) && !(id === 'undo' && surface === 'desktop-mac') ? acceleratorOf(id, surface) : undefined;
  return { kind: 'command', id, label: commandTitle(id), ...(accelerator !== undefined && { accelerator }) };
}

function toGroup(name: CommandGroup, surface: Surface, mac: boolean): readonly MenuEntry[] {
  const own = commandIds.filter((id) => commands[id].group === name && !placed.has(id) && !(mac && id === 'settings'));
  const numbered = own.filter((id) => /^terminal\d$/.test(id));
  const others = own.filter((id) => !numbered.includes(id)).map((id) => toCommand(id, surface));
  if (numbered.length === 0) return others;
  return [
    ...others,
    line,
    menu(
      'Go to terminal',
      numbered.map((id) => toCommand(id, surface)),
    ),
  ];
}

function toAppMenu(surface: Surface, quit: MenuEntry): Menu {
  const entries = [
    role('about'),
    line,
    toCommand('settings', surface),
    line,
    role('services'),
    line,
    role('hide'),
    role('hideOthers'),
    role('unhide'),
    line,
    quit,
  ];
  return menu('Forgehold', entries);
}

function toEditMenu(mac: boolean): Menu {
  const text = [role('cut'), role('copy'), role('paste'), role('selectAll')];
  return menu('Edit', mac ? [role('undo'), role('redo'), line, ...text] : text);
}

function toWindowMenu(mac: boolean): Menu {
  // ⌘W closes a terminal, as in other apps with terminals; the window goes with Shift.
  const close = role('close', mac ? 'Shift+Command+W' : undefined);
  return menu(
    'Window',
    mac ? [role('minimize'), role('zoom'), role('togglefullscreen'), line, role('front'), close] : [role('minimize'), role('togglefullscreen'), close],
    'window',
  );
}

import type { CommandId } from '../../shared/commands.ts';
import { commandKey, commandOf } from '../lib/commands.ts';
import type { MenuEntry } from './menu.tsx';

type Item = Extract<MenuEntry, { readonly label: unknown }>;

/** A command as an entry of a menu: its title, icon and key are those of the palette. */
export function commandEntry(id: CommandId, onSelect: () => void, parts: Partial<Pick<Item, 'label' | 'danger'>> = {}): Item {
  const { title, icon } = commandOf(id);
  const hint = commandKey(id);
  return { label: title, ...(icon && { icon }), ...(hint !== undefined && { hint }), ...parts, onSelect };
}

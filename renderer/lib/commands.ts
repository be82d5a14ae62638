import { type Command, type CommandId, commands } from '../../shared/commands.ts';
import type { IconName } from '../ui/icon.tsx';
import { hasShortcut, keyLabel } from './keys.ts';

/** The commands with their icons, which only the interface has. */
const drawn: Readonly<Record<CommandId, Command & { readonly icon?: IconName }>> = commands;

export function commandOf(id: CommandId): Command & { readonly icon?: IconName } {
  return drawn[id];
}

/** How its key is shown; undefined when it has none here. */
export function commandKey(id: CommandId): string | undefined {
  return hasShortcut(id) ? keyLabel(id) : undefined;
}

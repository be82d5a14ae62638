import { Option } from 'commander';
import { settingsSchema } from '../../shared/model/settings.ts';
import type { Session } from './leaf.ts';
import { UsageError } from './output.ts';

export function leaveKeyOption(): Option {
  return new Option('--leave-key <key>', 'leave with this key instead of that of the settings: ctrl+ and a letter, or one of [ \\ ] ^ _');
}

/** Joins a terminal until the disconnect key: the one given, else that of the settings. */
export async function joinTerminal({ client }: Session, terminalId: string, given: string | undefined): Promise<void> {
  const key = given === undefined ? (await client.call('settings.get', {})).disconnectKey : given;
  const { attachTerminal } = await import('./terminal-session.ts');
  await attachTerminal(client, terminalId, toControl(key));
}

/** The character that a terminal sends for `ctrl+x`. @throws UsageError for any key that is none of these */
export function toControl(key: string): number {
  const parsed = settingsSchema.shape.disconnectKey.safeParse(key.toLowerCase());
  if (!parsed.success) throw new UsageError('The disconnect key is ctrl+ and a letter from a to z, or one of [ \\ ] ^ _: "ctrl+x".');
  return parsed.data.slice('ctrl+'.length).toUpperCase().charCodeAt(0) & 0x1f;
}

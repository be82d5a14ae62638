import type { Command } from 'commander';
import { type Settings, settingsSchema } from '../../../shared/model/settings.ts';
import { type Answer, leaf, said, type Session } from '../leaf.ts';
import { UsageError } from '../output.ts';
import { visible } from '../safe-text.ts';

type Given = readonly (string | undefined)[];

export function declareCommands(group: Command): void {
  leaf(group, 'get [name]', 'All settings, or one.', ['settings get', 'settings get disconnectKey'], get);
  leaf(
    group,
    'set <name> <value>',
    'Change one setting: text, or JSON where it is more.',
    ['settings set disconnectKey ctrl+x', `settings set defaults '{"memoryMb":8192}'`, 'settings set historyLines 20000'],
    set,
  );
  leaf(group, 'unset <name>', 'Back to how it comes.', ['settings unset subnetRange'], unset);
}

async function get({ client }: Session, [name]: Given): Promise<Answer> {
  const settings = await client.call('settings.get', {});
  if (name !== undefined) {
    const value: unknown = settings[nameOf(name)];
    return { json: value, text: () => `${visible(typeof value === 'string' ? value : JSON.stringify(value))}\n` };
  }
  return {
    json: settings,
    text: () =>
      Object.entries(settings)
        .map(([key, value]) => `${visible(`${key.padEnd(16)} ${JSON.stringify(value)}`)}\n`)
        .join(''),
  };
}

async function set({ client }: Session, [name, value]: Given): Promise<Answer> {
  const key = nameOf(name!);
  const settings = await client.call('settings.set', { [key]: toValue(key, value!) });
  return said(visible(`${key} is ${JSON.stringify(settings[key])} now.`), settings);
}

async function unset({ client }: Session, [name]: Given): Promise<Answer> {
  const key = nameOf(name!);
  const settings = await client.call('settings.set', { [key]: settingsSchema.parse({})[key] });
  return said(visible(`${key} is ${JSON.stringify(settings[key])} again.`), settings);
}

function nameOf(name: string): keyof Settings {
  if (Object.hasOwn(settingsSchema.shape, name)) return name as keyof Settings;
  throw new UsageError(`There is no setting "${visible(name)}". There are: ${Object.keys(settingsSchema.shape).join(', ')}.`);
}

/** A setting that is text takes it as it is; any other takes JSON. */
function toValue(key: keyof Settings, value: string): unknown {
  if (settingsSchema.shape[key].safeParse(value).success) return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    // Text where none fits: the core says what is wrong with it.
    return value;
  }
}

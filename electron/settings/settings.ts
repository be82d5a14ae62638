import { isAbsolute } from 'node:path';
import Conf from 'conf';
import { createEmitter, type Dispose } from '../../shared/disposable.ts';
import { AppError } from '../../shared/errors.ts';
import { type Settings, settingsSchema } from '../../shared/model/settings.ts';

export type SettingsChange = { readonly [K in keyof Settings]?: Settings[K] | undefined };

export type SettingsStore = {
  readonly get: () => Settings;
  /** Keeps what is not given. Throws `settings/invalid`; nothing is written then. */
  readonly set: (changes: SettingsChange) => Settings;
  readonly onChange: (listener: (settings: Settings) => void) => Dispose;
};

/**
 * The settings file of one data folder (`settings.json`, mode 0600, written atomically).
 * A file that cannot be read is left as it is and reported as `settings/unreadable`: nothing of the user's is overwritten.
 */
export function createSettings(options: { readonly folder: string }): SettingsStore {
  const { file, stored } = openFile(options.folder);
  const changed = createEmitter<Settings>();
  let current = parse(stored, file.path);

  return {
    get: () => current,
    set(changes) {
      const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
      const next = settingsSchema.safeParse({ ...current, ...given });
      if (!next.success) throw new AppError('settings/invalid', next.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join(' '));
      check(next.data);
      file.store = next.data;
      current = next.data;
      changed.emit(current);
      return current;
    },
    onChange: changed.on,
  };
}

type SettingsFile = Conf;

function openFile(folder: string): { readonly file: SettingsFile; readonly stored: unknown } {
  try {
    const file: SettingsFile = new Conf({ cwd: folder, configName: 'settings', configFileMode: 0o600, accessPropertiesByDotNotation: false });
    return { file, stored: file.store };
  } catch (cause) {
    throw unreadable(`${folder}/settings.json`, cause);
  }
}

function parse(stored: unknown, path: string): Settings {
  const parsed = settingsSchema.safeParse(stored);
  if (parsed.success) return parsed.data;
  throw unreadable(path, parsed.error);
}

function unreadable(path: string, cause: unknown): AppError {
  return new AppError('settings/unreadable', `The settings in ${path} cannot be read. Correct the file, or move it away to begin with the defaults.`, {
    details: { path, problem: cause instanceof Error ? cause.message : String(cause) },
    cause,
  });
}

/** What a schema cannot say: these name things of the host. */
function check(settings: Settings): void {
  if (settings.extraCaBundle !== '' && !isAbsolute(settings.extraCaBundle)) {
    throw new AppError('settings/invalid', 'The extra CA bundle is named by the absolute path of a PEM file.');
  }
}

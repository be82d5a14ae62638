import { isAbsolute } from 'node:path';
import Conf from 'conf';
import { z } from 'zod';
import { createEmitter, type Dispose } from '../../shared/disposable.ts';
import { AppError } from '../../shared/errors.ts';
import { type Settings, type SettingsChange, settingsSchema } from '../../shared/model/settings.ts';

export type SettingsStore = {
  readonly get: () => Settings;
  /** Keeps what is not given. Throws `settings/invalid`, and `workspace/key-in-layer` for defaults that hold an API key; nothing is written then. */
  readonly set: (changes: SettingsChange) => Settings;
  /** What is wrong with the text of a settings file, in a sentence; null when it can be read. */
  readonly judge: (text: string) => string | null;
  readonly onChange: (listener: (settings: Settings) => void) => Dispose;
};

/**
 * The settings file of one data folder (`settings.json`, mode 0600, written atomically).
 * A file that cannot be read is left as it is and reported as `settings/unreadable`: nothing of the user's is overwritten.
 */
export function createSettings(options: {
  readonly folder: string;
  /** Throws for variables that hold an agent's key: the settings are written down. */
  readonly refuseKeys?: (env: Readonly<Record<string, string>>) => void;
}): SettingsStore {
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
      // A key that somebody wrote into the file by hand is no reason to refuse another setting; no workspace is made with it.
      if (changes.defaults !== undefined) options.refuseKeys?.(next.data.defaults.env ?? {});
      file.store = next.data;
      current = next.data;
      changed.emit(current);
      return current;
    },
    judge,
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
  const unknown = unknownNames(parsed.error);
  if (unknown.length === 0) throw unreadable(path, parsed.error);
  throw new AppError(
    'settings/newer',
    `The settings in ${path} hold what this version does not know: ${unknown.join(', ')}. A newer Forgehold wrote them: start that one, or take these out of the file. Nothing was changed.`,
    { details: { path, unknown }, cause: parsed.error },
  );
}

function judge(text: string): string | null {
  try {
    const parsed = settingsSchema.safeParse(JSON.parse(text));
    if (parsed.success) return null;
    const unknown = unknownNames(parsed.error);
    if (unknown.length > 0) return `It holds what this version does not know: ${unknown.join(', ')}.`;
    return `It is no valid settings file: ${describeIssue(parsed.error)}`;
  } catch (error) {
    return `It is no JSON: ${(error as Error).message}.`;
  }
}

function unknownNames(error: z.ZodError): readonly string[] {
  return error.issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key].join('.')) : []));
}

function describeIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue ? `${issue.path.join('.') || 'the whole'}: ${issue.message}` : error.message;
}

function unreadable(path: string, cause: unknown): AppError {
  const problem = cause instanceof z.ZodError ? describeIssue(cause) : cause instanceof Error ? cause.message : String(cause);
  return new AppError(
    'settings/unreadable',
    `The settings in ${path} cannot be read (${problem}). Correct the file, or move it away to begin with the defaults.`,
    {
      details: { path, problem },
      cause,
    },
  );
}

/** What a schema cannot say: these name things of the host. */
function check(settings: Settings): void {
  if (settings.extraCaBundle !== '' && !isAbsolute(settings.extraCaBundle)) {
    throw new AppError('settings/invalid', 'The extra CA bundle is named by the absolute path of a PEM file.');
  }
  if (settings.seccompProfile !== '' && !isAbsolute(settings.seccompProfile)) {
    throw new AppError('settings/invalid', 'The seccomp profile is named by the absolute path of a JSON file.');
  }
}

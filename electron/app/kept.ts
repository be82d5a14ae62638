import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { createEmitter, type Dispose } from '../../shared/disposable.ts';
import { AppError } from '../../shared/errors.ts';
import { showPath } from './openings.ts';

/** What of `conf` is used; `electron-store` is one. */
export type StoreFile = { store: Record<string, unknown> };
export type StoreOptions = {
  readonly cwd: string;
  readonly name: string;
  readonly schema: Record<string, object>;
  readonly configFileMode: number;
  readonly accessPropertiesByDotNotation: false;
};
/** `(options) => new ElectronStore(options)`; without Electron `conf`, its base class. */
export type OpenStore = (options: StoreOptions) => StoreFile;

/** A few values of the window's own in a JSON file, `<folder>/<name>.json` (mode 0600, written atomically). */
export type Kept<T> = {
  readonly get: () => T;
  /** Keeps what is not given. Throws `shell/settings-invalid`, and `shell/settings-unwritable` when it holds until the end only. */
  readonly set: (changes: { readonly [K in keyof T]?: T[K] | undefined }) => T;
  readonly onChange: (listener: (value: T) => void) => Dispose;
  /** What was wrong with the file, in a sentence; null when nothing was. */
  readonly problem: string | null;
};

export type KeptOptions<S extends z.ZodObject> = { readonly folder: string; readonly name: string; readonly schema: S; readonly open: OpenStore };

/**
 * Opens it. A file that cannot be read is put aside under another name, and what can be understood of it is taken over; the window
 * opens all the same. Each field of `schema` has a default.
 */
export function openKept<S extends z.ZodObject>({ folder, name, schema, open }: KeptOptions<S>): Kept<z.output<S>> {
  const path = join(folder, `${name}.json`);
  const changes = createEmitter<z.output<S>>();
  const { file, problem } = openFile(path, { folder, name, schema, open });
  let current = salvage(schema, file?.store ?? {});
  return {
    problem,
    get: () => current,
    set(given) {
      const next = schema.safeParse({ ...current, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) });
      if (!next.success) throw new AppError('shell/settings-invalid', next.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join(' '));
      current = next.data;
      try {
        // Fields of a newer version stay in the file.
        if (file) file.store = { ...file.store, ...current };
      } catch (cause) {
        const { message } = cause as Error;
        throw new AppError('shell/settings-unwritable', `${showPath(path)} cannot be written (${message}); the change holds until Forgehold ends.`, { cause });
      } finally {
        changes.emit(current);
      }
      return current;
    },
    onChange: (listener) => changes.on(listener),
  };
}

type Opened = { readonly file: StoreFile | null; readonly problem: string | null };

function openFile<S extends z.ZodObject>(path: string, { folder, name, schema, open }: KeptOptions<S>): Opened {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input' });
  const options: StoreOptions = {
    cwd: folder,
    name,
    schema: properties as Record<string, object>,
    configFileMode: 0o600,
    accessPropertiesByDotNotation: false,
  };
  try {
    return { file: open(options), problem: null };
  } catch (error) {
    const aside = join(folder, `${name}.unreadable-${new Date().toISOString().replaceAll(':', '-')}.json`);
    const why = error instanceof Error ? error.message : String(error);
    try {
      const understood = salvage(schema, readLoosely(path));
      renameSync(path, aside);
      const file = open(options);
      file.store = { ...understood };
      return { file, problem: `The settings of the window could not be read, and what was wrong in them is as at first. The old file is ${showPath(aside)}.` };
    } catch {
      // Neither read nor put aside: the first reason says more.
      return { file: null, problem: `The settings of the window in ${showPath(path)} cannot be used (${why}). Changes hold until Forgehold ends.` };
    }
  }
}

/** The fields that are as they should be, and the defaults for the others. */
function salvage<S extends z.ZodObject>(schema: S, stored: Record<string, unknown>): z.output<S> {
  const good = Object.entries(schema.shape).filter(([name, field]) => Object.hasOwn(stored, name) && z.safeParse(field, stored[name]).success);
  return schema.parse(Object.fromEntries(good.map(([name]) => [name, stored[name]])));
}

function readLoosely(path: string): Record<string, unknown> {
  try {
    const stored: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return typeof stored === 'object' && stored !== null ? (stored as Record<string, unknown>) : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

import { createHash } from 'node:crypto';
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '../../shared/errors.ts';

/** One forward step of the schema. Once released it never changes; a later one corrects it. */
export type Migration = {
  /** `<slice>/<number>-<what>`, unique: it is how the database remembers what was done. */
  readonly name: string;
  readonly statements: readonly string[];
};

/** How long a statement waits for another process's write, in milliseconds. One core per data folder: only a backup tool can hold us up. */
const BUSY_TIMEOUT = 5000;
/** Backups kept beside the database; one is made before each upgrade. */
const BACKUPS_KEPT = 3;

/** Primary result codes of SQLite (https://www.sqlite.org/rescode.html); the low byte of an extended code. */
const resultCode = { busy: 5, locked: 6, corrupt: 11, cannotOpen: 14, full: 13, notADatabase: 26 } as const;

/**
 * Opens the database and brings its schema up to date: each migration in order, once, in one transaction with the note
 * that it was done. An existing database is copied to `<file>.<time>.backup` before it is changed.
 *
 * @throws AppError `database/newer` (made by a later version), `database/locked`, `database/corrupt`, `database/unusable`.
 *   In each case the file is as it was.
 */
export function openDatabase(file: string, migrations: readonly Migration[], busyTimeout = BUSY_TIMEOUT): DatabaseSync {
  const existed = existsSync(file);
  let database: DatabaseSync | undefined;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    // Made by us, so that SQLite's journals, which copy the mode of the database, are private from the first byte.
    if (!existed) closeSync(openSync(file, 'a', 0o600));
    database = new DatabaseSync(file, { timeout: busyTimeout, enableForeignKeyConstraints: true });
    database.exec('PRAGMA schema_version');
    chmodSync(file, 0o600);
    // For migrations that give rows an id that follows from what they hold.
    database.function('sha256', { deterministic: true }, (text) => createHash('sha256').update(String(text)).digest('hex'));
    database.exec('PRAGMA journal_mode = WAL');
    // Safe against a crash of the app; a power cut can lose the last moments, never the database.
    database.exec('PRAGMA synchronous = NORMAL');
    migrate(database, file, migrations, existed);
    return database;
  } catch (error) {
    database?.close();
    throw explain(error, file);
  }
}

/** Runs `work` in one transaction: all of it is kept or, when it throws, none. Not nestable. */
export function transaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const value = work();
    database.exec('COMMIT');
    return value;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function migrate(database: DatabaseSync, file: string, migrations: readonly Migration[], existed: boolean): void {
  const applied = readApplied(database);
  const known = new Map(migrations.map((migration) => [migration.name, fingerprint(migration)]));
  if (known.size !== migrations.length) throw new Error('Two migrations share a name.');
  for (const [name, hash] of applied) {
    if (!known.has(name))
      throw new AppError('database/newer', `The database ${file} was made by a newer version of Forgehold. Start that version, or use another data folder.`, {
        details: { file, migration: name },
      });
    if (known.get(name) !== hash) throw new Error(`The migration ${name} was changed after it had been applied.`);
  }
  const missing = migrations.filter((migration) => !applied.has(migration.name));
  if (missing.length === 0) return;
  if (existed && applied.size > 0) backUp(database, file);
  transaction(database, () => {
    database.exec('CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY, hash TEXT NOT NULL, applied_at TEXT NOT NULL) STRICT');
    const note = database.prepare('INSERT INTO migration (name, hash, applied_at) VALUES (?, ?, ?)');
    for (const migration of missing) {
      for (const statement of migration.statements) database.exec(statement);
      note.run(migration.name, fingerprint(migration), new Date().toISOString());
    }
  });
}

function readApplied(database: DatabaseSync): Map<string, string> {
  const table = database.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migration'").get();
  if (!table) return new Map();
  const rows = database.prepare('SELECT name, hash FROM migration').all() as { name: string; hash: string }[];
  return new Map(rows.map((row) => [row.name, row.hash]));
}

function fingerprint(migration: Migration): string {
  return createHash('sha256').update(migration.statements.join('\0')).digest('hex').slice(0, 16);
}

/** A consistent copy, journal included, that takes no lock for longer than reading needs. */
function backUp(database: DatabaseSync, file: string): void {
  const copy = `${file}.${new Date().toISOString().replaceAll(':', '-')}.backup`;
  closeSync(openSync(copy, 'wx', 0o600));
  database.prepare('VACUUM INTO ?').run(copy);
  const isOurs = (name: string): boolean => name.startsWith(`${basename(file)}.`) && name.endsWith('.backup');
  const backups = readdirSync(dirname(file)).filter(isOurs).sort();
  for (const old of backups.slice(0, -BACKUPS_KEPT)) rmSync(join(dirname(file), old), { force: true });
}

function explain(error: unknown, file: string): unknown {
  if (error instanceof AppError) return error;
  const code = (error as { errcode?: unknown }).errcode;
  if (typeof code !== 'number') return isFileError(error) ? unusable(error, file) : error;
  const options = { details: { file, sqlite: code }, cause: error };
  switch (code & 0xff) {
    case resultCode.busy:
    case resultCode.locked:
      return new AppError('database/locked', `Another program holds the database ${file}. Close it, then start Forgehold again.`, options);
    case resultCode.corrupt:
    case resultCode.notADatabase:
      return new AppError(
        'database/corrupt',
        `The database ${file} is damaged. Nothing was changed: move it away to begin anew, or put the newest ".backup" beside it in its place.`,
        options,
      );
    case resultCode.full:
    case resultCode.cannotOpen:
      return unusable(error, file);
    default:
      return error;
  }
}

function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === 'string';
}

function unusable(cause: unknown, file: string): AppError {
  return new AppError(
    'database/unusable',
    `The database ${file} cannot be written: ${(cause as Error).message}. Check the folder's permissions and the free disk space.`,
    {
      details: { file },
      cause,
    },
  );
}

import { chmodSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../shared/errors.ts';
import { explainTrouble } from '../../shared/trouble.ts';

/** Proof that this process is the only core of its data folder. */
export type CoreLock = { readonly release: () => void };

/** SQLITE_BUSY (https://www.sqlite.org/rescode.html): somebody else holds the lock. */
const BUSY = 5;
/** Between two tries, in milliseconds. */
const RETRY = 100;

/**
 * Takes the lock of a data folder, or answers null when another process holds it.
 * It is an exclusive transaction on a database file that holds nothing else: the kernel's own file lock underneath,
 * so it ends with the process however that dies, and no file left behind can ever look like a lock.
 *
 * @throws AppError `core/lock-unusable` when the file cannot be locked at all.
 */
export function takeCoreLock(file: string): CoreLock | null {
  // Not imported: whoever only attaches to a running core also does so on a runtime that has no SQLite.
  const sqlite = process.getBuiltinModule('node:sqlite');
  if (!sqlite)
    throw new AppError('core/no-sqlite', 'This runtime has no SQLite, so no core can run in it. Start one with "forgehold serve"; this attaches to it.');
  let database: DatabaseSync | null = null;
  try {
    database = new sqlite.DatabaseSync(file, { timeout: 0 });
    chmodSync(file, 0o600);
    // Without a journal file, nothing has to be cleaned up after a crash.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    const held = database;
    return { release: () => void (held.isOpen && held.close()) };
  } catch (error) {
    database?.close();
    if (((error as { errcode?: number }).errcode ?? 0) % 256 === BUSY) return null;
    const trouble = explainTrouble(error);
    if (trouble instanceof AppError && trouble.code !== 'data/unwritable') throw trouble;
    throw new AppError(
      'core/lock-unusable',
      `The file ${file} cannot be locked: ${(error as Error).message}. Keep the data folder on a local disk that you can write to.`,
      {
        details: { path: file },
        cause: error,
      },
    );
  }
}

/** Tries until the lock is free; null when it is not within `patience` milliseconds. */
export async function waitForCoreLock(file: string, patience: number): Promise<CoreLock | null> {
  const end = performance.now() + patience;
  for (;;) {
    const lock = takeCoreLock(file);
    if (lock || performance.now() >= end) return lock;
    await sleep(RETRY);
  }
}

import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

/** What a look at the database file found. */
export type DatabaseVerdict = { readonly kind: 'fine' } | { readonly kind: 'locked' | 'damaged' | 'unreadable'; readonly said: string };

/** SQLITE_BUSY, SQLITE_CORRUPT, SQLITE_NOTADB (https://www.sqlite.org/rescode.html). */
const codes: Readonly<Record<number, 'locked' | 'damaged'>> = { 5: 'locked', 11: 'damaged', 26: 'damaged' };
/** The core's own writes take milliseconds; who holds the lock for longer is somebody else. */
const patience = 2000;

const { file } = workerData as { readonly file: string };
parentPort?.postMessage(check());

function check(): DatabaseVerdict {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { timeout: patience });
    const [first] = database.prepare('PRAGMA quick_check(1)').all() as { quick_check: string }[];
    if (first?.quick_check !== 'ok') return { kind: 'damaged', said: first?.quick_check ?? 'no answer' };
    database.exec('BEGIN IMMEDIATE; ROLLBACK');
    return { kind: 'fine' };
  } catch (error) {
    return { kind: codes[((error as { errcode?: number }).errcode ?? 0) & 0xff] ?? 'unreadable', said: (error as Error).message };
  } finally {
    database?.close();
  }
}

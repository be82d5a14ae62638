import { AppError } from './errors.ts';

/** Primary result codes of SQLite (https://www.sqlite.org/rescode.html); the low byte of an extended code. */
const sqlite = { busy: 5, locked: 6, readOnly: 8, ioError: 10, corrupt: 11, full: 13, cannotOpen: 14, notADatabase: 26 } as const;

const makeRoom = '"forgehold disk" and the settings under Storage show what can go. Make room, then try again.';
const full = { code: 'data/disk-full', message: `The disk of the data folder is full; what was being done was not written. ${makeRoom}` };
const readOnly = {
  code: 'data/read-only',
  message: 'The data folder cannot be written: its disk is mounted read-only, by hand or after a disk error. Mount it for writing, then try again.',
};
const locked = {
  code: 'database/locked',
  message: 'Another program holds the database of the data folder, so this was not written. Close it (a backup tool, a database viewer), then try again.',
};
const broken = {
  code: 'database/corrupt',
  message: 'The database of the data folder is damaged. Nothing was changed. "forgehold doctor" tells more.',
};
const failing = {
  code: 'data/unwritable',
  message: 'The disk of the data folder reports errors, so this was not written. Check its free space and its health, then try again.',
};
const engineFull = { code: 'engine/disk-full', message: `The disk of the container engine is full. ${makeRoom}` };

/**
 * Trouble of the machine is no bug: a full or read-only disk, a database that another program holds. What is thrown by it, however deep
 * below, becomes the `AppError` that says so; anything else is answered as it is.
 */
export function explainTrouble(error: unknown): unknown {
  if (error instanceof AppError) return hidesFullDisk(error) ? toAppError(engineFull, error) : error;
  const known = describe(error);
  return known ? toAppError(known, error) : error;
}

type Known = { readonly code: string; readonly message: string };

function toAppError({ code, message }: Known, cause: unknown): AppError {
  const details = cause instanceof AppError ? { ...cause.details, what: cause.code } : { said: cause instanceof Error ? cause.message : String(cause) };
  return new AppError(code, message, { details, cause });
}

/** A build's log, a program's error output: there the engine's full disk is only a line of many. */
function hidesFullDisk({ code, message, details }: AppError): boolean {
  if (code === engineFull.code || !/^(?:engine|image|tools|git|workspace)\//.test(code)) return false;
  const said = [message, details['said'], details['stderr'], details['log']].flat().join('\n');
  return /no space left on device/i.test(said);
}

function describe(error: unknown): Known | null {
  const { code, errcode, cause } = (typeof error === 'object' && error !== null ? error : {}) as {
    readonly code?: unknown;
    readonly errcode?: unknown;
    readonly cause?: unknown;
  };
  if (code === 'ENOSPC' || code === 'EDQUOT') return full;
  if (code === 'EROFS') return readOnly;
  if (typeof errcode === 'number') return describeSqlite(errcode & 0xff);
  return cause === undefined ? null : describe(cause);
}

function describeSqlite(code: number): Known | null {
  switch (code) {
    case sqlite.busy:
    case sqlite.locked:
      return locked;
    case sqlite.full:
      return full;
    case sqlite.readOnly:
      return readOnly;
    case sqlite.ioError:
    case sqlite.cannotOpen:
      return failing;
    case sqlite.corrupt:
    case sqlite.notADatabase:
      return broken;
    default:
      return null;
  }
}

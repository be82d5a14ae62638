import { chmodSync, closeSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type Logger as PinoLogger, type StreamEntry, multistream, pino, stdSerializers } from 'pino';
import { AppError } from '../../shared/errors.ts';

export type Logger = PinoLogger;

/** A log file of this many bytes makes room for the next; two older ones are kept. */
const maxBytes = 8 * 1024 * 1024;
const kept = 2;

/** Keys whose values are never written. `Secret` hides itself; this catches what was not made one. */
const secretKeys = ['apiKey', 'api_key', 'token', 'secret', 'password', 'authorization', 'cookie', 'key', 'credential', 'credentials'];
const redact = { paths: secretKeys.flatMap((key) => [key, `*.${key}`, `*.*.${key}`, `*.*.*.${key}`]), censor: '[REDACTED]' };

/** Logs as JSON lines into `<folder>/<file>` (mode 0600), warnings and errors as sentences to stderr as well. Nothing is lost in a crash: each line is written when it is logged. */
export function createLogger(folder: string, options: { readonly stderr?: NodeJS.WritableStream; readonly file?: string } = {}): Logger {
  const file = new RotatingFile(folder, options.file ?? 'core.log');
  const streams: StreamEntry[] = [{ level: 'info', stream: { write: (line) => file.write(line) } }];
  const { stderr } = options;
  if (stderr) streams.push({ level: 'warn', stream: { write: (line) => void stderr.write(describeLine(line)) } });
  return pino({ level: 'info', base: { pid: process.pid }, redact, serializers: { error: serializeError, err: serializeError } }, multistream(streams));
}

class RotatingFile {
  readonly #path: string;
  #file: number;
  #size: number;
  #lost = 0;

  constructor(folder: string, name: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#path = join(folder, name);
    this.#file = openSync(this.#path, 'a', 0o600);
    chmodSync(this.#path, 0o600);
    this.#size = statSync(this.#path).size;
  }

  /** A full or broken disk must not end the core: lines that cannot be written are counted, and their number stands before the next that can. */
  write(line: string): void {
    try {
      if (this.#size > maxBytes) this.#rotate();
      if (this.#lost > 0) this.#size += writeSync(this.#file, `${JSON.stringify({ level: 40, time: Date.now(), msg: `${this.#lost} lines were lost` })}\n`);
      this.#lost = 0;
      this.#size += writeSync(this.#file, line);
    } catch {
      this.#lost += 1;
    }
  }

  #rotate(): void {
    closeSync(this.#file);
    rmSync(`${this.#path}.${kept}`, { force: true });
    for (let index = kept; index > 1; index -= 1) moveIfThere(`${this.#path}.${index - 1}`, `${this.#path}.${index}`);
    renameSync(this.#path, `${this.#path}.1`);
    this.#file = openSync(this.#path, 'a', 0o600);
    this.#size = 0;
  }
}

function moveIfThere(from: string, to: string): void {
  if (statSync(from, { throwIfNoEntry: false })) renameSync(from, to);
}

/** An error with its code, details and causes: the log is where a bug is looked for. */
function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const base = stdSerializers.errWithCause(error);
  return error instanceof AppError ? { ...base, code: error.code, details: error.details } : base;
}

function describeLine(line: string): string {
  const { level, msg, error } = JSON.parse(line) as { level: number; msg?: string; error?: { message?: string } };
  return `${level >= 50 ? 'error' : 'warning'}: ${[msg, error?.message].filter(Boolean).join(': ')}\n`;
}

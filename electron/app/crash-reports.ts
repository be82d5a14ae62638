import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { arch, platform, release } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';

/** Something that ended or hung. Names and numbers only: no text that a user or a program wrote. */
export type Crash =
  | { readonly kind: 'exception'; readonly error: unknown }
  /** `reason` as Electron names it: crashed, oom, killed, … */
  | { readonly kind: 'page-gone' | 'process-gone'; readonly process: string; readonly reason: string; readonly exitCode: number }
  | { readonly kind: 'page-hung' };

export type CrashReports = {
  /** Written at once: the process may be about to end. Null when it cannot be written, or too many were lately. */
  readonly write: (crash: Crash) => string | null;
};

/** Enough to see what repeats. */
const kept = 20;
/** A fault in a loop must not fill the disk, nor push out the report that began it. */
const mostPerMinute = 5;

export type CrashReportOptions = {
  readonly folder: string;
  readonly versions: { readonly forgehold: string; readonly electron: string };
  readonly onError: (error: unknown) => void;
  readonly now?: () => Date;
};

/** Small JSON files (mode 0600) in `folder`, the newest 20. They never leave this computer by themselves. */
export function createCrashReports({ folder, versions, onError, now = () => new Date() }: CrashReportOptions): CrashReports {
  let lately: readonly number[] = [];
  return {
    write(crash) {
      const at = now();
      lately = lately.filter((time) => at.getTime() - time < 60_000);
      if (lately.length >= mostPerMinute) return null;
      lately = [...lately, at.getTime()];
      const report = {
        at: at.toISOString(),
        ...versions,
        system: { platform: platform(), release: release(), arch: arch() },
        upSeconds: Math.round(process.uptime()),
        ...describe(crash),
      };
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        const file = join(folder, `${at.toISOString().replaceAll(':', '-')}-${lately.length}-${crash.kind}.json`);
        writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`, { mode: 0o600 });
        forgetOld(folder);
        return file;
      } catch (error) {
        onError(error);
        return null;
      }
    },
  };
}

function forgetOld(folder: string): void {
  const reports = readdirSync(folder).filter((name) => name.endsWith('.json'));
  for (const name of reports.sort().slice(0, -kept)) rmSync(join(folder, name), { force: true });
}

function describe(crash: Crash): Readonly<Record<string, unknown>> {
  if (crash.kind !== 'exception') return crash;
  const { error } = crash;
  if (!(error instanceof Error)) return { kind: crash.kind, error: { name: typeof error } };
  const { code } = error as NodeJS.ErrnoException;
  // Only our own messages are known to hold no secret; the log, which leaves keys out, has the others.
  const message = error instanceof AppError ? error.message : undefined;
  return { kind: crash.kind, error: { name: error.name, code, message, frames: framesOf(error) } };
}

/** Where it happened, without the message that a stack begins with, and without the name of the user's folder. */
function framesOf({ stack = '' }: Error): readonly string[] {
  const frames = stack.split('\n').filter((line) => /^\s+at .+:\d+:\d+\)?$/.test(line));
  return frames.slice(0, 30).map((line) => line.trim().replaceAll(/(?:file:\/\/)?\/[^\s():]*\/(?=[^/\s():]+:\d+)/g, ''));
}

import { AppError } from '../../shared/errors.ts';
import { Collected } from './collected.ts';
import { announcedArgv, describeArgv, type ExecProcess } from './exec-process.ts';
import type { ExecRunner } from './exec-runner.ts';
import type { ExecOptions, ExecResult } from './exec-types.ts';
import type { Jail } from './jail.ts';
import type { Engine } from './types.ts';

const defaultTimeoutMs = 30_000;
const defaultMaxBytes = 8 * 1024 * 1024;

/** One program, its input given at once, its output collected. Whatever cuts it short ends its processes before the error is thrown. */
export function createExec(runner: ExecRunner, jail: Jail): Pick<Engine, 'exec'> {
  return {
    async exec(id, argv, options = {}) {
      const what = argv[0] ?? '';
      if (options.signal?.aborted === true) throw cancelled(argv, options.signal);
      const own = await jail.requireContainer(id);
      using cut = limit(argv, options);
      const process = await runner.start(own, announcedArgv(argv), options, options.stdin !== undefined, cut.sinks);
      if (options.stdin !== undefined) process.socket.end(options.stdin);
      try {
        return await Promise.race([collect(runner, process, cut, what), cut.short]);
      } catch (error) {
        await runner.end(own, process, options.user);
        throw error;
      }
    },
  };
}

type Limit = Disposable & {
  readonly stdout: Collected;
  readonly stderr: Collected;
  readonly sinks: { readonly onStdout: (bytes: Buffer) => void; readonly onStderr: (bytes: Buffer) => void };
  /** Rejects when time or room is over, or the caller cancels. */
  readonly short: Promise<never>;
};

function limit(argv: readonly string[], options: ExecOptions): Limit {
  const what = argv[0] ?? '';
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  const maxBytes = options.maxBytes ?? defaultMaxBytes;
  const { promise: short, reject } = Promise.withResolvers<never>();
  // It may reject before anyone waits for it: while the program is still being started.
  short.catch(() => undefined);
  const onOver = (): void =>
    reject(new AppError('engine/exec-output', `${what} wrote more than ${maxBytes} bytes, so it was ended.`, { details: { ...describeArgv(argv), maxBytes } }));
  const onTime = (): void =>
    reject(
      new AppError('engine/exec-timeout', `${what} took longer than ${timeoutMs / 1_000} s, so it was ended.`, {
        details: { ...describeArgv(argv), timeoutMs, stdout: stdout.text().slice(-2_000), stderr: stderr.text().slice(-2_000) },
      }),
    );
  const onAbort = (): void => reject(cancelled(argv, options.signal));
  const stdout = new Collected(maxBytes, onOver);
  const stderr = new Collected(maxBytes, onOver);
  const timer = setTimeout(onTime, timeoutMs);
  options.signal?.addEventListener('abort', onAbort, { once: true });
  return {
    stdout,
    stderr,
    sinks: { onStdout: stdout.take, onStderr: stderr.take },
    short,
    [Symbol.dispose]() {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', onAbort);
    },
  };
}

async function collect(runner: ExecRunner, process: ExecProcess, { stdout, stderr }: Limit, what: string): Promise<ExecResult> {
  if (!(await process.ended)) throw new AppError('engine/unreachable', `The connection to the engine broke while ${what} ran.`, { details: { what } });
  const exitCode = await runner.exitCode(process);
  if ((await process.leader) === null) throw notStarted(what, stdout.text() + stderr.text());
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
}

/** The engine could not start the program at all: no such folder, no such user, no shell in the image. */
export function notStarted(what: string, said: string): AppError {
  return new AppError('engine/exec-failed', `${what} could not be started in the container: ${said.trim()}`, { details: { what, said: said.trim() } });
}

function cancelled(argv: readonly string[], signal: AbortSignal | undefined): AppError {
  return new AppError('engine/cancelled', 'Cancelled.', { details: describeArgv(argv), cause: signal?.reason });
}

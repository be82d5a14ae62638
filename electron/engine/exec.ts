import type { ExecCreateOptions } from 'dockerode';
import { AppError } from '../../shared/errors.ts';
import type { Connection } from './connection.ts';
import { endSessionArgv } from './exec-end.ts';
import { announcedArgv, ExecProcess, type ExecSinks } from './exec-process.ts';
import { ExecStream, StderrStream } from './exec-stream.ts';
import type { Jail } from './jail.ts';
import type { Engine, EngineLog, ExecOptions, ExecResult } from './types.ts';

const defaultTimeoutMs = 30_000;
const defaultMaxBytes = 8 * 1024 * 1024;
/** How long a program may take to leave after the end of its input, before it is told to. */
const politeMs = 250;
const endTimeoutMs = 15_000;

type Place = Pick<ExecOptions, 'user' | 'workingDir' | 'env'>;

/** Programs inside our containers. Destroying an exec's stream does not end its processes, so ending is a second exec that does. */
export class Execs implements Pick<Engine, 'exec' | 'openExec'> {
  readonly #connection: Connection;
  readonly #jail: Jail;
  readonly #log: EngineLog | undefined;

  constructor(connection: Connection, jail: Jail, log?: EngineLog) {
    this.#connection = connection;
    this.#jail = jail;
    this.#log = log;
  }

  readonly exec: Engine['exec'] = async (id, argv, options = {}) => {
    options.signal?.throwIfAborted();
    const own = await this.#jail.requireContainer(id);
    const stop = Promise.withResolvers<never>();
    stop.promise.catch(() => undefined);
    const what = argv[0] ?? '';
    const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
    const limit = options.maxBytes ?? defaultMaxBytes;
    const tooMuch = (): void =>
      stop.reject(new AppError('engine/exec-output', `${what} wrote more than ${limit} bytes, so it was ended.`, { details: { argv, limit } }));
    const stdout = new Collected(limit, tooMuch);
    const stderr = new Collected(limit, tooMuch);
    const timer = setTimeout(
      () =>
        stop.reject(new AppError('engine/exec-timeout', `${what} took longer than ${timeoutMs / 1_000} s, so it was ended.`, { details: { argv, timeoutMs } })),
      timeoutMs,
    );
    const onAbort = (): void => stop.reject(new AppError('engine/cancelled', 'Cancelled.', { details: { argv }, cause: options.signal?.reason }));
    options.signal?.addEventListener('abort', onAbort, { once: true });
    try {
      const process = await this.#start(own, announcedArgv(argv), options, options.stdin !== undefined, { onStdout: stdout.take, onStderr: stderr.take });
      if (options.stdin !== undefined) process.socket.end(options.stdin);
      try {
        return await Promise.race([this.#result(process, stdout, stderr, what), stop.promise]);
      } catch (error) {
        await this.#endAndLetGo(own, process, options.user);
        throw error;
      }
    } finally {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', onAbort);
    }
  };

  readonly openExec: Engine['openExec'] = async (id, argv, options = {}) => {
    const own = await this.#jail.requireContainer(id);
    const stderr = new StderrStream();
    let closed: (() => Promise<void>) | null = null;
    const stream = new ExecStream(() => {
      stderr.push(null);
      // A destroyed stream is a closed session; what could not be ended is in the log.
      closed?.().catch((error: unknown) => this.#log?.warn({ error, argv }, 'A closed program may still run'));
    });
    const process = await this.#start(own, announcedArgv(argv), options, true, {
      onStdout: (bytes) => stream.receive(bytes),
      onStderr: (bytes) => stderr.receive(bytes),
    });
    stream.connect(process);
    let closing: Promise<void> | null = null;
    const exited = process.ended.then(async (whole) => {
      stderr.push(null);
      return whole ? this.#exitCode(process.execId).catch(() => null) : null;
    });
    const close = (): Promise<void> => (closing ??= this.#close(own, process, stream, options.user));
    closed = close;
    return { stream, stderr, exited, close };
  };

  async #close(containerId: string, process: ExecProcess, stream: ExecStream, user: string | undefined): Promise<void> {
    process.endInput();
    stream.destroy();
    process.drain();
    const { promise: polite, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, politeMs);
    await Promise.race([polite, process.ended]);
    clearTimeout(timer);
    if (!process.hasEnded) await this.#endAndLetGo(containerId, process, user);
    process.socket.destroy();
  }

  async #result(process: ExecProcess, stdout: Collected, stderr: Collected, what: string): Promise<ExecResult> {
    if (!(await process.ended)) throw new AppError('engine/unreachable', `The connection to the engine broke while ${what} ran.`, { details: { what } });
    const exitCode = await this.#exitCode(process.execId);
    if ((await process.leader) === null) {
      const said = (stdout.text() + stderr.text()).trim();
      throw new AppError('engine/exec-failed', `${what} could not be started in the container: ${said}`, { details: { what, said, exitCode } });
    }
    return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
  }

  async #start(containerId: string, argv: string[], place: Place, stdin: boolean, sinks: ExecSinks): Promise<ExecProcess> {
    const body: ExecCreateOptions = {
      Cmd: argv,
      AttachStdin: stdin,
      AttachStdout: true,
      AttachStderr: true,
      Tty: false,
      ...(place.user !== undefined && { User: place.user }),
      ...(place.workingDir !== undefined && { WorkingDir: place.workingDir }),
      ...(place.env !== undefined && { Env: Object.entries(place.env).map(([name, value]) => `${name}=${value}`) }),
    };
    const exec = await this.#connection.request('prepare a program', (docker, abortSignal) => docker.getContainer(containerId).exec({ ...body, abortSignal }));
    const socket = await this.#connection.request('start a program', (_, abortSignal) => exec.start({ hijack: true, stdin: true, abortSignal }));
    return new ExecProcess(exec.id, socket, sinks);
  }

  /** The output's end comes a moment before the engine knows the exit code, or long before, when the program closed its output. */
  async #exitCode(execId: string): Promise<number> {
    for (let waitMs = 1; ; waitMs = Math.min(waitMs * 2, 500)) {
      const found = await this.#connection.request('read an exit code', (docker, abortSignal) => docker.getExec(execId).inspect({ abortSignal }));
      if (!found.Running && found.ExitCode !== null) return found.ExitCode;
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }

  /** Ends the program's whole session, as its own user, then drops the stream. @throws engine/exec-survived */
  async #endAndLetGo(containerId: string, process: ExecProcess, user: string | undefined): Promise<void> {
    process.drain();
    try {
      const leader = await process.leader;
      if (leader === null) return;
      const stdout = new Collected(4_096, () => undefined);
      const place = user === undefined ? {} : { user };
      const ender = await this.#start(containerId, endSessionArgv(leader), place, false, { onStdout: stdout.take, onStderr: () => undefined });
      await this.#connection.request('end a program', () => ender.ended, { timeoutMs: endTimeoutMs });
      if ((await this.#exitCode(ender.execId)) !== 0) {
        const message = 'A program in the container could not be ended. Stop the workspace to end it.';
        throw new AppError('engine/exec-survived', message, { details: { left: stdout.text() } });
      }
    } catch (error) {
      // A container that does not run has no processes left.
      if (!(error instanceof AppError && (error.code === 'engine/not-running' || error.code === 'engine/not-found'))) throw error;
    } finally {
      process.socket.destroy();
    }
  }
}

class Collected {
  readonly #chunks: Buffer[] = [];
  readonly #limit: number;
  readonly #onFull: () => void;
  #bytes = 0;

  constructor(limit: number, onFull: () => void) {
    this.#limit = limit;
    this.#onFull = onFull;
  }

  readonly take = (bytes: Buffer): void => {
    if (this.#bytes > this.#limit) return;
    this.#bytes += bytes.length;
    if (this.#bytes > this.#limit) this.#onFull();
    else this.#chunks.push(bytes);
  };

  text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}

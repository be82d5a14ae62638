import type { ExecCreateOptions } from 'dockerode';
import { AppError } from '../../shared/errors.ts';
import { Collected } from './collected.ts';
import type { Connection } from './connection.ts';
import { endSessionArgv } from './exec-end.ts';
import { ExecProcess, type ExecSinks } from './exec-process.ts';
import type { ExecOptions } from './exec-types.ts';
import type { Jail } from './jail.ts';

/** Over the second and a half that the ending script takes at most. */
const endTimeoutMs = 15_000;
/** From the start of an exec to its first line; longer only on an engine that is stuck. */
const announceTimeoutMs = 10_000;

export type Place = Pick<ExecOptions, 'user' | 'workingDir' | 'env'>;

/** Starts programs in containers proven ours, learns how they ended, and ends them. */
export class ExecRunner {
  readonly #connection: Connection;
  readonly #jail: Pick<Jail, 'userOf'>;
  readonly #open = new Set<ExecProcess>();

  constructor(connection: Connection, jail: Pick<Jail, 'userOf'>) {
    this.#connection = connection;
    this.#jail = jail;
  }

  async start(containerId: string, argv: string[], place: Place, stdin: boolean, sinks: ExecSinks): Promise<ExecProcess> {
    // Root is asked for by name: a container that the engine starts as root must not make root of whoever forgets to say a user.
    const user = place.user ?? (await this.#jail.userOf(containerId));
    const body: ExecCreateOptions = {
      Cmd: argv,
      AttachStdin: stdin,
      AttachStdout: true,
      AttachStderr: true,
      Tty: false,
      ...(user !== undefined && { User: user }),
      ...(place.workingDir !== undefined && { WorkingDir: place.workingDir }),
      ...(place.env !== undefined && { Env: Object.entries(place.env).map(([name, value]) => `${name}=${value}`) }),
    };
    const exec = await this.#connection.request('prepare a program', (docker, abortSignal) => docker.getContainer(containerId).exec({ ...body, abortSignal }));
    // Hijacked, the connection is the program's: one half can end while the other goes on, and reading slowly slows the program.
    const socket = await this.#connection.request('start a program', (_, abortSignal) => exec.start({ hijack: true, stdin: true, abortSignal }));
    const process = new ExecProcess(exec.id, socket, sinks);
    this.#open.add(process);
    void process.ended.then(() => this.#open.delete(process));
    return process;
  }

  /** The output's end comes a moment before the engine knows the exit code, or long before, when the program closed its output. */
  async exitCode(process: ExecProcess): Promise<number> {
    for (let waitMs = 1; ; waitMs = Math.min(waitMs * 2, 500)) {
      const found = await this.#connection.request('read an exit code', (docker, abortSignal) => docker.getExec(process.execId).inspect({ abortSignal }));
      if (!found.Running && found.ExitCode !== null) return found.ExitCode;
      if (process.isAbandoned) throw new AppError('engine/cancelled', 'The program was ended.');
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }

  /** Ends the program's whole session, as the program's own user, and lets its stream go. @throws engine/exec-survived */
  async end(containerId: string, process: ExecProcess, user: string | undefined): Promise<void> {
    process.drain();
    try {
      const leader = await this.#connection.request('learn a process id', () => process.leader, { timeoutMs: announceTimeoutMs });
      if (leader !== null) await this.#endSession(containerId, leader, user);
    } catch (error) {
      // A container that does not run has no processes left.
      if (!(error instanceof AppError && ['engine/not-running', 'engine/not-found'].includes(error.code))) throw error;
    } finally {
      process.abandon();
    }
  }

  async #endSession(containerId: string, leader: number, user: string | undefined): Promise<void> {
    const left = new Collected(4_096);
    const place = user === undefined ? {} : { user };
    const ender = await this.start(containerId, endSessionArgv(leader), place, false, { onStdout: left.take, onStderr: left.take });
    await this.#connection.request('end a program', () => ender.ended, { timeoutMs: endTimeoutMs });
    if ((await this.exitCode(ender)) === 0) return;
    throw new AppError('engine/exec-survived', 'A program in the container could not be ended. Stop the workspace to end it.', {
      details: { left: left.text() },
    });
  }

  /** Drops all streams. Programs see the end of their input; those that run on are the container's. */
  dispose(): void {
    for (const process of this.#open) process.abandon();
  }
}

import { Collected } from './collected.ts';
import { announcedArgv, describeArgv, type ExecProcess } from './exec-process.ts';
import type { ExecRunner } from './exec-runner.ts';
import { ExecStream, StderrStream } from './exec-stream.ts';
import type { ExecSession } from './exec-types.ts';
import { notStarted } from './exec.ts';
import type { Jail } from './jail.ts';
import type { Engine, EngineLog } from './types.ts';

/** How long a program may take to leave after the end of its input, before it is told to. `tmux -C` leaves in a few milliseconds. */
const politeMs = 250;

/** Long-lived programs: control clients, bridges, log readers. */
export function createExecSessions(runner: ExecRunner, jail: Jail, log?: EngineLog): Pick<Engine, 'openExec'> {
  return {
    async openExec(id, argv, options = {}) {
      const own = await jail.requireContainer(id);
      const stderr = new StderrStream();
      const stream = new ExecStream();
      const first = new Collected(16_384);
      const process = await runner.start(own, announcedArgv(argv), options, true, {
        onStdout: (bytes) => {
          first.take(bytes);
          stream.receive(bytes);
        },
        onStderr: (bytes) => stderr.receive(bytes),
      });
      if ((await process.leader) === null) throw notStarted(argv[0] ?? '', first.text());
      stream.connect(process);
      return toSession(process, stream, stderr, { end: () => runner.end(own, process, options.user), exitCode: () => runner.exitCode(process), argv, log });
    },
  };
}

type Ways = {
  readonly end: () => Promise<void>;
  readonly exitCode: () => Promise<number>;
  readonly argv: readonly string[];
  readonly log: EngineLog | undefined;
};

function toSession(process: ExecProcess, stream: ExecStream, stderr: StderrStream, { end, exitCode, argv, log }: Ways): ExecSession {
  let closing: Promise<void> | null = null;
  const close = (): Promise<void> => (closing ??= Promise.resolve().then(() => closeProcess(process, stream, end)));
  // A destroyed stream is a closed session. Nobody waits for it then, so what could not be ended is in the log.
  stream.once('close', () => close().catch((error: unknown) => log?.warn({ error, ...describeArgv(argv) }, 'A closed program may still run')));
  // A lost connection shows as `close` and as `exited` with null; without a listener the error event would end the app.
  stream.on('error', (error) => log?.debug({ error, ...describeArgv(argv) }, 'The stream of a program broke'));
  const exited = process.ended.then((whole) => {
    stderr.push(null);
    return whole
      ? exitCode().catch((error: unknown) => {
          log?.debug({ error, ...describeArgv(argv) }, 'No exit code');
          return null;
        })
      : null;
  });
  return { stream, stderr, exited, close };
}

async function closeProcess(process: ExecProcess, stream: ExecStream, end: () => Promise<void>): Promise<void> {
  process.endInput();
  stream.destroy();
  process.drain();
  const { promise: patience, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, politeMs);
  await Promise.race([patience, process.ended]);
  clearTimeout(timer);
  if (process.hasEnded) process.abandon();
  else await end();
}

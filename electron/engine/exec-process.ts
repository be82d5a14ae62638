import type { Duplex } from 'node:stream';
import { createDemux } from './demux.ts';

/**
 * Says the process id first, on stderr, then becomes the program. The engine makes every exec a session of its own, so this id
 * also names the session and group of all that the program starts (unless a daemon leaves them on purpose, as tmux's server does).
 */
const announcing = 'echo "$$" >&2; exec "$@"';

export function announcedArgv(argv: readonly string[]): string[] {
  return ['/bin/sh', '-c', announcing, 'sh', ...argv];
}

/** For errors and the log: which program it was. Scripts and data among the arguments may be long. */
export function describeArgv(argv: readonly string[]): { readonly program: string; readonly arguments: string } {
  const [program = '', ...rest] = argv;
  const text = rest.join(' ');
  return { program, arguments: text.length > 200 ? `${text.slice(0, 200)}…` : text };
}

export type ExecSinks = { readonly onStdout: (bytes: Buffer) => void; readonly onStderr: (bytes: Buffer) => void };

/** One running exec behind its hijacked socket. */
export class ExecProcess {
  readonly execId: string;
  /** Id of the process inside the container; null when it ended without having become one. */
  readonly leader: Promise<number | null>;
  /** The stream ended (true) or broke (false). */
  readonly ended: Promise<boolean>;
  readonly socket: Duplex;
  #hasEnded = false;
  #isAbandoned = false;

  constructor(execId: string, socket: Duplex, sinks: ExecSinks) {
    this.execId = execId;
    this.socket = socket;
    const leader = Promise.withResolvers<number | null>();
    const ended = Promise.withResolvers<boolean>();
    this.leader = leader.promise;
    this.ended = ended.promise;
    const finish = (whole: boolean): void => {
      this.#hasEnded = true;
      leader.resolve(null);
      ended.resolve(whole);
    };
    const demux = createDemux(
      sinks.onStdout,
      takeFirstLine((line) => leader.resolve(/^\d{1,10}$/.test(line) ? Number(line) : null), sinks.onStderr),
    );
    socket.on('data', (chunk: Buffer) => {
      try {
        demux(chunk);
      } catch (error) {
        socket.destroy(error as Error);
      }
    });
    socket.once('end', () => finish(true));
    socket.once('error', () => finish(false));
    socket.once('close', () => finish(false));
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  get isAbandoned(): boolean {
    return this.#isAbandoned;
  }

  /** Nobody waits for it any more. */
  abandon(): void {
    this.#isAbandoned = true;
    this.socket.destroy();
  }

  /** The program's input ends; its output may go on. */
  endInput(): void {
    if (!this.socket.writableEnded) this.socket.end();
  }

  /** Reads on without a consumer, so that the stream's end is seen. */
  drain(): void {
    this.socket.resume();
  }
}

/** Longer than any process id. A container that was tampered with may write without an end, and none of it is kept here. */
const maxFirstLine = 64;

/** Calls `onLine` with the first line (or as much of it as is kept), `onRest` with all that follows. */
function takeFirstLine(onLine: (line: string) => void, onRest: (bytes: Buffer) => void): (bytes: Buffer) => void {
  let line: string | null = '';
  return (bytes) => {
    if (line === null) return onRest(bytes);
    const room = maxFirstLine - line.length;
    const end = bytes.subarray(0, room).indexOf(0x0a);
    const taken = end === -1 ? Math.min(room, bytes.length) : end;
    line += bytes.toString('latin1', 0, taken);
    if (end === -1 && line.length < maxFirstLine) return;
    onLine(line);
    line = null;
    const rest = bytes.subarray(end === -1 ? taken : end + 1);
    if (rest.length > 0) onRest(rest);
  };
}

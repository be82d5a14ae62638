import { AppError } from '../../shared/errors.ts';
import type { ExecSession } from '../engine/exec-types.ts';
import { type Block, ControlParser } from './control-parser.ts';

export type ControlClientOptions = {
  readonly onOutput: (pane: number, bytes: Buffer) => void;
  /** All output of one read has been handed over. */
  readonly onBatchEnd: () => void;
  readonly onNotification: (name: string, rest: string) => void;
  /** Milliseconds a command may take, from when all before it have been answered. */
  readonly timeoutMs: number;
};

/** The bodies of all commands of a request, in order, or the first error. Called in the order of the stream, between two outputs. */
type Settle = (error: AppError | null, bodies: readonly (readonly Buffer[])[]) => void;
type Request = { readonly commands: readonly string[]; readonly bodies: (readonly Buffer[])[]; readonly settle: Settle; readonly timeoutMs: number };

/** One `tmux -C` process: commands in, answers in the same order, output of panes between them. */
export class ControlClient {
  /** Settles when the connection is gone; with what ended it. */
  readonly closed: Promise<AppError>;
  readonly #session: ExecSession;
  readonly #options: ControlClientOptions;
  readonly #requests: Request[] = [];
  /** Of the first of the requests: those behind it wait for tmux to come to them, which is no fault of theirs on a busy machine. */
  #timer: NodeJS.Timeout | undefined;
  #frozen = false;
  readonly #markClosed: (error: AppError) => void;
  #ended: AppError | null = null;

  constructor(session: ExecSession, options: ControlClientOptions) {
    this.#session = session;
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<AppError>();
    this.closed = promise;
    this.#markClosed = resolve;
    const parser = new ControlParser({
      onOutput: options.onOutput,
      onBlock: (block) => this.#receive(block),
      onNotification: (name, rest) => {
        if (name === 'exit') this.close(new AppError('terminal/tmux-gone', 'The terminal server of the workspace has ended.', { details: { reason: rest } }));
        else options.onNotification(name, rest);
      },
    });
    const gone = (cause?: unknown): void => this.close(new AppError('terminal/tmux-gone', 'The terminal server of the workspace is gone.', { cause }));
    session.stream.on('data', (chunk: Uint8Array) => {
      try {
        parser.push(chunk);
      } catch (error) {
        this.close(error instanceof AppError ? error : new AppError('terminal/protocol', 'tmux sent what could not be read.', { cause: error }));
      }
      options.onBatchEnd();
    });
    session.stream.on('error', gone);
    session.stream.on('close', () => gone());
    session.stream.on('end', () => gone());
    session.stderr.on('data', () => {});
    session.exited.then(() => gone(), gone);
  }

  get open(): boolean {
    return this.#ended === null;
  }

  /** Runs the commands in one go: nothing comes between them. `settle` is called exactly once. */
  send(commands: readonly string[], settle: Settle, timeoutMs = this.#options.timeoutMs): void {
    if (this.#ended) return settle(this.#ended, []);
    this.#requests.push({ commands, bodies: [], settle, timeoutMs });
    if (this.#requests.length === 1) this.#watch();
    this.#session.stream.write(`${commands.join(' ; ')}\n`);
  }

  request(...commands: readonly string[]): Promise<readonly (readonly Buffer[])[]> {
    return new Promise((resolve, reject) => this.send(commands, (error, bodies) => (error ? reject(error) : resolve(bodies))));
  }

  /** Stops reading: tmux's own buffer fills, and with it the program slows that writes. */
  pause(): void {
    this.#session.stream.pause();
  }

  resume(): void {
    this.#session.stream.resume();
  }

  /** The server stands still, and cannot answer in time: what was asked waits until `thaw`. */
  freeze(): void {
    this.#frozen = true;
    clearTimeout(this.#timer);
  }

  thaw(): void {
    this.#frozen = false;
    this.#watch();
  }

  close(reason = new AppError('terminal/closed', 'The connection to the terminal server was closed.')): void {
    if (this.#ended) return;
    this.#ended = reason;
    clearTimeout(this.#timer);
    for (const request of this.#requests.splice(0)) request.settle(reason, request.bodies);
    this.#session.close().catch(() => this.#session.stream.destroy());
    this.#markClosed(reason);
  }

  #receive(block: Block): void {
    const request = this.#requests[0];
    if (!block.own || !request) return;
    if (block.ok) request.bodies.push(block.lines);
    if (block.ok && request.bodies.length < request.commands.length) return;
    this.#requests.shift();
    this.#watch();
    request.settle(block.ok ? null : commandError(request, block), request.bodies);
  }

  /** A server that does not answer is stuck for good: a fresh connection finds out whether it still lives. */
  #watch(): void {
    clearTimeout(this.#timer);
    const [first] = this.#requests;
    if (first && !this.#frozen) this.#timer = setTimeout(() => this.close(timeoutError(first.commands)), first.timeoutMs);
  }
}

function timeoutError(commands: readonly string[]): AppError {
  return new AppError('terminal/tmux-timeout', 'The terminal server of the workspace does not answer. Forgehold connects to it anew; try again.', {
    details: { command: name(commands[0]) },
  });
}

/** After an error tmux drops the rest of the line, so that no answer of it follows. */
function commandError(request: Request, block: Block): AppError {
  const reason = Buffer.concat(block.lines.map((line) => Buffer.concat([line, Buffer.from('\n')])))
    .toString('utf8')
    .trim()
    .slice(0, 500);
  const gone = /can't find (pane|window)/.test(reason);
  return new AppError(gone ? 'terminal/not-found' : 'terminal/tmux-refused', gone ? 'This terminal is gone.' : `The terminal server refused: ${reason}`, {
    details: { command: name(request.commands[request.bodies.length]), reason },
  });
}

/** Only the command's name: the rest may be what a user typed. */
function name(command: string | undefined): string {
  return command?.split(' ', 1)[0] ?? '';
}

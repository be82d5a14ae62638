import { AppError } from '../../shared/errors.ts';

/** One answer of tmux to one command. Lines are raw bytes: a captured line may hold anything but a newline. */
export type Block = { readonly ok: boolean; readonly lines: readonly Buffer[]; /** Whether it answers a command of this client. */ readonly own: boolean };

export type ControlEvents = {
  /** Bytes a pane's program wrote, unescaped. */
  readonly onOutput: (pane: number, bytes: Buffer) => void;
  readonly onBlock: (block: Block) => void;
  /** Any other line that begins with `%`: its name without the sign, and the rest. */
  readonly onNotification: (name: string, rest: string) => void;
};

type OpenBlock = { readonly id: string; readonly own: boolean; readonly lines: Buffer[]; size: number };

const NEWLINE = 0x0a;
const BACKSLASH = 0x5c;
const PERCENT = 0x25;
const SPACE = 0x20;
const COLON = 0x3a;
/** tmux writes output lines of a few kB; a captured line is at most some MB. A server that sends more is broken or hostile. */
const maxLine = 8 * 1024 * 1024;
/** 2,000 lines of dense colours are well under this. */
const maxBlock = 64 * 1024 * 1024;

/**
 * Reads the text protocol of `tmux -C` (tmux(1), "CONTROL MODE") from chunks cut anywhere.
 * The server shares its user with the agent, so nothing in here may be trusted: sizes are bounded, and a screen line that
 * looks like `%end` ends no block, since only the exact time, number and flags of the block's `%begin` do.
 */
export class ControlParser {
  readonly #events: ControlEvents;
  #partial: Buffer[] = [];
  #partialSize = 0;
  #block: OpenBlock | null = null;

  constructor(events: ControlEvents) {
    this.#events = events;
  }

  /** Calls the events of all lines that are whole now. Throws `terminal/protocol` when the stream is no control mode stream. */
  push(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
      this.#line(this.#complete(bytes.subarray(start, end)));
      start = end + 1;
    }
    if (start === bytes.length) return;
    this.#partial.push(Buffer.from(bytes.subarray(start)));
    this.#partialSize += bytes.length - start;
    if (this.#partialSize > maxLine) throw new AppError('terminal/protocol', 'tmux sent a line without an end. The connection to it is made anew.');
  }

  #complete(tail: Buffer): Buffer {
    if (this.#partial.length === 0) return tail;
    const line = Buffer.concat([...this.#partial, tail]);
    this.#partial = [];
    this.#partialSize = 0;
    return line;
  }

  #line(line: Buffer): void {
    if (this.#block) return this.#blockLine(this.#block, line);
    if (line[0] !== PERCENT) return;
    const space = line.indexOf(SPACE);
    const name = line.toString('latin1', 1, space === -1 ? line.length : space);
    if (name === 'output') return this.#output(line, space + 1, false);
    if (name === 'extended-output') return this.#output(line, space + 1, true);
    const rest = space === -1 ? '' : line.toString('utf8', space + 1);
    if (name === 'begin') this.#block = { id: rest, own: rest.endsWith(' 1'), lines: [], size: 0 };
    else this.#events.onNotification(name, rest);
  }

  #blockLine(block: OpenBlock, line: Buffer): void {
    const ok = isEnd(line, '%end ', block.id);
    if (ok || isEnd(line, '%error ', block.id)) {
      this.#block = null;
      return this.#events.onBlock({ ok, own: block.own, lines: block.lines });
    }
    block.size += line.length;
    if (block.size > maxBlock) throw new AppError('terminal/protocol', 'tmux sent an answer without an end. The connection to it is made anew.');
    block.lines.push(Buffer.from(line));
  }

  /** `%output %PANE DATA` or `%extended-output %PANE AGE … : DATA`. */
  #output(line: Buffer, at: number, extended: boolean): void {
    const space = line.indexOf(SPACE, at);
    if (space === -1 || line[at] !== PERCENT) return;
    const pane = Number(line.toString('latin1', at + 1, space));
    let start = space + 1;
    if (extended) {
      const colon = line.indexOf(COLON, start);
      if (colon === -1) return;
      start = colon + 2;
    }
    if (Number.isSafeInteger(pane)) this.#events.onOutput(pane, unescapeOutput(line.subarray(start)));
  }
}

function isEnd(line: Buffer, prefix: string, id: string): boolean {
  return line.length === prefix.length + id.length && line[0] === PERCENT && line.toString('latin1') === prefix + id;
}

/** Undoes tmux's escaping: bytes below space and the backslash come as `\ooo`, all others raw (control.c, control_append_data). Always a copy. */
export function unescapeOutput(escaped: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(escaped.length);
  let to = 0;
  for (let at = 0; at < escaped.length; at += 1) {
    const byte = escaped[at]!;
    if (byte === BACKSLASH && at + 3 < escaped.length) {
      bytes[to++] = ((escaped[at + 1]! - 48) << 6) | ((escaped[at + 2]! - 48) << 3) | (escaped[at + 3]! - 48);
      at += 3;
    } else bytes[to++] = byte;
  }
  return bytes.subarray(0, to);
}

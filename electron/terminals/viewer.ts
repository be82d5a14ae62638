import { type Channel, maxPiece } from '../../shared/contract/channel.ts';
import { type TerminalNotice, type TerminalTag, tagged, terminalTag } from '../../shared/model/terminal-stream.ts';
import type { HistoryMark } from './history.ts';

const encoder = new TextEncoder();

/**
 * One attached client. `waiting`: a restore is on its way, output until then is part of it. `live`: gets output.
 * `behind`: reads too slowly, so its output is left out; it gets a restore when it has caught up.
 */
export class Viewer {
  state: 'waiting' | 'live' | 'behind' = 'waiting';
  /** What of the scrollback is still to come; null when all is there. */
  history: HistoryMark | null = null;
  readonly wantsHistory: boolean;
  readonly #channel: Channel;
  readonly #onSent: (viewer: Viewer) => void;
  #pending: Buffer[] = [];
  #unsent = 0;

  /** `wantsHistory`: whether it gets the scrollback beyond what comes with the screen. */
  constructor(channel: Channel, onSent: (viewer: Viewer) => void, wantsHistory = true) {
    this.wantsHistory = wantsHistory;
    this.#channel = channel;
    this.#onSent = onSent;
  }

  /** Bytes that wait for the client to read. */
  get unsent(): number {
    return this.#unsent;
  }

  push(bytes: Buffer): void {
    if (this.state !== 'live') return;
    this.#pending.push(bytes);
    this.#unsent += bytes.length;
  }

  /** Sends what was pushed, as few messages as possible. */
  flush(): void {
    if (this.#pending.length === 0) return;
    const bytes = this.#pending.length === 1 ? this.#pending[0]! : Buffer.concat(this.#pending);
    this.#pending = [];
    for (const part of cut(bytes)) this.#write(terminalTag.output, part);
  }

  restore(bytes: Uint8Array): void {
    this.flush();
    this.state = 'live';
    const [first = bytes, ...rest] = cut(bytes);
    this.#send(terminalTag.restore, first);
    for (const part of rest) this.#send(terminalTag.output, part);
  }

  notify(notice: TerminalNotice): void {
    this.flush();
    this.#send(terminalTag.notice, encoder.encode(JSON.stringify(notice)));
  }

  /** Older scrollback; whoever gets it puts each part above the one before. */
  older(bytes: Uint8Array): void {
    for (const part of cut(bytes).toReversed()) this.#send(terminalTag.history, part);
  }

  fallBehind(): void {
    this.state = 'behind';
    this.history = null;
    for (const bytes of this.#pending) this.#unsent -= bytes.length;
    this.#pending = [];
  }

  end(error?: unknown): void {
    this.flush();
    this.#channel.end(error);
  }

  #send(tag: TerminalTag, bytes: Uint8Array): void {
    this.#unsent += bytes.length;
    this.#write(tag, bytes);
  }

  #write(tag: TerminalTag, bytes: Uint8Array): void {
    const sent = (): void => {
      this.#unsent -= bytes.length;
      this.#onSent(this);
    };
    // A closed channel is reported by `closed`, which the attach waits for.
    this.#channel.write(tagged(tag, bytes)).then(sent, sent);
  }
}

/** Parts that fit into a message with their tag. */
function cut(bytes: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += maxPiece - 1) parts.push(bytes.subarray(at, at + maxPiece - 1));
  return parts;
}

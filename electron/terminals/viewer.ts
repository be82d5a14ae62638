import type { Channel } from '../../shared/contract/channel.ts';
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
  readonly #channel: Channel;
  readonly #onSent: (viewer: Viewer) => void;
  #pending: Buffer[] = [];
  #unsent = 0;

  constructor(channel: Channel, onSent: (viewer: Viewer) => void) {
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

  /** Sends what was pushed, as one message. */
  flush(): void {
    if (this.#pending.length === 0) return;
    const bytes = this.#pending.length === 1 ? this.#pending[0]! : Buffer.concat(this.#pending);
    this.#pending = [];
    this.#write(terminalTag.output, bytes, bytes.length);
  }

  restore(bytes: Uint8Array): void {
    this.flush();
    this.state = 'live';
    this.send(terminalTag.restore, bytes);
  }

  notify(notice: TerminalNotice): void {
    this.flush();
    this.send(terminalTag.notice, encoder.encode(JSON.stringify(notice)));
  }

  send(tag: TerminalTag, bytes: Uint8Array): void {
    this.#unsent += bytes.length;
    this.#write(tag, bytes, bytes.length);
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

  #write(tag: TerminalTag, bytes: Uint8Array, counted: number): void {
    const sent = (): void => {
      this.#unsent -= counted;
      this.#onSent(this);
    };
    // A closed channel is reported by `closed`, which the attach waits for.
    this.#channel.write(tagged(tag, bytes)).then(sent, sent);
  }
}

import { StringDecoder } from 'node:string_decoder';
import { setTimeout as wait } from 'node:timers/promises';
import type { Engine } from '../engine/types.ts';
import { type Decided, type Ended, MAX_LINE, parseLine } from './log-line.ts';
import type { WallLog } from './types.ts';

/** Read again from a little before where we were, since lines of two threads may change places; what is known is not taken twice. Milliseconds. */
const OVERLAP = 2000;
const RETRY = 1000;

export type DecisionLogOptions = {
  readonly engine: Pick<Engine, 'logs'>;
  readonly gateway: string;
  /** Up to where it was read before, in milliseconds since the epoch. */
  readonly since: () => number;
  readonly onLines: (lines: readonly (Decided | Ended)[]) => void;
  readonly log: WallLog;
};

/** Follows a gateway's log until it is closed. A lost connection, or a gateway that is being started anew, only delays it. */
export class DecisionLog {
  readonly #options: DecisionLogOptions;
  readonly #closed = new AbortController();
  #close: (() => void) | null = null;
  #malformed = 0;

  constructor(options: DecisionLogOptions) {
    this.#options = options;
    void this.#run();
  }

  /** Lines that could not be read; they were dropped. */
  get malformed(): number {
    return this.#malformed;
  }

  close(): void {
    this.#closed.abort();
    this.#close?.();
  }

  async #run(): Promise<void> {
    const { signal } = this.#closed;
    while (!signal.aborted) {
      try {
        await this.#follow();
      } catch (error) {
        this.#options.log.debug({ error, gateway: this.#options.gateway }, 'The log of a gateway broke off');
      }
      await wait(RETRY, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  async #follow(): Promise<void> {
    const { engine, gateway, since } = this.#options;
    const from = Math.max(0, since() - OVERLAP) / 1000;
    const { stdout, stderr, close } = await engine.logs(gateway, { follow: true, ...(from > 0 && { since: Math.floor(from) }) });
    this.#close = close;
    if (this.#closed.signal.aborted) close();
    // HAProxy's own remarks; unread they would hold up stdout.
    stderr.resume();
    stderr.on('error', () => undefined);
    const decoder = new StringDecoder('utf8');
    let rest = '';
    for await (const chunk of stdout) {
      const texts = (rest + decoder.write(chunk as Buffer)).split('\n');
      rest = texts.pop()!;
      if (rest.length > MAX_LINE) rest = rest.slice(0, MAX_LINE + 1);
      this.#take(texts);
    }
  }

  #take(texts: readonly string[]): void {
    const lines: (Decided | Ended)[] = [];
    for (const text of texts) {
      if (text.trim() === '') continue;
      const line = text.length > MAX_LINE ? null : parseLine(text);
      if (line === null) this.#malformed += 1;
      else lines.push(line);
    }
    if (lines.length > 0 && !this.#closed.signal.aborted) this.#options.onLines(lines);
  }
}

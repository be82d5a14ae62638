export type LogLine = { readonly text: string; /** From the standard error. */ readonly error: boolean };

/** Lines that are kept: about 10 MB of usual output. */
export const mostLines = 100_000;
/** A line longer than this is shown as several, so that each can be drawn. Characters. */
const longest = 4_000;

/** The log as it comes in: bytes of two streams, cut into lines. Older lines than `mostLines` go. */
export class LogBuffer {
  readonly #decoders = [new TextDecoder(), new TextDecoder()];
  readonly #partial = ['', ''];
  #lines: LogLine[] = [];
  #dropped = 0;

  /** One message of the stream `workspaces.logs`: a tag byte and the bytes. */
  append(message: Uint8Array): void {
    const stream = message[0] === 2 ? 1 : 0;
    const text = this.#partial[stream] + this.#decoders[stream]!.decode(message.subarray(1), { stream: true });
    const parts = text.split('\n');
    const rest = parts.pop() ?? '';
    this.#partial[stream] = rest;
    for (const part of parts) this.#push(part, stream === 1);
    // A line that never ends must not grow for ever.
    if (rest.length > longest) {
      this.#push(rest, stream === 1);
      this.#partial[stream] = '';
    }
    this.#trim();
  }

  /** Nothing more comes: what has no line end yet is a line too. */
  finish(): void {
    for (const stream of [0, 1]) {
      if (this.#partial[stream] !== '') this.#push(this.#partial[stream]!, stream === 1);
      this.#partial[stream] = '';
    }
  }

  clear(): void {
    this.#dropped += this.#lines.length;
    this.#lines = [];
  }

  /** Number of the first line that is kept, from 0; those before it went. */
  get first(): number {
    return this.#dropped;
  }
  get lines(): readonly LogLine[] {
    return this.#lines;
  }

  #push(raw: string, error: boolean): void {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    // What was written over by a carriage return was never meant to stay.
    const text = line.slice(line.lastIndexOf('\r') + 1);
    if (text.length <= longest) this.#lines.push({ text, error });
    else for (let at = 0; at < text.length; at += longest) this.#lines.push({ text: text.slice(at, at + longest), error });
  }

  /** In large steps: shifting 100,000 lines by one for each that comes would be slow. */
  #trim(): void {
    const over = this.#lines.length - mostLines;
    if (over <= 0) return;
    const step = Math.max(over, mostLines / 20);
    this.#lines = this.#lines.slice(step);
    this.#dropped += step;
  }
}

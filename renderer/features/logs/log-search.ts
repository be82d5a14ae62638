import { plainText } from './ansi.ts';
import type { LogBuffer } from './log-buffer.ts';

/** Numbers of the lines that hold a text, kept up with a log that grows: only new lines are looked at. */
export class LogSearch {
  #wanted = '';
  #next = 0;
  #found: number[] = [];

  /** Case does not count. An empty text finds nothing. */
  find(buffer: LogBuffer, wanted: string): readonly number[] {
    if (wanted !== this.#wanted) {
      this.#wanted = wanted;
      this.#next = 0;
      this.#found = [];
    }
    if (wanted === '') return [];
    const pattern = new RegExp(escapePattern(wanted), 'i');
    const { first, lines } = buffer;
    const found = this.#found.filter((number) => number >= first);
    const start = Math.max(this.#next, first);
    for (let number = start; number < first + lines.length; number += 1) {
      const { text } = lines[number - first]!;
      if (pattern.test(text.includes('\u001b') ? plainText(text) : text)) found.push(number);
    }
    this.#next = first + lines.length;
    if (found.length !== this.#found.length) this.#found = found;
    return this.#found;
  }
}

/** A text as a pattern that finds just it. */
export function escapePattern(text: string): string {
  return text.replaceAll(/[$()*+./?[\\\]^{|}-]/g, String.raw`\$&`);
}

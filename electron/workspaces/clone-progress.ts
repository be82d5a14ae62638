import type { Report } from './steps.ts';

/** What git says while it clones, in its order, and how much of the whole each takes as a rule: the transfer is most of it. */
const phases: readonly { readonly said: string; readonly shown: string; readonly from: number; readonly to: number }[] = [
  { said: 'remote: Enumerating objects', shown: 'The server counts objects', from: 0, to: 0.01 },
  { said: 'remote: Counting objects', shown: 'The server counts objects', from: 0.01, to: 0.03 },
  { said: 'remote: Compressing objects', shown: 'The server packs', from: 0.03, to: 0.08 },
  { said: 'Receiving objects', shown: 'Receiving objects', from: 0.08, to: 0.8 },
  { said: 'Unpacking objects', shown: 'Receiving objects', from: 0.08, to: 0.8 },
  { said: 'Resolving deltas', shown: 'Resolving deltas', from: 0.8, to: 0.92 },
  { said: 'Updating files', shown: 'Writing files', from: 0.92, to: 1 },
];

/** A line longer than any of git's; the rest of it is dropped. Servers may send what they like. */
const maxLine = 1000;
/** Lines kept of what is not progress: git's complaint is the last of them. */
const maxLines = 30;

/** Reads git's stderr: progress goes to `report`, all else is kept, without control characters, for the case that it fails. */
export class CloneProgress {
  readonly #report: Report;
  readonly #decoder = new TextDecoder();
  readonly #words: string[] = [];
  #line = '';
  #bytes = '';

  constructor(report: Report) {
    this.#report = report;
  }

  take(chunk: Uint8Array): void {
    // Git ends a line that it will write over with CR.
    const parts = this.#decoder.decode(chunk, { stream: true }).split(/[\r\n]/);
    for (const [index, part] of parts.entries()) {
      if (this.#line.length < maxLine) this.#line = (this.#line + part).slice(0, maxLine);
      if (index < parts.length - 1) this.#end();
    }
  }

  /** The last of git's own words and of the server's, a line each. */
  words(): readonly string[] {
    this.#end();
    return this.#words;
  }

  #end(): void {
    const line = plain(this.#line);
    this.#line = '';
    if (line === '') return;
    const progress = readProgress(line);
    if (progress) {
      this.#bytes = progress.bytes === '' ? this.#bytes : progress.bytes;
      const size = progress.shown === 'Receiving objects' && this.#bytes !== '' ? `, ${this.#bytes}` : '';
      this.#report(`${progress.shown}: ${progress.percent} %${size}`, progress.whole);
    } else if (!phases.some(({ said }) => line.startsWith(said))) {
      this.#words.push(line);
      if (this.#words.length > maxLines) this.#words.shift();
    }
  }
}

export type Progress = {
  /** In the user's words. */
  readonly shown: string;
  /** Of this phase. */
  readonly percent: number;
  /** 0 to 1, of the whole clone. */
  readonly whole: number;
  /** Received so far, as git writes it ("1.20 MiB"); empty when it does not say. */
  readonly bytes: string;
};

/** `Receiving objects:  45% (450/1000), 1.20 MiB | 2.00 MiB/s`; null for anything else. */
export function readProgress(line: string): Progress | null {
  const phase = phases.find(({ said }) => line.startsWith(`${said}:`));
  const found = phase && /^:\s+(\d{1,3})% \(\d+\/\d+\)(?:, ([\d.]+ (?:bytes|[KMGT]iB)))?/.exec(line.slice(phase.said.length));
  if (!found) return null;
  const percent = Math.min(100, Number(found[1]));
  return { shown: phase.shown, percent, whole: phase.from + ((phase.to - phase.from) * percent) / 100, bytes: found[2] ?? '' };
}

/** Without escape sequences, control and invisible characters: a server's words are shown on the user's screen. */
export function plain(text: string): string {
  return text
    .replaceAll(/\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|.)/gu, '')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufffd]/gu, '')
    .trim();
}

import type { SerializeAddon } from '@xterm/addon-serialize';
import type { Terminal } from '@xterm/xterm';

/** So long must nothing happen in a terminal before it is rebuilt. Milliseconds. */
const idleMs = 1_000;

/**
 * Scrollback older than the restore. xterm cannot put lines above others, so the chunks are kept until all are there and nobody
 * is busy; then the terminal is drawn anew once: the chunks, oldest first, and below them what it shows now.
 */
export class OlderLines {
  readonly #terminal: Terminal;
  readonly #serialize: Pick<SerializeAddon, 'serialize'>;
  readonly #isBusy: () => boolean;
  #chunks: Uint8Array[] = [];
  #complete = false;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #rebuilding: Promise<void> | null = null;
  /** Neither xterm nor its serializer tells. */
  #cursorHidden = false;

  /** `isBusy`: something would be lost by drawing anew now, such as a selection. */
  constructor(terminal: Terminal, serialize: Pick<SerializeAddon, 'serialize'>, isBusy: () => boolean) {
    this.#isBusy = isBusy;
    this.#terminal = terminal;
    this.#serialize = serialize;
    for (const final of ['h', 'l']) {
      terminal.parser.registerCsiHandler({ prefix: '?', final }, (parameters) => {
        if (parameters.includes(25)) this.#cursorHidden = final === 'l';
        return false;
      });
    }
  }

  /** Newest first. */
  add(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
  }

  /** No more will come. */
  finish(): void {
    this.#complete = this.#chunks.length > 0;
    this.stir();
  }

  /** A restore takes the place of everything. */
  forget(): void {
    this.#chunks = [];
    this.#complete = false;
    if (this.#timer) clearTimeout(this.#timer);
  }

  /** Something happened: wait again. */
  stir(): void {
    if (this.#timer) clearTimeout(this.#timer);
    if (this.#complete) this.#timer = setTimeout(() => this.#whenIdle(), idleMs);
  }

  /** Settles when the terminal may be written to. */
  settled(): Promise<void> | null {
    return this.#rebuilding;
  }

  #whenIdle(): void {
    if (this.#isBusy()) return this.stir();
    this.#rebuilding = this.#rebuild().finally(() => {
      this.#rebuilding = null;
    });
  }

  async #rebuild(): Promise<void> {
    const terminal = this.#terminal;
    await write(terminal, '');
    const { active } = terminal.buffer;
    const fromBottom = active.baseY - active.viewportY;
    const present = this.#serialize.serialize();
    // serialize keeps the tracking mode of the mouse but not its encoding, which is the modern one everywhere.
    const mouse = terminal.modes.mouseTrackingMode === 'none' ? '' : '\u001b[?1006h';
    const cursor = this.#cursorHidden ? '\u001b[?25l' : '';
    const chunks = this.#chunks.toReversed();
    this.forget();
    terminal.reset();
    for (const chunk of chunks) void write(terminal, chunk);
    await write(terminal, `${present}${mouse}${cursor}`);
    if (fromBottom > 0) terminal.scrollToLine(terminal.buffer.active.baseY - fromBottom);
  }
}

/** Resolves when the screen has taken it in. */
export function write(terminal: Terminal, data: string | Uint8Array): Promise<void> {
  return new Promise((resolve) => terminal.write(data, resolve));
}

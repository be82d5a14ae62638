import type { Channel } from '../../shared/contract/channel.ts';
import type { Client } from '../../shared/contract/client.ts';
import { decodeJson } from '../../shared/contract/wire.ts';
import { AppError } from '../../shared/errors.ts';
import { type TerminalNotice, terminalNoticeSchema, terminalTag } from '../../shared/model/terminal-stream.ts';
import type { Size } from '../../shared/model/terminal.ts';
import { onTerminalFont } from '../lib/preferences.ts';
import { Gpu } from './gpu.ts';
import { OlderLines, write } from './older-lines.ts';
import { keyRole } from './policy.ts';
import { readColours, watchTheme } from './theme.ts';
import { createXterm } from './xterm.ts';

/** A terminal as an object outside React: it lives on while nobody looks, and moves between elements. */
export type TerminalView = {
  readonly mount: (element: HTMLElement) => void;
  readonly unmount: () => void;
  readonly focus: () => void;
  /** Selects the next match of the text, or the one before; false when there is none. */
  readonly find: (text: string, direction: 'next' | 'previous') => boolean;
  readonly dispose: () => void;
};

export type TerminalViewOptions = {
  readonly client: Client;
  readonly terminalId: string;
  readonly onNotice?: (notice: TerminalNotice) => void;
  /** The stream ended with an error other than a lost connection. */
  readonly onError?: (error: AppError) => void;
};

/** A pause after the last change of size before anything is made of it: a pane that is being shown is tiny for a moment. Milliseconds. */
const resizePause = 60;
/** What Claude Code and Codex take for a new line in the prompt; CSI-u they would have to ask for. */
const newline = '\u001b\r';

export function createTerminalView(options: TerminalViewOptions): TerminalView {
  return new XtermView(options);
}

class XtermView implements TerminalView {
  readonly #options: TerminalViewOptions;
  readonly #element = document.createElement('div');
  readonly #xterm = createXterm();
  readonly #terminal = this.#xterm.terminal;
  readonly #older = new OlderLines(this.#xterm.terminal, this.#xterm.serialize, () => this.#terminal.hasSelection());
  readonly #gpu = new Gpu();
  readonly #observer = new ResizeObserver(() => this.#resizeSoon());
  readonly #unwatch = watchTheme((theme) => {
    this.#terminal.options.theme = theme;
    if (this.#element.isConnected) this.#lead();
  });
  readonly #unwatchFont = onTerminalFont((pixels) => {
    this.#terminal.options.fontSize = pixels;
    this.#resizeSoon();
  });
  readonly #encoder = new TextEncoder();
  #channel: Channel | null = null;
  /** What was typed before there was a channel. */
  readonly #early: Uint8Array[] = [];
  #opened = false;
  #restored = false;
  #disposed = false;
  #timer = 0;

  constructor(options: TerminalViewOptions) {
    this.#options = options;
    this.#element.style.cssText = 'position: absolute; inset: var(--s-2) 0 0 var(--s-3)';
    this.#terminal.attachCustomKeyEventHandler((event) => this.#key(event));
    this.#terminal.onData((text) => this.#send(this.#encoder.encode(text)));
    this.#terminal.onBinary((text) => this.#send(Uint8Array.from(text, (character) => character.charCodeAt(0))));
    // tmux knows whether the program asked for bracketed pastes; after a restart of the core xterm does not.
    this.#element.addEventListener('paste', (event) => this.#paste(event), { capture: true });
  }

  mount(element: HTMLElement): void {
    element.append(this.#element);
    this.#observer.observe(element);
    if (!this.#opened) {
      this.#opened = true;
      this.#terminal.open(this.#element);
      void this.#attach();
    } else this.#resizeSoon();
    this.#gpu.acquire(this.#terminal);
    this.#lead();
  }

  unmount(): void {
    this.#observer.disconnect();
    this.#gpu.release();
    this.#element.remove();
  }

  focus(): void {
    this.#terminal.focus();
    this.#resizeSoon();
    this.#lead();
  }

  find(text: string, direction: 'next' | 'previous'): boolean {
    return direction === 'next' ? this.#xterm.search.findNext(text) : this.#xterm.search.findPrevious(text);
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
    this.unmount();
    this.#older.forget();
    this.#unwatch();
    this.#unwatchFont();
    this.#channel?.end();
    this.#terminal.dispose();
  }

  /** The font decides the size, and the size what is asked for, so it must be there first. */
  async #attach(): Promise<void> {
    await document.fonts.load(`${this.#terminal.options.fontSize}px "JetBrains Mono"`);
    if (this.#disposed) return;
    this.#measureFont();
    const size = this.#fit();
    const { client, terminalId } = this.#options;
    const channel = client.open('terminals.attach', { terminalId, ...(size && { size }) });
    this.#channel = channel;
    for (const bytes of this.#early.splice(0)) this.#send(bytes);
    channel.onData((bytes) => this.#receive(bytes));
    channel.closed.catch((error: unknown) => {
      if (!this.#disposed && error instanceof AppError && error.code !== 'stream/disconnected') this.#options.onError?.(error);
    });
  }

  /** xterm measures a character when it is opened, and when it is given another font; not when its font has come. */
  #measureFont(): void {
    const { fontFamily = 'monospace' } = this.#terminal.options;
    this.#terminal.options.fontFamily = 'serif';
    this.#terminal.options.fontFamily = fontFamily;
  }

  /** Resolves when the screen has taken the bytes in, which is what slows a sender that is too fast. */
  async #receive(bytes: Uint8Array): Promise<void> {
    await this.#older.settled();
    if (this.#disposed) return;
    const payload = bytes.subarray(1);
    const [tag] = bytes;
    if (tag === terminalTag.notice) return this.#notice(terminalNoticeSchema.parse(decodeJson(payload)));
    if (tag === terminalTag.history) return this.#older.add(payload.slice());
    if (tag === terminalTag.restore) this.#older.forget();
    else this.#older.stir();
    await (tag === terminalTag.restore ? this.#restore(payload) : write(this.#terminal, payload));
  }

  /** RIS in the stream, not `reset()`: what was written before may still be waiting inside xterm. */
  #restore(payload: Uint8Array): Promise<void> {
    this.#restored = true;
    void write(this.#terminal, '\u001bc\u001b[3J');
    return write(this.#terminal, payload);
  }

  #notice(notice: TerminalNotice): void {
    if (notice.kind === 'size') this.#terminal.resize(notice.size.cols, notice.size.rows);
    if (notice.kind === 'history' && notice.have >= notice.of) this.#older.finish();
    if (notice.kind === 'paused') this.#pause(notice.paused);
    this.#options.onNotice?.(notice);
  }

  /** The screen stays as it is. One that has none yet says why; the restore that follows takes that away. */
  #pause(paused: boolean): void {
    if (paused && !this.#restored) void write(this.#terminal, '\u001b[2mThis workspace is paused. Its screen is drawn when it is resumed.\u001b[0m');
    // A size that was asked for meanwhile was not heard.
    if (!paused) this.#resizeSoon();
  }

  #send(bytes: Uint8Array): void {
    this.#older.stir();
    // A lost stream is shown by the page; what is typed then goes nowhere.
    if (this.#channel) this.#channel.write(bytes).catch(() => {});
    else this.#early.push(bytes);
  }

  /** False keeps the key from xterm: on keydown and on keypress, or it would type it after all. */
  #key(event: KeyboardEvent): boolean {
    const role = keyRole(event);
    if (role === 'newline') {
      event.preventDefault();
      if (event.type === 'keydown') this.#send(this.#encoder.encode(newline));
    }
    if (role === 'copy') {
      event.preventDefault();
      if (event.type === 'keydown' && this.#terminal.hasSelection()) navigator.clipboard.writeText(this.#terminal.getSelection()).catch(() => {});
    }
    // The browser itself makes a paste event of Ctrl+Shift+V.
    return role === null;
  }

  #paste(event: ClipboardEvent): void {
    const text = event.clipboardData?.getData('text/plain') ?? '';
    event.preventDefault();
    event.stopPropagation();
    const { client, terminalId } = this.#options;
    const report = (error: unknown): void => void (error instanceof AppError && this.#options.onError?.(error));
    if (text !== '') client.call('terminals.paste', { terminalId, text }).catch(report);
  }

  /** Null while it is not to be seen. */
  #fit(): Size | null {
    if (!this.#element.isConnected || this.#element.clientWidth === 0 || this.#element.clientHeight === 0) return null;
    this.#xterm.fit.fit();
    const { cols, rows } = this.#terminal;
    return cols >= 10 && rows >= 3 ? { cols, rows } : null;
  }

  #resizeSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => {
      const size = this.#disposed || !this.#channel ? null : this.#fit();
      const { client, terminalId } = this.#options;
      if (size) client.call('terminals.resize', { terminalId, size }).catch(() => {});
    }, resizePause);
  }

  /** Its output goes ahead of the others', and programs are told this page's colours. */
  #lead(): void {
    const { client, terminalId } = this.#options;
    client.call('terminals.focus', { terminalId, colours: readColours() }).catch(() => {});
  }
}

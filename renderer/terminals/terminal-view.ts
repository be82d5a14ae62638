import { FitAddon } from '@xterm/addon-fit';
import { Unicode11Addon } from '@xterm/addon-unicode11';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import type { Channel } from '../../shared/contract/channel.ts';
import type { Client } from '../../shared/contract/client.ts';
import { decodeJson } from '../../shared/contract/wire.ts';
import { AppError } from '../../shared/errors.ts';
import { type TerminalNotice, terminalNoticeSchema, terminalTag } from '../../shared/model/terminal-stream.ts';
import { readTheme, watchTheme } from './theme.ts';

/** A terminal as an object outside React: it lives on while nobody looks, and moves between elements. */
export type TerminalView = {
  readonly mount: (element: HTMLElement) => void;
  readonly unmount: () => void;
  readonly focus: () => void;
  readonly dispose: () => void;
};

export type TerminalViewOptions = {
  readonly client: Client;
  readonly terminalId: string;
  readonly onNotice?: (notice: TerminalNotice) => void;
  /** The stream ended with an error other than a lost connection. */
  readonly onError?: (error: AppError) => void;
};

/** A pause after the last change of size before the program is told. Milliseconds. */
const resizePause = 60;

export function createTerminalView(options: TerminalViewOptions): TerminalView {
  return new XtermView(options);
}

class XtermView implements TerminalView {
  readonly #options: TerminalViewOptions;
  readonly #element = document.createElement('div');
  readonly #fit = new FitAddon();
  readonly #terminal: Terminal;
  readonly #observer = new ResizeObserver(() => this.#resize());
  readonly #unwatch: () => void;
  #channel: Channel | null = null;
  #opened = false;
  #disposed = false;
  #timer = 0;

  constructor(options: TerminalViewOptions) {
    this.#options = options;
    this.#element.style.cssText = 'position: absolute; inset: var(--s-2) 0 0 var(--s-3)';
    const style = getComputedStyle(document.documentElement);
    this.#terminal = new Terminal({
      allowProposedApi: true,
      fontFamily: style.getPropertyValue('--font-mono'),
      fontSize: Number.parseFloat(style.getPropertyValue('--term-size')),
      lineHeight: 1.15,
      scrollback: 10_000,
      minimumContrastRatio: 4.5,
      cursorInactiveStyle: 'outline',
      theme: readTheme(),
    });
    this.#terminal.loadAddon(this.#fit);
    this.#terminal.loadAddon(new Unicode11Addon());
    this.#terminal.unicode.activeVersion = '11';
    this.#unwatch = watchTheme((theme) => void (this.#terminal.options.theme = theme));
    leaveAnswersToTmux(this.#terminal);
  }

  mount(element: HTMLElement): void {
    element.append(this.#element);
    this.#observer.observe(element);
    if (!this.#opened) {
      this.#opened = true;
      this.#terminal.open(this.#element);
      void this.#attach();
    }
    this.#resize();
    this.#lead();
  }
  unmount(): void {
    this.#observer.disconnect();
    this.#element.remove();
  }
  focus(): void {
    this.#terminal.focus();
    this.#lead();
  }
  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
    this.unmount();
    this.#unwatch();
    this.#channel?.end();
    this.#terminal.dispose();
  }

  /** The font decides the size, and the size what is asked for, so it must be there first. */
  async #attach(): Promise<void> {
    await document.fonts.load(`${this.#terminal.options.fontSize}px "JetBrains Mono"`);
    if (this.#disposed) return;
    this.#fit.fit();
    const { client, terminalId } = this.#options;
    const channel = client.open('terminals.attach', { terminalId, size: { cols: this.#terminal.cols, rows: this.#terminal.rows } });
    this.#channel = channel;
    channel.onData((bytes) => this.#receive(bytes));
    channel.closed.catch((error: unknown) => {
      if (!this.#disposed && error instanceof AppError && error.code !== 'stream/disconnected') this.#options.onError?.(error);
    });
    const encoder = new TextEncoder();
    const send = (bytes: Uint8Array): void => void channel.write(bytes).catch(() => {});
    this.#terminal.onData((text) => send(encoder.encode(text)));
    this.#terminal.onBinary((text) => send(Uint8Array.from(text, (character) => character.charCodeAt(0))));
  }
  /** Resolves when the screen has taken the bytes in, which is what slows a sender that is too fast. */
  #receive(bytes: Uint8Array): Promise<void> | undefined {
    const payload = bytes.subarray(1);
    const [tag] = bytes;
    if (tag === terminalTag.restore) this.#terminal.reset();
    if (tag === terminalTag.restore || tag === terminalTag.output) return this.#write(payload);
    if (tag === terminalTag.notice) this.#options.onNotice?.(terminalNoticeSchema.parse(decodeJson(payload)));
    return undefined;
  }
  #write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      this.#terminal.write(bytes, resolve);
    });
  }
  #resize(): void {
    if (!this.#element.isConnected || this.#disposed) return;
    this.#fit.fit();
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => {
      const { client, terminalId } = this.#options;
      const size = { cols: this.#terminal.cols, rows: this.#terminal.rows };
      if (this.#channel) client.call('terminals.resize', { terminalId, size }).catch(() => {});
    }, resizePause);
  }
  /** Its output goes ahead of the others'. */
  #lead(): void {
    const { client, terminalId } = this.#options;
    client.call('terminals.focus', { terminalId }).catch(() => {});
  }
}

function swallow(): boolean {
  return true;
}

/** tmux answers these itself; a second answer from here would be typed into the program. */
function leaveAnswersToTmux(terminal: Terminal): void {
  terminal.parser.registerCsiHandler({ final: 'c' }, swallow);
  terminal.parser.registerCsiHandler({ prefix: '>', final: 'c' }, swallow);
  terminal.parser.registerCsiHandler({ final: 'n' }, swallow);
  terminal.parser.registerCsiHandler({ prefix: '>', final: 'q' }, swallow);
}

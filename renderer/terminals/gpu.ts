import { WebglAddon } from '@xterm/addon-webgl';
import type { Terminal } from '@xterm/xterm';

/**
 * Draws with WebGL while the terminal is seen: a page has 16 contexts at most, and takes the oldest away for the next. Without one,
 * or when it is lost, xterm draws by itself with elements.
 */
export class Gpu {
  #addon: WebglAddon | null = null;

  acquire(terminal: Terminal): void {
    if (this.#addon) return;
    try {
      const addon = new WebglAddon();
      addon.onContextLoss(() => this.release());
      terminal.loadAddon(addon);
      this.#addon = addon;
    } catch {
      // No WebGL here: xterm draws with elements, as it says above.
      this.#addon = null;
    }
  }

  release(): void {
    this.#addon?.dispose();
    this.#addon = null;
  }
}

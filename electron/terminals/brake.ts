import type { ControlClient } from './control-client.ts';
import type { Viewer } from './viewer.ts';

const fastAgainBytes = 64 * 1024;
/** So long may a focused pane's reader hold up its program. A closed laptop must not stop an agent. */
const stallMs = 5_000;

/** Slows a pane's program to the speed of those who look at it, for a while; who is slow for longer falls behind. */
export class Brake {
  readonly #viewers: ReadonlySet<Viewer>;
  /** Not read from while the brake is on. */
  #client: ControlClient | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(viewers: ReadonlySet<Viewer>) {
    this.#viewers = viewers;
  }

  apply(client: ControlClient): void {
    if (this.#timer) return;
    client.pause();
    this.#client = client;
    this.#timer = setTimeout(() => {
      for (const viewer of this.#viewers) if (viewer.unsent > fastAgainBytes) viewer.fallBehind();
      this.release();
    }, stallMs);
  }

  /** As soon as nobody is slow any more. */
  relieve(): void {
    if (!this.#timer) return;
    const slow = [...this.#viewers].some((viewer) => viewer.state === 'live' && viewer.unsent > fastAgainBytes);
    if (slow) this.#timer.refresh();
    else this.release();
  }

  release(): void {
    if (!this.#timer) return;
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#client?.resume();
    this.#client = null;
  }
}

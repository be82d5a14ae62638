import type { Connection } from '../../shared/contract/wire.ts';

/** Two ends of one connection in memory: frames arrive whole, in order, in a later turn of the event loop, like those of a socket. */
export function createConnectionPair(): readonly [Connection, Connection] {
  const left = new MemoryEnd();
  const right = new MemoryEnd();
  left.peer = right;
  right.peer = left;
  return [left.connection, right.connection];
}

class MemoryEnd {
  peer: MemoryEnd | null = null;
  #open = true;
  #onFrame: ((frame: Uint8Array) => void) | null = null;
  readonly #early: Uint8Array[] = [];
  readonly #onClose: (() => void)[] = [];
  readonly connection: Connection = {
    send: (frame) => {
      const { peer } = this;
      if (this.#open) setImmediate(() => peer?.deliver(frame));
    },
    onFrame: (listener) => {
      this.#onFrame = listener;
      for (const frame of this.#early.splice(0)) listener(frame);
    },
    onClose: (listener) => {
      if (this.#open) this.#onClose.push(listener);
      else listener();
    },
    close: () => {
      setImmediate(() => this.peer?.lose());
      this.lose();
    },
  };

  deliver(frame: Uint8Array): void {
    if (!this.#open) return;
    if (this.#onFrame) this.#onFrame(frame);
    else this.#early.push(frame);
  }

  lose(): void {
    if (!this.#open) return;
    this.#open = false;
    for (const listener of this.#onClose) listener();
  }
}

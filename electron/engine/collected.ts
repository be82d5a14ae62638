/** Bytes up to a limit; what comes after it is not kept. */
export class Collected {
  readonly #chunks: Buffer[] = [];
  readonly #limit: number;
  readonly #onOver: () => void;
  #bytes = 0;

  constructor(limit: number, onOver: () => void = () => undefined) {
    this.#limit = limit;
    this.#onOver = onOver;
  }

  readonly take = (bytes: Buffer): void => {
    if (this.#bytes > this.#limit) return;
    this.#bytes += bytes.length;
    if (this.#bytes > this.#limit) this.#onOver();
    else this.#chunks.push(bytes);
  };

  text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}

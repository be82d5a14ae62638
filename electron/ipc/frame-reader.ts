import { AppError } from '../../shared/errors.ts';

/** Bytes of the length before each frame. */
const PREFIX = 4;

/** Cuts a byte stream into frames. Holds what has arrived of one frame, never more than was sent. */
export class FrameReader {
  readonly #maxFrame: number;
  #chunks: Buffer[] = [];
  #have = 0;

  constructor(maxFrame: number) {
    this.#maxFrame = maxFrame;
  }

  /** The frames that `chunk` completes; views on it where that saves a copy. Throws `connection/too-large` as soon as a length says so. */
  push(chunk: Buffer): Buffer[] {
    this.#chunks.push(chunk);
    this.#have += chunk.length;
    const frames: Buffer[] = [];
    for (let size = this.#nextSize(); size !== null && this.#have >= PREFIX + size; size = this.#nextSize()) {
      const whole = this.#join();
      frames.push(whole.subarray(PREFIX, PREFIX + size));
      this.#have -= PREFIX + size;
      this.#chunks = this.#have > 0 ? [whole.subarray(PREFIX + size)] : [];
    }
    return frames;
  }

  #nextSize(): number | null {
    if (this.#have < PREFIX) return null;
    if (this.#chunks[0]!.length < PREFIX) this.#join();
    const size = this.#chunks[0]!.readUInt32BE(0);
    if (size > this.#maxFrame) throw new AppError('connection/too-large', `A frame of ${size} bytes is refused; ${this.#maxFrame} are allowed.`);
    return size;
  }

  #join(): Buffer {
    const whole = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks);
    this.#chunks = [whole];
    return whole;
  }
}

import { Duplex, Readable } from 'node:stream';
import type { ExecProcess } from './exec-process.ts';

/** Of stderr that nobody reads, this much is kept. */
const unreadStderrBytes = 64 * 1024;

/** stdin and stdout of an exec as one stream. Reading slowly fills the socket, and that slows the program. */
export class ExecStream extends Duplex {
  #process: ExecProcess | null = null;

  receive(bytes: Buffer): void {
    // Once nobody reads, all is taken and dropped: the engine holds back a container's news until the output of an ended program is fetched.
    if (!this.destroyed && !this.push(bytes)) this.#process?.socket.pause();
  }

  connect(process: ExecProcess): void {
    this.#process = process;
    void process.ended.then((whole) => {
      if (whole) {
        this.push(null);
        this.end();
      } else {
        this.destroy(new Error('The connection to the program broke.'));
      }
    });
  }

  override _read(): void {
    this.#process?.socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    // What comes after the program's end is lost, as in any terminal; it is no error.
    if (this.#process === null || this.#process.hasEnded) done();
    else this.#process.socket.write(chunk, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#process?.endInput();
    done();
  }
}

/** stderr beside it. One that nobody reads must not stop stdout, so it does not push back: unread, it keeps its first part only. */
export class StderrStream extends Readable {
  receive(bytes: Buffer): void {
    if (this.readableFlowing === null && this.listenerCount('readable') === 0 && this.readableLength > unreadStderrBytes) return;
    this.push(bytes);
  }

  override _read(): void {}
}

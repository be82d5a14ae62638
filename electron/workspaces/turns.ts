import { AppError } from '../../shared/errors.ts';
import type { Book, Entry, Work } from './book.ts';

/** Who may work on a workspace, and when: one piece of work at a time for each. */
export class Turns {
  readonly #book: Book;
  /** Looks at what is true of it, when what was begun has failed. */
  readonly #settle: (entry: Entry) => Promise<void>;

  constructor(book: Book, settle: (entry: Entry) => Promise<void>) {
    this.#book = book;
    this.#settle = settle;
  }

  /** Work that a stop, a removal or a cancel ends. `entry.running` is set at once, so that they find it even while it waits for its turn. */
  async run(entry: Entry, what: Work, work: (controller: AbortController) => Promise<void>): Promise<void> {
    const controller = new AbortController();
    entry.running ??= { what, controller };
    await this.#book.queue.run(entry.record.workspaceId, async () => {
      this.requirePresent(entry);
      // A wish that was cancelled while it waited is not begun any more.
      if (controller.signal.aborted) throw controller.signal.reason;
      entry.running = { what, controller };
      try {
        await work(controller);
      } finally {
        delete entry.running;
      }
    });
  }

  /** Ends what works on it, then stops or removes it. When that fails, what is true is looked at anew. */
  async leave(entry: Entry, work: () => Promise<void>): Promise<void> {
    entry.leaving = true;
    try {
      await this.abort(entry);
      await this.#book.queue.run(entry.record.workspaceId, work);
    } catch (error) {
      delete entry.leaving;
      void this.#settle(entry);
      throw error;
    } finally {
      delete entry.leaving;
    }
  }

  /** Returns when the work in progress has come to its end. */
  async abort(entry: Entry): Promise<void> {
    entry.running?.controller.abort(new AppError('workspace/cancelled', 'Cancelled.'));
    await this.#book.queue.run(entry.record.workspaceId, () => Promise.resolve());
  }

  requirePresent(entry: Entry): void {
    if (this.#book.get(entry.record.workspaceId) !== entry) throw new AppError('workspace/unknown', 'This workspace was removed.');
  }
}

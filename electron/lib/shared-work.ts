/** A line worth showing, and how far the work is: 0 to 1, where it can be known. */
export type Progress = (line: string, progress?: number) => void;
type Work<T> = (onProgress: Progress, signal: AbortSignal) => Promise<T>;
type Running<T> = { readonly promise: Promise<T>; readonly listeners: Set<Progress>; readonly controller: AbortController; waiting: number };

/**
 * Runs work once per key, however many ask for it meanwhile. All of them hear its progress; it is aborted when the last one gave up.
 * A caller who gives up gets his own abort reason at once.
 */
export class SharedWork<T> {
  readonly #running = new Map<string, Running<T>>();

  async run(key: string, work: Work<T>, onProgress: Progress, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    const running = this.#running.get(key) ?? this.#start(key, work);
    running.waiting += 1;
    running.listeners.add(onProgress);
    try {
      return await (signal ? Promise.race([running.promise, rejectOnAbort(signal)]) : running.promise);
    } finally {
      running.listeners.delete(onProgress);
      running.waiting -= 1;
      if (running.waiting === 0) {
        this.#forget(key, running);
        running.controller.abort(new Error('Nobody waits for it any more.'));
      }
    }
  }

  #start(key: string, work: Work<T>): Running<T> {
    const controller = new AbortController();
    const listeners = new Set<Progress>();
    const promise = work((line, progress) => {
      for (const listener of listeners) listener(line, progress);
    }, controller.signal);
    const running: Running<T> = { promise, listeners, controller, waiting: 0 };
    this.#running.set(key, running);
    const forget = (): void => this.#forget(key, running);
    promise.then(forget, forget);
    return running;
  }

  #forget(key: string, running: Running<T>): void {
    if (this.#running.get(key) === running) this.#running.delete(key);
  }
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

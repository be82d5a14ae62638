import { Worker } from 'node:worker_threads';

/** Room a folder takes, in bytes on disk: holes of sparse files are none, a file of two names counts once. Null while it is not known. */
export type Walker = {
  /** From memory when it was walked within the last minute. After `patienceMs` the answer is what is known: an older size, or null; the walk goes on. */
  readonly measure: (folder: string, patienceMs: number) => Promise<number | null>;
  readonly forget: (folder: string) => void;
  readonly close: () => Promise<void>;
};

const freshMs = 60_000;

/** Walks folders in a thread of its own, one after the other: a home can hold a million files. The thread ends when it has nothing to do. */
export function createWalker(): Walker {
  const known = new Map<string, { readonly bytes: number; readonly at: number }>();
  const waiting = new Map<string, PromiseWithResolvers<number>>();
  let worker: Worker | null = null;

  function settle(folder: string, bytes: number): void {
    known.set(folder, { bytes, at: Date.now() });
    waiting.get(folder)?.resolve(bytes);
    waiting.delete(folder);
    if (waiting.size === 0) endWorker();
  }
  function fail(error: unknown): void {
    for (const one of waiting.values()) one.reject(error);
    waiting.clear();
    worker = null;
  }
  function endWorker(): void {
    void worker?.terminate();
    worker = null;
  }
  function startWorker(): Worker {
    const started = new Worker(new URL('walk-worker.ts', import.meta.url));
    started.on('message', ({ folder, bytes }: { readonly folder: string; readonly bytes: number }) => settle(folder, bytes));
    started.on('error', fail);
    started.unref();
    return started;
  }
  function walk(folder: string): Promise<number> {
    const running = waiting.get(folder);
    if (running) return running.promise;
    const made = Promise.withResolvers<number>();
    // Whoever asked may have stopped waiting; the next one is told.
    made.promise.catch(() => undefined);
    waiting.set(folder, made);
    worker ??= startWorker();
    worker.postMessage(folder);
    return made.promise;
  }
  return {
    async measure(folder, patienceMs) {
      const last = known.get(folder);
      if (last && Date.now() - last.at < freshMs) return last.bytes;
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<number | null>((resolve) => {
        timer = setTimeout(() => resolve(last?.bytes ?? null), patienceMs);
      });
      return Promise.race([walk(folder), late]).finally(() => clearTimeout(timer));
    },
    forget: (folder) => void known.delete(folder),
    async close() {
      await worker?.terminate();
      fail(new Error('Forgehold is closing.'));
    },
  };
}

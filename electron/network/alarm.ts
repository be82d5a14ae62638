/** A timer stands still while the computer sleeps: it looks at the clock again at least this often, in milliseconds. */
const LONGEST = 30_000;
/** What is still due after it rang could not be done; it is tried again after so long. */
const AGAIN = 1000;

/** Calls `ring` when the time that `next` names has come (milliseconds since the epoch; null: nothing is waited for). `set` it anew whenever that may have changed. */
export function createAlarm(next: () => number | null, ring: () => void): { readonly set: () => void; readonly close: () => void } {
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  function set(least = 1): void {
    clearTimeout(timer);
    const due = closed ? null : next();
    if (due === null) return;
    timer = setTimeout(wake, Math.min(Math.max(due - Date.now(), least), LONGEST)).unref();
  }
  function wake(): void {
    const isDue = (next() ?? Infinity) <= Date.now();
    if (isDue) ring();
    set(isDue ? AGAIN : 1);
  }
  function close(): void {
    closed = true;
    clearTimeout(timer);
  }
  set();
  return { set: () => set(), close };
}

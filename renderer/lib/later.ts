import { type ComponentType, lazy, type LazyExoticComponent } from 'react';

/** So long a page that is on the screen has the machine for itself before others are fetched, at most. Milliseconds. */
const patience = 2_000;

/**
 * A component in a file of its own: fetched when it is asked for, or as soon as the page that came first has nothing to do. So a start
 * reads and compiles what it shows, and nothing waits later.
 */
export function later<P>(load: () => Promise<ComponentType<P>>): LazyExoticComponent<ComponentType<P>> {
  let loading: Promise<{ default: ComponentType<P> }> | null = null;
  const once = (): Promise<{ default: ComponentType<P> }> => (loading ??= load().then((component) => ({ default: component })));
  whenIdle(() => void once().catch(() => (loading = null)));
  return lazy(() => once().catch(loadAnew));
}

/** A page that was loaded anew so lately does not try again by itself: it says what failed. Milliseconds. */
const tryAgainAfter = 30_000;
const lastTry = 'forgehold.loaded-anew';

/**
 * Browsers keep a failed import for as long as the page lives (whatwg/html#6768), and a network that changes, as it does when a
 * container comes up, fails requests to this machine too. So the page is loaded anew, at the address it was about to show.
 */
function loadAnew(error: unknown): Promise<never> {
  if (Date.now() - Number(sessionStorage.getItem(lastTry)) < tryAgainAfter) throw error;
  sessionStorage.setItem(lastTry, String(Date.now()));
  location.reload();
  return new Promise(() => undefined);
}

/** Safari has no idle callbacks. */
function whenIdle(run: () => void): void {
  if ('requestIdleCallback' in window) requestIdleCallback(run, { timeout: patience });
  else setTimeout(run, patience / 4);
}

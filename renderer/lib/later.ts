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
  // Whoever asks for it is told when it could not be had.
  whenIdle(() => void once().catch(() => (loading = null)));
  return lazy(once);
}

/** Safari has no idle callbacks. */
function whenIdle(run: () => void): void {
  if ('requestIdleCallback' in window) requestIdleCallback(run, { timeout: patience });
  else setTimeout(run, patience / 4);
}

import { useCallback, useEffect, useRef, useState } from 'react';

export type Action = {
  /** Runs; false when it failed or was running already. */
  readonly run: (work: () => Promise<unknown>) => Promise<boolean>;
  readonly busy: boolean;
  readonly error: unknown;
  readonly clear: () => void;
};

/** One piece of asynchronous work at a time, its state, and its error until the next try. */
export function useAction(): Action {
  const [state, setState] = useState<{ readonly busy: boolean; readonly error: unknown }>({ busy: false, error: null });
  const running = useRef(false);
  const mounted = useRef(true);
  useEffect(() => {
    mounted.current = true;
    return () => void (mounted.current = false);
  }, []);
  const set = useCallback((next: { busy: boolean; error: unknown }) => {
    if (mounted.current) setState(next);
  }, []);
  const run = useCallback(
    async (work: () => Promise<unknown>): Promise<boolean> => {
      if (running.current) return false;
      running.current = true;
      set({ busy: true, error: null });
      try {
        await work();
        set({ busy: false, error: null });
        return true;
      } catch (error) {
        set({ busy: false, error });
        return false;
      } finally {
        running.current = false;
      }
    },
    [set],
  );
  return { run, ...state, clear: useCallback(() => set({ busy: false, error: null }), [set]) };
}

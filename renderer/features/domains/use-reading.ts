import { useCallback, useEffect, useEffectEvent, useState } from 'react';
import type { Client } from '../../../shared/contract/client.ts';
import { useClient, useLive } from '../../lib/core.tsx';

export type Reading<T> = {
  /** Null until it is known. */
  readonly value: T | null;
  readonly error: unknown;
  /** Reads now, and answers what it read. */
  readonly again: () => Promise<T>;
};

/**
 * What a call answers: read again whenever rules change, the core is back, and every so many milliseconds. One reading at a time: what
 * changes meanwhile leads to one more. `key` says what is read; another key begins anew.
 */
export function useReading<T>(key: string, read: (client: Client) => Promise<T>, everyMs: number | null = null): Reading<T> {
  const client = useClient();
  const live = useLive((state) => (state.status.kind === 'live' ? state.status.generation : null));
  const [state, setState] = useState<{ readonly key: string; readonly value: T | null; readonly error: unknown }>({ key, value: null, error: null });
  const ask = useEffectEvent(() => read(client));
  useEffect(() => {
    if (live === null) return;
    let current = true;
    let running = false;
    let wanted = false;
    async function refresh(): Promise<void> {
      wanted = true;
      if (running) return;
      running = true;
      while (wanted && current) {
        wanted = false;
        const next = await ask().then(
          (value) => ({ key, value, error: null }),
          (error: unknown) => ({ key, value: null, error }),
        );
        if (current) setState((last) => (next.error === null || last.key !== key ? next : { ...last, error: next.error }));
      }
      running = false;
    }
    void refresh();
    const stop = client.on('domains.rulesChanged', () => void refresh());
    const timer = everyMs === null ? null : setInterval(() => void refresh(), everyMs);
    return () => {
      current = false;
      stop();
      if (timer !== null) clearInterval(timer);
    };
  }, [client, live, key, everyMs]);
  const again = useCallback(async () => {
    const value = await read(client);
    setState({ key, value, error: null });
    return value;
  }, [client, key, read]);
  return state.key === key ? { value: state.value, error: state.error, again } : { value: null, error: null, again };
}

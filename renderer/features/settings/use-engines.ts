import { useCallback, useEffect, useState } from 'react';
import type { KnownEngine } from '../../../shared/model/engines.ts';
import { useClient, useLive, useSnapshot } from '../../lib/core.tsx';

/** The engines that are known, read anew with each connection and when the default one's state changes. */
export function useEngines() {
  const client = useClient();
  const generation = useLive((live) => (live.status.kind === 'live' ? live.status.generation : null));
  const state = useSnapshot((snapshot) => snapshot.engine.kind);
  const [engines, setEngines] = useState<readonly KnownEngine[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  const refresh = useCallback(() => {
    client.call('engines.list', {}).then(
      (list) => {
        setEngines(list);
        setError(null);
      },
      (cause: unknown) => setError(cause),
    );
  }, [client]);
  useEffect(() => {
    if (generation !== null && state) refresh();
  }, [generation, state, refresh]);
  return { engines, error, refresh };
}

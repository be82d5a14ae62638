import { useEffect, useState } from 'react';
import type { KnownEngine } from '../../../shared/model/engines.ts';
import { useClient } from '../../lib/core.tsx';

export type Engines = { /** Null until they are known. */ readonly engines: readonly KnownEngine[] | null; readonly error: unknown };

/** The engines Forgehold knows of, read once: nothing is connected for that. */
export function useEngines(): Engines {
  const client = useClient();
  const [state, setState] = useState<Engines>({ engines: null, error: null });
  useEffect(() => {
    let current = true;
    client.call('engines.list', {}).then(
      (engines) => current && setState({ engines, error: null }),
      (error: unknown) => current && setState({ engines: null, error }),
    );
    return () => void (current = false);
  }, [client]);
  return state;
}

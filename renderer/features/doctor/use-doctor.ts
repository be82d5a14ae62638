import { useCallback, useEffect, useState } from 'react';
import type { Check } from '../../../shared/model/doctor.ts';
import { useClient, useLive, useSnapshot } from '../../lib/core.tsx';

export type Doctor = {
  /** The last known answers; null before the first. */
  readonly checks: readonly Check[] | null;
  readonly busy: boolean;
  readonly error: unknown;
  readonly checkAgain: () => void;
  /** Does what the fix promises, then looks at everything again, since one thing often waits for another. */
  readonly fix: (id: string) => Promise<void>;
};

/**
 * The checks, while somebody looks: at the start and when the engine's state changes, which the core announces. So an engine that
 * comes back is seen at once, and nothing is asked meanwhile.
 */
export function useDoctor(on: boolean): Doctor {
  const client = useClient();
  const generation = useLive((live) => (live.status.kind === 'live' ? live.status.generation : null));
  const engine = useSnapshot((snapshot) => `${snapshot.engine.kind} ${snapshot.engine.endpoint}`);
  const [checks, setChecks] = useState<readonly Check[] | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const run = useCallback(async (): Promise<void> => {
    setBusy(true);
    try {
      setChecks(await client.call('doctor.run', {}));
      setError(null);
    } catch (cause) {
      setError(cause);
    } finally {
      setBusy(false);
    }
  }, [client]);
  useEffect(() => {
    // The engine's state is read for its change alone.
    if (on && generation !== null && engine !== '') void run();
  }, [on, generation, engine, run]);
  const fix = useCallback(
    async (id: string): Promise<void> => {
      const fixed = await client.call('doctor.fix', { id });
      setChecks((known) => known?.map((check) => (check.id === fixed.id ? fixed : check)) ?? null);
      await run();
    },
    [client, run],
  );
  return { checks, busy, error, checkAgain: () => void run(), fix };
}

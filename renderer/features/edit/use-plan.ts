import { useEffect, useState } from 'react';
import type { EditPlan, OptionChanges } from '../../../shared/model/options.ts';
import { useClient } from '../../lib/core.tsx';

export type Plan = { /** Null while it is not known. */ readonly plan: EditPlan | null; readonly error: unknown };

/** A pause in typing before the core is asked. Milliseconds. */
const pause = 200;

/** What the changes would do, asked anew as they change. */
export function usePlan(workspaceId: string, changes: OptionChanges): Plan {
  const client = useClient();
  const [state, setState] = useState<Plan & { readonly of: string }>({ plan: null, error: null, of: '{}' });
  const asked = JSON.stringify(changes);
  useEffect(() => {
    if (asked === '{}') return;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      client.call('workspaces.plan', { workspaceId, changes: JSON.parse(asked) as OptionChanges }, { signal: stop.signal }).then(
        (plan) => !stop.signal.aborted && setState({ plan, error: null, of: asked }),
        (error: unknown) => !stop.signal.aborted && setState({ plan: null, error, of: asked }),
      );
    }, pause);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [client, workspaceId, asked]);
  return state.of === asked ? state : { plan: null, error: null };
}

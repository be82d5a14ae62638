import { useCallback, useEffect, useState } from 'react';
import type { Removal } from '../../../shared/model/removal.ts';
import { useClient } from '../../lib/core.tsx';

export type RemovalOf = { readonly workspaceId: string } | { readonly projectId: string };
export type Removing = { /** Null until it is known. */ readonly removal: Removal | null; readonly error: unknown; readonly look: () => void };

/** What a removal would take away, looked at when asked: work may have been done since. */
export function useRemoval(of: RemovalOf): Removing {
  const client = useClient();
  const id = 'workspaceId' in of ? of.workspaceId : of.projectId;
  const whole = 'projectId' in of;
  const [state, setState] = useState<Omit<Removing, 'look'>>({ removal: null, error: null });
  const [round, setRound] = useState(0);
  useEffect(() => {
    let current = true;
    const asked = whole ? client.call('projects.removal', { projectId: id }) : client.call('workspaces.removal', { workspaceId: id });
    asked.then(
      (removal) => current && setState({ removal, error: null }),
      (error: unknown) => current && setState({ removal: null, error }),
    );
    return () => void (current = false);
  }, [client, id, whole, round]);
  return { ...state, look: useCallback(() => setRound((last) => last + 1), []) };
}

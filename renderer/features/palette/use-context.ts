import { useMemo } from 'react';
import { useClient, useSnapshot } from '../../lib/core.tsx';
import { useRoute } from '../../lib/route.ts';
import type { Context } from './types.ts';

/** Where the user is, and what there is. */
export function useContextHere(): Context {
  const client = useClient();
  const snapshot = useSnapshot((current) => current);
  const route = useRoute();
  const workspaceId = 'workspaceId' in route ? route.workspaceId : null;
  return useMemo(
    () => ({ client, snapshot, workspace: snapshot.workspaces.find((workspace) => workspace.workspaceId === workspaceId) ?? null }),
    [client, snapshot, workspaceId],
  );
}

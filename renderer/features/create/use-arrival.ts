import { useCallback, useEffect, useState } from 'react';
import { useSnapshot } from '../../lib/core.tsx';
import { navigate } from '../../lib/route.ts';

/** Answers a function to call before a workspace of the project is asked for: as soon as it shows up in the live state, its progress is shown. */
export function useArrival(projectId: string): () => void {
  const workspaces = useSnapshot((snapshot) => snapshot.workspaces);
  const [before, setBefore] = useState<ReadonlySet<string> | null>(null);
  const made = before && workspaces.find((workspace) => workspace.projectId === projectId && !before.has(workspace.workspaceId));
  useEffect(() => {
    if (made) navigate({ page: 'projects', sheet: { kind: 'progress', workspaceId: made.workspaceId } }, { replace: true });
  }, [made]);
  return useCallback(() => setBefore(new Set(workspaces.map((workspace) => workspace.workspaceId))), [workspaces]);
}

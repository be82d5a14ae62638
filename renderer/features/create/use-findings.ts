import { useCallback, useEffect, useState } from 'react';
import type { ProjectFindings } from '../../../shared/model/project-file.ts';
import { useClient } from '../../lib/core.tsx';
import { type Action, useAction } from '../../lib/use-action.ts';

export type Findings = {
  /** Null until the folder has been looked at. */
  readonly found: ProjectFindings | null;
  readonly error: unknown;
  readonly trusting: Action;
  /** Lets workspaces follow a file in the form that is shown; null takes that back. */
  readonly trust: (path: string, hash: string | null) => Promise<boolean>;
};

/** What in a project's folder may shape a workspace. */
export function useFindings(projectId: string): Findings {
  const client = useClient();
  const trusting = useAction();
  const { run } = trusting;
  const [state, setState] = useState<Pick<Findings, 'found' | 'error'>>({ found: null, error: null });
  useEffect(() => {
    let current = true;
    client.call('projects.findings', { projectId }).then(
      (found) => current && setState({ found, error: null }),
      (error: unknown) => current && setState({ found: null, error }),
    );
    return () => void (current = false);
  }, [client, projectId]);
  const trust = useCallback(
    (path: string, hash: string | null) =>
      run(async () => {
        setState({ found: await client.call('projects.trust', { projectId, path, hash }), error: null });
      }),
    [client, projectId, run],
  );
  return { ...state, trusting, trust };
}

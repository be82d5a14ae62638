import type { ReactNode } from 'react';
import type { Workspace } from '../../../shared/model/workspace.ts';
import { useClient } from '../../lib/core.tsx';
import { useAction } from '../../lib/use-action.ts';
import { Button, type ButtonProps } from '../../ui/button.tsx';
import { problemText } from '../../ui/problem.tsx';
import { reopenAsks } from '../blocked/asks.ts';
import { openRow } from './open-row.ts';
import type { Row } from './rows.ts';

/** Calls that take a workspace and nothing else. */
type Verb = 'workspaces.start' | 'workspaces.stop' | 'workspaces.cancel' | 'workspaces.recreate' | 'workspaces.resume';
type Step = Pick<ButtonProps, 'look'> & { readonly verb: Verb; readonly label: string };

/** The next step of a workspace's state, where one press is enough. */
function stepOf({ state, staleMounts }: Workspace): Step | null {
  switch (state.kind) {
    case 'creating':
      return { verb: 'workspaces.cancel', label: 'Cancel', look: 'quiet' };
    case 'stopped':
      return staleMounts.length > 0 ? { verb: 'workspaces.recreate', label: 'Recreate' } : { verb: 'workspaces.start', label: 'Start' };
    case 'paused':
      return { verb: 'workspaces.resume', label: 'Resume' };
    case 'failed':
      return { verb: 'workspaces.start', label: 'Try again' };
    case 'crashing':
      return { verb: 'workspaces.stop', label: 'Stop' };
    case 'running':
    case 'recreating':
    case 'starting':
    case 'stopping':
    case 'removing':
    case 'unknown':
      return null;
  }
}

/** The one thing to do about a row's state, where there is one. */
export function RowAction({ row }: { readonly row: Row }): ReactNode {
  const client = useClient();
  const action = useAction();
  const { workspace, project } = row;
  if (!workspace) {
    if (!project.present) return null;
    return (
      <Button small tabIndex={-1} onClick={() => openRow(row)}>
        Create workspace
      </Button>
    );
  }
  if (workspace.state.kind === 'running' && row.blocked.length > 0) {
    return (
      <Button small tabIndex={-1} onClick={() => review(row)}>
        Review
      </Button>
    );
  }
  const step = stepOf(workspace);
  if (!step) return null;
  const { workspaceId } = workspace;
  return (
    <>
      {action.error ? <span className="sr">{problemText(action.error)}</span> : null}
      <Button
        small
        look={step.look ?? 'plain'}
        tabIndex={-1}
        busy={action.busy}
        {...(action.error ? { icon: 'alert' as const } : {})}
        title={action.error ? problemText(action.error) : undefined}
        onClick={() => void action.run(() => client.call(step.verb, { workspaceId }))}
      >
        {step.label}
      </Button>
    </>
  );
}

function review(row: Row): void {
  if (!row.workspace) return;
  reopenAsks(row.workspace.workspaceId);
  openRow(row);
}

import type { ReactNode } from 'react';
import { assertNever } from '../../../shared/errors.ts';
import type { Workspace, WorkspaceState } from '../../../shared/model/workspace.ts';
import { useClient } from '../../lib/core.tsx';
import { useAction } from '../../lib/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { Glyph } from '../../ui/glyph.tsx';
import { problemText } from '../../ui/problem.tsx';
import { Steps } from '../../ui/steps.tsx';
import { FailureDetails } from './failure-details.tsx';
import styles from './workspace.module.css';

type Props = { readonly workspace: Workspace; readonly onRemove: () => void };

/** What stands where the terminal would, while the workspace does not run. */
export function StateStage(props: Props): ReactNode {
  return (
    <div className="center" data-region="stage">
      <div className={`tellings ${styles.wide}`}>
        <Stage {...props} state={props.workspace.state} />
      </div>
    </div>
  );
}

function Stage({ workspace, onRemove, state }: Props & { readonly state: WorkspaceState }): ReactNode {
  switch (state.kind) {
    case 'creating':
    case 'starting':
      return (
        <>
          <h1>{state.kind === 'creating' ? 'Creating' : 'Starting'} this workspace</h1>
          <Steps steps={state.steps} />
          {state.kind === 'creating' ? <Cancel workspaceId={workspace.workspaceId} /> : null}
        </>
      );
    case 'stopped':
      return (
        <>
          <h1>Stopped</h1>
          <p className="dim selectable">{state.reason ?? 'Nothing of this workspace runs. Your files and the agent’s sessions are kept.'}</p>
          <Begin workspaceId={workspace.workspaceId} label="Start" icon="play" />
        </>
      );
    case 'failed':
      return (
        <>
          <h1 className="row">
            <Glyph kind="failed" /> This workspace failed
          </h1>
          {state.steps.length > 0 ? <Steps steps={state.steps} /> : null}
          <FailureDetails error={state.error} />
          <Begin workspaceId={workspace.workspaceId} label="Try again" icon="retry" onRemove={onRemove} />
        </>
      );
    case 'unknown':
      return (
        <>
          <h1>Docker cannot be asked</h1>
          <p className="dim selectable">{state.reason}</p>
          <p className="dim">The agent may well go on in its container. This page shows it as soon as Docker answers.</p>
        </>
      );
    case 'stopping':
      return <Wait>Stopping. The agent has up to 30 s to end by itself.</Wait>;
    case 'removing':
      return <Wait>Removing this workspace…</Wait>;
    case 'running':
      return null;
    default:
      return assertNever(state);
  }
}

function Wait({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <p className="row dim" role="status">
      <Glyph kind="working" /> {children}
    </p>
  );
}

function Cancel({ workspaceId }: { readonly workspaceId: string }): ReactNode {
  const client = useClient();
  const action = useAction();
  return (
    <div className="row">
      <Button busy={action.busy} onClick={() => void action.run(() => client.call('workspaces.cancel', { workspaceId }))}>
        Cancel
      </Button>
      <span className="xs faint">Cancel removes what was made.</span>
      {action.error ? <span className="bad sm">{problemText(action.error)}</span> : null}
    </div>
  );
}

type BeginProps = { readonly workspaceId: string; readonly label: string; readonly icon: 'play' | 'retry'; readonly onRemove?: () => void };

function Begin({ workspaceId, label, icon, onRemove }: BeginProps): ReactNode {
  const client = useClient();
  const action = useAction();
  return (
    <>
      {action.error ? (
        <p className="bad selectable" role="alert">
          {problemText(action.error)}
        </p>
      ) : null}
      <div className="row">
        <Button
          look="primary"
          icon={icon}
          hint="↵"
          autoFocus
          busy={action.busy}
          onClick={() => void action.run(() => client.call('workspaces.start', { workspaceId }))}
        >
          {label}
        </Button>
        {onRemove ? <Button onClick={onRemove}>Remove…</Button> : null}
      </div>
    </>
  );
}

import { type ReactNode, useEffect, useRef } from 'react';
import { assertNever } from '../../../shared/errors.ts';
import { formatDuration } from '../../../shared/format.ts';
import type { Step } from '../../../shared/model/step.ts';
import type { Workspace } from '../../../shared/model/workspace.ts';
import { useClient, useSnapshot } from '../../lib/core.tsx';
import { useShortcut } from '../../lib/keys.ts';
import { navigate, projectsRoute } from '../../lib/route.ts';
import { useAction } from '../../lib/use-action.ts';
import { useNow } from '../../lib/use-now.ts';
import { Button } from '../../ui/button.tsx';
import { Glyph } from '../../ui/glyph.tsx';
import { problemText } from '../../ui/problem.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { Steps } from '../../ui/steps.tsx';
import { useWorkspaceTitle } from '../frame/switcher.tsx';
import { FailureDetails } from '../workspace/failure-details.tsx';
import { useOpenTerminal } from '../workspace/use-open-terminal.ts';
import styles from './create.module.css';

/** A workspace being made: each step, and a way out. When it is ready its agent opens. */
export function ProgressSheet({ workspaceId }: { readonly workspaceId: string }): ReactNode {
  const workspace = useSnapshot((snapshot) => snapshot.workspaces.find((item) => item.workspaceId === workspaceId));
  useEffect(() => {
    // Cancelled, or removed elsewhere.
    if (!workspace) navigate(projectsRoute, { replace: true });
  }, [workspace]);
  if (!workspace) return null;
  const { state } = workspace;
  switch (state.kind) {
    case 'creating':
    case 'starting':
      return <Making workspace={workspace} steps={state.steps} />;
    case 'failed':
      return <Failed workspace={workspace} steps={state.steps} error={state.error} />;
    case 'running':
      return <Ready workspace={workspace} />;
    case 'paused':
    case 'recreating':
    case 'crashing':
    case 'stopping':
    case 'stopped':
    case 'removing':
    case 'unknown':
      return <Elsewhere />;
    default:
      return assertNever(state);
  }
}

function Elsewhere(): null {
  useEffect(() => navigate(projectsRoute, { replace: true }), []);
  return null;
}

function leave(): void {
  navigate(projectsRoute);
}

function Making({ workspace, steps }: { readonly workspace: Workspace; readonly steps: readonly Step[] }): ReactNode {
  const client = useClient();
  const action = useAction();
  const title = useWorkspaceTitle(workspace);
  const now = useNow(100);
  const began = Math.min(...steps.flatMap((step) => (step.startedAt ? [Date.parse(step.startedAt)] : [])));
  function cancel(): void {
    void action.run(() => client.call('workspaces.cancel', { workspaceId: workspace.workspaceId }));
  }
  useShortcut('submit', leave);
  return (
    <Sheet label={`Creating ${title}`} onClose={cancel} onAside={leave} busy>
      <div className={`row ${styles.hd}`}>
        <h1 className="grow cut">Creating {title}</h1>
        <span className="num faint sm">{Number.isFinite(began) ? formatDuration(now - began) : ''}</span>
      </div>
      <div className={styles.body}>
        <Steps steps={steps} />
        {action.error ? <p className="bad sm">{problemText(action.error)}</p> : null}
      </div>
      <div className={`foot ${styles.foot}`}>
        <span className="xs faint grow">Cancel removes what was made.</span>
        <Button look="quiet" shortcut="submit" onClick={leave}>
          In background
        </Button>
        <Button hint="esc" busy={action.busy} onClick={cancel}>
          Cancel
        </Button>
      </div>
    </Sheet>
  );
}

type FailedProps = {
  readonly workspace: Workspace;
  readonly steps: readonly Step[];
  readonly error: { readonly message: string; readonly details: Record<string, unknown> };
};

function Failed({ workspace, steps, error }: FailedProps): ReactNode {
  const client = useClient();
  const action = useAction();
  const title = useWorkspaceTitle(workspace);
  const input = { workspaceId: workspace.workspaceId };
  return (
    <Sheet label={`${title} failed`} onClose={leave}>
      <div className={styles.hd}>
        <h1 className="cut">{title} could not be made</h1>
      </div>
      <div className={styles.body}>
        <Steps steps={steps} />
        <FailureDetails error={error} />
        {action.error ? <p className="bad sm">{problemText(action.error)}</p> : null}
      </div>
      <div className={`foot ${styles.foot}`}>
        <span className="grow" />
        <Button look="quiet" hint="esc" onClick={leave}>
          Close
        </Button>
        <Button busy={action.busy} onClick={() => void action.run(() => client.call('workspaces.remove', input))}>
          Remove it
        </Button>
        <Button look="primary" icon="retry" data-autofocus busy={action.busy} onClick={() => void action.run(() => client.call('workspaces.start', input))}>
          Try again
        </Button>
      </div>
    </Sheet>
  );
}

function Ready({ workspace }: { readonly workspace: Workspace }): ReactNode {
  const { open, error } = useOpenTerminal(workspace);
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    void open(workspace.agent === 'shell' ? 'shell' : 'agent', { replace: true });
  }, [open, workspace.agent]);
  return (
    <Sheet label="Ready" onClose={leave} busy={!error}>
      <div className={styles.body}>
        {error ? (
          <p className="bad selectable" role="alert">
            The workspace is ready, but its terminal did not open. {problemText(error)}
          </p>
        ) : (
          <p className="row" role="status">
            <Glyph kind="starting" /> Opening {workspace.agentTitle}…
          </p>
        )}
      </div>
      {error ? (
        <div className={`foot ${styles.foot}`}>
          <span className="grow" />
          <Button
            look="primary"
            data-autofocus
            onClick={() => navigate({ page: 'terminals', workspaceId: workspace.workspaceId, panes: [] }, { replace: true })}
          >
            Open workspace
          </Button>
        </div>
      ) : null}
    </Sheet>
  );
}

import type { ReactNode } from 'react';
import { assertNever } from '../../../shared/errors.ts';
import type { Workspace, WorkspaceState } from '../../../shared/model/workspace.ts';
import { useClient } from '../../lib/core.tsx';
import { navigate } from '../../lib/route.ts';
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
          {state.kind === 'creating' ? (
            <GiveUp workspaceId={workspace.workspaceId} verb="workspaces.cancel" label="Cancel" effect="Cancel removes what was made." />
          ) : (
            <GiveUp workspaceId={workspace.workspaceId} verb="workspaces.stop" label="Stop" effect="It is stopped then, and nothing of it is lost." />
          )}
        </>
      );
    case 'stopped':
      return (
        <>
          <h1>Stopped</h1>
          <p className="dim selectable">{state.reason ?? 'Nothing of this workspace runs. Your files and the agent’s sessions are kept.'}</p>
          {workspace.staleMounts.length > 0 ? <StaleMounts workspace={workspace} /> : <Begin workspaceId={workspace.workspaceId} label="Start" icon="play" />}
        </>
      );
    case 'paused':
      return <Paused workspaceId={workspace.workspaceId} />;
    case 'failed':
      return <Failed workspace={workspace} state={state} onRemove={onRemove} />;
    case 'unknown':
      return (
        <>
          <h1>Docker cannot be asked</h1>
          <p className="dim selectable">{state.reason}</p>
          <p className="dim">The agent may well go on in its container. This page shows it as soon as Docker answers.</p>
        </>
      );
    case 'recreating':
      return (
        <>
          <h1>Making its container anew</h1>
          <Steps steps={state.steps} />
          <GiveUp workspaceId={workspace.workspaceId} verb="workspaces.cancel" label="Cancel" effect="The old container is back then, as it was." />
        </>
      );
    case 'crashing':
      return <Crashing workspace={workspace} state={state} />;
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

function Paused({ workspaceId }: { readonly workspaceId: string }): ReactNode {
  return (
    <>
      <h1>Paused</h1>
      <p className="dim">Its programs stand still and keep their memory. Their terminals are shown again when it is resumed.</p>
      <Begin verb="workspaces.resume" workspaceId={workspaceId} label="Resume" icon="play" />
    </>
  );
}

type CrashingState = Extract<WorkspaceState, { readonly kind: 'crashing' }>;

function Crashing({ workspace, state }: { readonly workspace: Workspace; readonly state: CrashingState }): ReactNode {
  const client = useClient();
  const action = useAction();
  const { workspaceId } = workspace;
  return (
    <>
      <h1 className="row">
        <Glyph kind="failed" /> It ends again and again
      </h1>
      <p className="dim selectable">
        Its container was started {state.restarts} times and ended with exit code {state.exitCode}
        {state.outOfMemory ? ', because it ran out of memory. Give it more in its settings, or stop what takes it' : ''}.
        {state.lines.length > 0 ? ' Its last lines:' : ''}
      </p>
      {state.lines.length > 0 ? (
        <pre className={`t ${styles.log} selectable`} tabIndex={0} aria-label="Last lines">
          {state.lines.join('\n')}
        </pre>
      ) : null}
      {action.error ? (
        <p className="bad selectable" role="alert">
          {problemText(action.error)}
        </p>
      ) : null}
      <div className="row">
        <Button look="primary" icon="settings" autoFocus onClick={() => navigate({ page: 'edit', workspaceId })}>
          Edit
        </Button>
        <Button icon="file" onClick={() => navigate({ page: 'logs', workspaceId, role: 'agent' })}>
          Logs
        </Button>
        <Button icon="stop" busy={action.busy} onClick={() => void action.run(() => client.call('workspaces.stop', { workspaceId }))}>
          Stop
        </Button>
      </div>
    </>
  );
}

function Wait({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <p className="row dim" role="status">
      <Glyph kind="working" /> {children}
    </p>
  );
}

type FailedProps = Props & { readonly state: Extract<WorkspaceState, { readonly kind: 'failed' }> };

function Failed({ workspace, state, onRemove }: FailedProps): ReactNode {
  const { workspaceId } = workspace;
  return (
    <>
      <h1 className="row">
        <Glyph kind="failed" /> This workspace failed
      </h1>
      {state.steps.length > 0 ? <Steps steps={state.steps} /> : null}
      <FailureDetails error={state.error} />
      {workspace.staleMounts.length > 0 ? (
        <Begin verb="workspaces.recreate" workspaceId={workspaceId} label="Recreate" icon="retry" onRemove={onRemove} />
      ) : (
        <Begin workspaceId={workspaceId} label="Try again" icon="retry" onRemove={onRemove} />
      )}
    </>
  );
}

type GiveUpProps = {
  readonly workspaceId: string;
  readonly verb: 'workspaces.cancel' | 'workspaces.stop';
  readonly label: string;
  /** What is so afterwards. */
  readonly effect: string;
};

/** The way out of a wait. */
function GiveUp({ workspaceId, verb, label, effect }: GiveUpProps): ReactNode {
  const client = useClient();
  const action = useAction();
  return (
    <div className="row">
      <Button busy={action.busy} onClick={() => void action.run(() => client.call(verb, { workspaceId }))}>
        {label}
      </Button>
      <span className="xs faint">{effect}</span>
      {action.error ? <span className="bad sm">{problemText(action.error)}</span> : null}
    </div>
  );
}

/** It does not start with a folder that is not the one it was made with. */
function StaleMounts({ workspace }: { readonly workspace: Workspace }): ReactNode {
  return (
    <>
      <p className="selectable" role="alert">
        <span className="bad">A mounted folder is not what it was:</span> <span className="mono">{workspace.staleMounts.join(', ')}</span>
      </p>
      <p className="dim">Put it back, or let the workspace be made anew with what is there now.</p>
      <Begin workspaceId={workspace.workspaceId} verb="workspaces.recreate" label="Recreate" icon="retry" />
    </>
  );
}

type BeginProps = {
  readonly verb?: 'workspaces.start' | 'workspaces.resume' | 'workspaces.recreate';
  readonly workspaceId: string;
  readonly label: string;
  readonly icon: 'play' | 'retry';
  readonly onRemove?: () => void;
};

function Begin({ verb = 'workspaces.start', workspaceId, label, icon, onRemove }: BeginProps): ReactNode {
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
        <Button look="primary" icon={icon} hint="↵" autoFocus busy={action.busy} onClick={() => void action.run(() => client.call(verb, { workspaceId }))}>
          {label}
        </Button>
        {onRemove ? <Button onClick={onRemove}>Remove…</Button> : null}
      </div>
    </>
  );
}

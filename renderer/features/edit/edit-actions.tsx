import type { ReactNode } from 'react';
import type { Workspace } from '../../../shared/model/workspace.ts';
import { describeWorkspace } from '../../../shared/words.ts';
import { useClient } from '../../lib/core.tsx';
import { useAction } from '../../lib/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { Glyph } from '../../ui/glyph.tsx';
import { problemText } from '../../ui/problem.tsx';
import { Steps } from '../../ui/steps.tsx';
import { useArrival } from '../create/use-arrival.ts';
import styles from './edit.module.css';

type Verb = 'workspaces.start' | 'workspaces.pause' | 'workspaces.resume' | 'workspaces.stop' | 'workspaces.restart' | 'workspaces.recreate';

/** What can be done to the workspace as a whole, beside how it is. */
export function EditActions({ workspace, onRemove }: { readonly workspace: Workspace; readonly onRemove: () => void }): ReactNode {
  const client = useClient();
  const action = useAction();
  const copying = useAction();
  const expect = useArrival(workspace.projectId);
  const { workspaceId, state } = workspace;
  const telling = describeWorkspace(workspace, [], []);
  const up = state.kind === 'running' || state.kind === 'paused' || state.kind === 'crashing';
  const settled = up || state.kind === 'stopped' || state.kind === 'failed';
  const waits = !settled && 'It has to be settled first';
  function run(verb: Verb): void {
    void action.run(() => client.call(verb, { workspaceId }));
  }
  function duplicate(): void {
    void copying.run(async () => {
      expect();
      await client.call('workspaces.duplicate', { workspaceId });
    });
  }
  const error = action.error ?? copying.error;
  return (
    <div className={styles.actions}>
      <div className="row">
        <span className={`row ${styles.state}`}>
          <Glyph kind={telling.glyph} />
          <span className={telling.tone}>{telling.word}</span>
        </span>
        <Verbs pausing={state.kind === 'running' ? 'pause' : state.kind === 'paused' ? 'resume' : null} up={up} waits={waits} busy={action.busy} onRun={run} />
        <Button small icon="copy" busy={copying.busy} onClick={duplicate}>
          Duplicate
        </Button>
        <Button small look="danger" className="end" onClick={onRemove}>
          Remove workspace…
        </Button>
      </div>
      {state.kind === 'recreating' || state.kind === 'starting' ? <Steps steps={state.steps} /> : null}
      {error ? (
        <p className="bad sm selectable" role="alert">
          {problemText(error)}
        </p>
      ) : null}
    </div>
  );
}

type VerbsProps = {
  readonly pausing: 'pause' | 'resume' | null;
  readonly up: boolean;
  readonly waits: string | false;
  readonly busy: boolean;
  readonly onRun: (verb: Verb) => void;
};

function Verbs({ pausing, up, waits, busy, onRun }: VerbsProps): ReactNode {
  return (
    <>
      {up ? (
        <>
          {pausing ? (
            <Button small icon={pausing === 'pause' ? 'pause' : 'play'} busy={busy} onClick={() => onRun(`workspaces.${pausing}`)}>
              {pausing === 'pause' ? 'Pause' : 'Resume'}
            </Button>
          ) : null}
          <Button small icon="stop" busy={busy} onClick={() => onRun('workspaces.stop')}>
            Stop
          </Button>
          <Button small icon="retry" busy={busy} onClick={() => onRun('workspaces.restart')}>
            Restart
          </Button>
        </>
      ) : (
        <Button small icon="play" busy={busy} unavailable={waits} onClick={() => onRun('workspaces.start')}>
          Start
        </Button>
      )}
      <Button
        small
        busy={busy}
        unavailable={waits}
        title="Makes its container anew; the old one stays until the new one is proven"
        onClick={() => onRun('workspaces.recreate')}
      >
        Recreate
      </Button>
    </>
  );
}

import type { ReactNode } from 'react';
import { plural } from '../../../shared/format.ts';
import { useClient } from '../../lib/core.tsx';
import { useAction } from '../../lib/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { problemText } from '../../ui/problem.tsx';
import type { Row } from './rows.ts';

type Props = { readonly rows: readonly Row[]; readonly onClear: () => void };

/** What can be done to all ticked rows at once. Removing is not among it: what goes is looked at one by one. */
export function TickedBar({ rows, onClear }: Props): ReactNode {
  const client = useClient();
  const action = useAction();
  const stopped = rows.flatMap(({ workspace }) => (workspace?.state.kind === 'stopped' ? [workspace.workspaceId] : []));
  const running = rows.flatMap(({ workspace }) => (workspace?.state.kind === 'running' ? [workspace.workspaceId] : []));
  const paused = rows.flatMap(({ workspace }) => (workspace?.state.kind === 'paused' ? [workspace.workspaceId] : []));
  /** All are tried; the first that fails is told. */
  function each(call: 'workspaces.start' | 'workspaces.stop' | 'workspaces.pause' | 'workspaces.resume', ids: readonly string[]): void {
    void action.run(async () => {
      const results = await Promise.allSettled(ids.map((workspaceId) => client.call(call, { workspaceId })));
      const failed = results.find((result) => result.status === 'rejected');
      if (failed) throw failed.reason;
    });
  }
  return (
    <div className="row" role="group" aria-label="Ticked">
      <span className="sm num">{plural(rows.length, 'row')} ticked</span>
      <Button
        small
        icon="play"
        busy={action.busy}
        unavailable={stopped.length === 0 && 'None of them is stopped'}
        onClick={() => each('workspaces.start', stopped)}
      >
        Start {stopped.length > 0 ? stopped.length : ''}
      </Button>
      <Button small icon="stop" busy={action.busy} unavailable={running.length === 0 && 'None of them runs'} onClick={() => each('workspaces.stop', running)}>
        Stop {running.length > 0 ? running.length : ''}
      </Button>
      {running.length > 0 ? (
        <Button small icon="pause" busy={action.busy} onClick={() => each('workspaces.pause', running)}>
          Pause {running.length}
        </Button>
      ) : null}
      {paused.length > 0 ? (
        <Button small icon="play" busy={action.busy} onClick={() => each('workspaces.resume', paused)}>
          Resume {paused.length}
        </Button>
      ) : null}
      <Button small look="quiet" hint="esc" onClick={onClear}>
        Clear
      </Button>
      {action.error ? <span className="sm bad cut">{problemText(action.error)}</span> : null}
    </div>
  );
}

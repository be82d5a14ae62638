import type { ReactNode } from 'react';
import { formatClock } from '../../../shared/format.ts';
import type { Workspace } from '../../../shared/model/workspace.ts';
import { useClient } from '../../lib/core.tsx';
import { useShortcut } from '../../lib/keys.ts';
import { useAction } from '../../lib/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { Glyph } from '../../ui/glyph.tsx';
import { Icon } from '../../ui/icon.tsx';
import { problemText } from '../../ui/problem.tsx';
import { BlockedCard } from '../blocked/blocked-card.tsx';
import styles from './workspace.module.css';

/** What the wall has to say, floating under the shield, over scrollback, never beside the input at the bottom. */
export function WallCards({ workspace }: { readonly workspace: Workspace }): ReactNode {
  if (workspace.wall.kind === 'down') return <DownCard workspace={workspace} wall={workspace.wall} />;
  return <BlockedCard workspaceId={workspace.workspaceId} />;
}

type DownProps = { readonly workspace: Workspace; readonly wall: Extract<Workspace['wall'], { kind: 'down' }> };

function DownCard({ workspace, wall }: DownProps): ReactNode {
  const client = useClient();
  const action = useAction();
  const input = { workspaceId: workspace.workspaceId };
  function restart(): void {
    void action.run(async () => {
      await client.call('workspaces.stop', input);
      await client.call('workspaces.start', input);
    });
  }
  useShortcut('restartWall', restart, !wall.healing);
  return (
    <div className={`pop ${styles.ask} ${styles.fail}`} role="alert" aria-label="No network" data-region="wall-down">
      <div className="row">
        <span className="bad row">
          <Icon name="shield-bad" />
          <span className="med">No network</span>
        </span>
        <span className="end faint xs num">since {formatClock(wall.since)}</span>
      </div>
      <p className="selectable">{wall.reason} Nothing gets out until it is back.</p>
      {wall.healing ? (
        <p className="sm dim row" role="status">
          <Glyph kind="starting" /> Agents go on without network. Forgehold is putting it back.
        </p>
      ) : (
        <p className="sm dim">Agents go on without network. A restart puts it back; it ends what runs here, and the agent resumes its session.</p>
      )}
      {action.error ? <p className="sm bad selectable">{problemText(action.error)}</p> : null}
      {wall.healing ? null : (
        <div className={`row ${styles.acts}`}>
          <Button look="primary" shortcut="restartWall" busy={action.busy} onClick={restart}>
            Restart workspace
          </Button>
        </div>
      )}
    </div>
  );
}

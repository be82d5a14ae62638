import type { ReactNode } from 'react';
import type { Workspace } from '../../../shared/model/workspace.ts';
import { useClient } from '../../lib/core.tsx';
import { useAction } from '../../lib/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { problemText } from '../../ui/problem.tsx';
import { listOptions } from '../options/names.ts';

/** Says why a workspace needs a new container, with the button that makes one; nothing while it needs none. */
export function RecreateBanner({ workspace }: { readonly workspace: Workspace }): ReactNode {
  const client = useClient();
  const action = useAction();
  const { workspaceId, pending, staleMounts, state } = workspace;
  if (pending.length === 0 && staleMounts.length === 0) return null;
  if (state.kind === 'recreating' || state.kind === 'removing') return null;
  const stale = staleMounts.length > 0;
  return (
    <div className={`banner ${stale ? 'bad' : 'acc'}`} role={stale ? 'alert' : 'status'}>
      <Icon name={stale ? 'alert' : 'clock'} />
      <div className="grow">
        <p className="selectable">
          {stale ? (
            <>
              <span className="med">A mounted folder is not what it was.</span> It does not start again before it is recreated:{' '}
              <span className="mono">{staleMounts.join(', ')}</span>
            </>
          ) : (
            <>
              <span className="med">{listOptions(pending)}</span> changed. <span className="dim">That takes effect when it is recreated.</span>
            </>
          )}
        </p>
        {action.error ? (
          <p className="bad selectable" role="alert">
            {problemText(action.error)}
          </p>
        ) : null}
      </div>
      <Button icon="retry" busy={action.busy} onClick={() => void action.run(() => client.call('workspaces.recreate', { workspaceId }))}>
        Recreate now
      </Button>
    </div>
  );
}

import type { ReactNode } from 'react';
import { useClient } from '../../lib/core.tsx';
import { plural } from '../../lib/format.ts';
import { keyLabel } from '../../lib/keys.ts';
import { useAction } from '../../lib/use-action.ts';
import { canAllow, describeReason } from '../../lib/words.ts';
import { Button } from '../../ui/button.tsx';
import { Host } from '../../ui/host.tsx';
import { Icon } from '../../ui/icon.tsx';
import { problemText } from '../../ui/problem.tsx';
import { type Ask, foldAsks } from './asks.ts';
import { useCardKeys } from './use-card-keys.ts';
import styles from '../workspace/workspace.module.css';

type Props = { readonly workspaceId: string; readonly ask: Ask; readonly more: number };

/** One blocked name and its two answers. */
export function AskCard({ workspaceId, ask, more }: Props): ReactNode {
  const { blocked, left } = ask;
  const client = useClient();
  const action = useAction();
  const can = canAllow(blocked.reason);
  function allow(): void {
    if (can !== 'no') void action.run(() => client.call('domains.add', { workspaceId, pattern: blocked.host, allowPrivate: can === 'private' }));
  }
  function dismiss(): void {
    void action.run(() => client.call('domains.dismiss', { workspaceId, host: blocked.host }));
  }
  const { isDeaf, ...card } = useCardKeys({ a: allow, d: dismiss, Escape: () => left === null && foldAsks(workspaceId) });
  return (
    <div className={`pop ${styles.ask}`} role="group" aria-live="polite" aria-label="Blocked domain" data-blocked-card data-region="blocked" {...card}>
      <div className="row">
        <span className="bad row">
          <Icon name="block" />
          <span className="med">Blocked</span>
        </span>
        <span className="end faint xs num">
          {[more > 0 && `${more} more`, left !== null && `asks for ${Math.ceil(left / 10_000) * 10} s`].filter(Boolean).join(', ')}
        </span>
      </div>
      <p>
        <Host host={blocked.host} port={blocked.port} />
      </p>
      <p className="sm dim">
        {describeReason(blocked.reason)}, {plural(blocked.tries, 'try', 'tries')}
      </p>
      {action.error ? (
        <p className="sm bad selectable" role="alert">
          {problemText(action.error)}
        </p>
      ) : null}
      <div className={styles.keys}>
        {can === 'no' ? null : (
          <Button hint="A" data-answer busy={action.busy} onClick={() => isDeaf() || allow()}>
            {can === 'private' ? 'Allow, private too' : 'Allow here'}
          </Button>
        )}
        <Button look="danger" hint="D" data-answer={can === 'no' ? true : undefined} busy={action.busy} onClick={() => isDeaf() || dismiss()}>
          Dismiss
        </Button>
      </div>
      <p className={`xs faint ${styles.quietKeys}`}>
        <kbd>{keyLabel('answer')}</kbd> then a key answers. Typing goes to your terminal.
      </p>
    </div>
  );
}

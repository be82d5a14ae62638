import { type ReactNode, useEffect } from 'react';
import { useShortcut } from '../../lib/keys.ts';
import { navigate } from '../../lib/route.ts';
import { useNow } from '../../lib/use-now.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { AskCard } from './ask-card.tsx';
import { foldAsks, isBurst, noteSeen, reopenAsks, useBlocked, useOpenAsks } from './asks.ts';
import { useCardKeys } from './use-card-keys.ts';
import styles from '../workspace/workspace.module.css';

/** Names that were blocked ask here for a minute. The card never takes the focus: the answer chord goes there, then one letter answers. */
export function BlockedCard({ workspaceId }: { readonly workspaceId: string }): ReactNode {
  const { hosts, total } = useBlocked(workspaceId);
  const now = useNow(hosts.length > 0 ? 1000 : null);
  useEffect(() => noteSeen(workspaceId, hosts, Date.now()), [workspaceId, hosts]);
  const asks = useOpenAsks(workspaceId, hosts, now);
  useShortcut(
    'answer',
    () => {
      reopenAsks(workspaceId);
      requestAnimationFrame(() => document.querySelector<HTMLElement>('[data-blocked-card] [data-answer]')?.focus());
    },
    hosts.length > 0,
  );
  if (asks.length === 0) return null;
  if (isBurst(asks)) return <BurstCard workspaceId={workspaceId} count={total > hosts.length ? total : asks.length} />;
  const first = asks[0]!;
  return <AskCard key={`${first.blocked.host}:${first.blocked.port}`} workspaceId={workspaceId} ask={first} more={asks.length - 1} />;
}

function BurstCard({ workspaceId, count }: { readonly workspaceId: string; readonly count: number }): ReactNode {
  function review(): void {
    foldAsks(workspaceId);
    navigate({ page: 'domains', workspaceId });
  }
  const { isDeaf, ...card } = useCardKeys({ r: review, Escape: () => foldAsks(workspaceId) });
  const names = count.toLocaleString('en');
  return (
    <div className={`pop ${styles.ask}`} role="group" aria-live="polite" aria-label="Blocked domains" data-blocked-card data-region="blocked" {...card}>
      <span className="bad row">
        <Icon name="block" />
        <span className="med num">{names} domains blocked</span>
      </span>
      <p className="sm dim">Something tries many names at once. None of them got out. Look at them together.</p>
      <div className={styles.keys}>
        <Button data-answer hint="R" onClick={() => isDeaf() || review()}>
          Review {names}
        </Button>
        <Button look="quiet" hint="esc" onClick={() => foldAsks(workspaceId)}>
          Later
        </Button>
      </div>
    </div>
  );
}

import type { KeyboardEvent, ReactNode } from 'react';
import type { Blocked } from '../../../shared/model/domain.ts';
import { useClient } from '../../lib/core.tsx';
import { formatAgo, plural } from '../../lib/format.ts';
import { moveFocus } from '../../lib/move-focus.ts';
import { useAction } from '../../lib/use-action.ts';
import { useNow } from '../../lib/use-now.ts';
import { canAllow, describeReason } from '../../lib/words.ts';
import { Button } from '../../ui/button.tsx';
import { Host } from '../../ui/host.tsx';
import { Icon } from '../../ui/icon.tsx';
import { problemText } from '../../ui/problem.tsx';
import { useBlockedHosts } from '../blocked/asks.ts';
import styles from './domains.module.css';

/** The names that wait for an answer, above the rules that they may become. */
export function BlockedLately({ workspaceId }: { readonly workspaceId: string }): ReactNode {
  const hosts = useBlockedHosts(workspaceId);
  const now = useNow(10_000);
  if (hosts.length === 0) return null;
  return (
    <section className={styles.blocked} aria-label="Blocked lately" data-region="blocked-lately">
      <h2 className="head">
        Blocked lately <span className="tag warn num">{hosts.length}</span>
      </h2>
      <ul onKeyDown={(event) => moveFocus(event, 'li')}>
        {hosts.map((blocked, at) => (
          <BlockedLine key={`${blocked.host}:${blocked.port}`} workspaceId={workspaceId} blocked={blocked} first={at === 0} now={now} />
        ))}
      </ul>
    </section>
  );
}

type LineProps = { readonly workspaceId: string; readonly blocked: Blocked; readonly first: boolean; readonly now: number };

function BlockedLine({ workspaceId, blocked, first, now }: LineProps): ReactNode {
  const client = useClient();
  const action = useAction();
  const can = canAllow(blocked.reason);
  function allow(): void {
    if (can !== 'no') void action.run(() => client.call('domains.add', { workspaceId, pattern: blocked.host, allowPrivate: can === 'private' }));
  }
  function dismiss(): void {
    void action.run(() => client.call('domains.dismiss', { workspaceId, host: blocked.host }));
  }
  function keys(event: KeyboardEvent<HTMLLIElement>): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const run = { a: allow, d: dismiss }[event.key.toLowerCase()];
    if (!run) return;
    event.preventDefault();
    run();
  }
  return (
    <li tabIndex={first ? 0 : -1} data-blocked={blocked.host} onKeyDown={keys}>
      <Icon name="block" tone="bad" />
      <span className={styles.what}>
        <Host host={blocked.host} port={blocked.port} />
        <span className={`sub cut ${action.error ? 'bad' : ''}`}>
          {action.error
            ? problemText(action.error)
            : `${describeReason(blocked.reason)}, ${plural(blocked.tries, 'try', 'tries')}, ${formatAgo(blocked.lastAt, now)}`}
        </span>
      </span>
      {can === 'no' ? null : (
        <Button small tabIndex={-1} hint="A" busy={action.busy} onClick={allow}>
          {can === 'private' ? 'Allow, private too' : 'Allow'}
        </Button>
      )}
      <Button small look="quiet" tabIndex={-1} hint="D" busy={action.busy} onClick={dismiss}>
        Dismiss
      </Button>
    </li>
  );
}

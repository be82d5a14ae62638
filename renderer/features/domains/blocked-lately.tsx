import { type ReactNode, useState } from 'react';
import type { Client } from '../../../shared/contract/client.ts';
import { useClient } from '../../lib/core.tsx';
import { moveFocus } from '../../lib/move-focus.ts';
import { useAction } from '../../lib/use-action.ts';
import { useNow } from '../../lib/use-now.ts';
import { Button } from '../../ui/button.tsx';
import { problemText } from '../../ui/problem.tsx';
import { useBlocked } from '../blocked/asks.ts';
import { groupBlocked } from '../blocked/group-blocked.ts';
import { BlockedGroupLine, BlockedLine } from './blocked-line.tsx';
import { useReading } from './use-reading.ts';
import styles from './blocked-lately.module.css';

/** So many lines stand on the page before the rest is asked for, and so many then. */
const fewLines = 5;
const mostLines = 100;
/** The snapshot has the newest names only; all of them are read so often while there are more. Milliseconds. */
const readEvery = 3_000;

/** The names that wait for an answer, above the rules that they may become. A flood is a line for each domain it is below. */
export function BlockedLately({ workspaceId }: { readonly workspaceId: string }): ReactNode {
  const client = useClient();
  const { hosts: newest, total } = useBlocked(workspaceId);
  const now = useNow(10_000);
  const [open, setOpen] = useState(false);
  const dismissal = useAction();
  const more = total > newest.length;
  const read = async (from: Client) => (more ? (await from.call('domains.list', { workspaceId })).blocked : null);
  const all = useReading(`${workspaceId} ${more}`, read, more ? readEvery : null);
  const { groups, single } = groupBlocked(more ? (all.value ?? newest) : newest);
  if (total === 0) return null;
  const shown = single.slice(0, open ? mostLines : Math.max(0, fewLines - groups.length));
  const hidden = single.length - shown.length;
  async function dismissAll(): Promise<void> {
    await dismissal.run(async () => {
      const { blocked } = await client.call('domains.list', { workspaceId });
      for (const { host } of blocked) await client.call('domains.dismiss', { workspaceId, host });
    });
  }
  return (
    <section className={styles.blocked} aria-label="Blocked lately" data-region="blocked-lately">
      <div className="head">
        <h2 className="med">Blocked lately</h2>
        <span className="tag warn num">{total.toLocaleString('en')}</span>
        {dismissal.error ? <span className="bad sm cut">{problemText(dismissal.error)}</span> : null}
        <span className="end" />
        {total > 1 ? (
          <Button look="quiet" small busy={dismissal.busy} title="Takes them off this list, without a rule" onClick={() => void dismissAll()}>
            Dismiss all
          </Button>
        ) : null}
      </div>
      <ul onKeyDown={(event) => moveFocus(event, 'li[data-line]')}>
        {groups.map((group, at) => (
          <BlockedGroupLine key={group.pattern} workspaceId={workspaceId} group={group} first={at === 0} />
        ))}
        {shown.map((blocked, at) => (
          <BlockedLine key={`${blocked.host}:${blocked.port}`} workspaceId={workspaceId} blocked={blocked} first={at === 0 && groups.length === 0} now={now} />
        ))}
      </ul>
      {hidden > 0 ? (
        open ? (
          <p className={`sm faint ${styles.rest}`}>{hidden.toLocaleString('en')} more come up as these are answered.</p>
        ) : (
          <p className={styles.rest}>
            <Button look="quiet" small onClick={() => setOpen(true)}>
              Show {hidden.toLocaleString('en')} more
            </Button>
          </p>
        )
      ) : null}
    </section>
  );
}

import { type ReactNode, useState } from 'react';
import { formatBytesFinely } from '../../../shared/format-bytes.ts';
import type { DiskUse } from '../../../shared/model/disk.ts';
import { Button } from '../../ui/button.tsx';
import styles from './settings.module.css';

type Props = { readonly use: DiskUse; readonly busy: boolean; readonly onFree: (ids: readonly string[]) => void };

/** What can go, why nothing is lost by it, and how much that frees; ticked before anything is removed. */
export function ReclaimList({ use, busy, onFree }: Props): ReactNode {
  const { reclaimable } = use;
  const [open, setOpen] = useState(false);
  const [kept, setKept] = useState<ReadonlySet<string>>(new Set());
  const all = reclaimable.reduce((sum, item) => sum + item.bytes, 0);
  if (reclaimable.length === 0) {
    return (
      <>
        <h2>What can go</h2>
        <p className={`card dim ${styles.empty}`}>Nothing. What is here is in use.</p>
      </>
    );
  }
  const chosen = reclaimable.filter((item) => !kept.has(item.id));
  const bytes = chosen.reduce((sum, item) => sum + item.bytes, 0);
  function toggle(id: string): void {
    const next = new Set(kept);
    if (!next.delete(id)) next.add(id);
    setKept(next);
  }
  return (
    <>
      <h2>What can go</h2>
      <div className="card">
        <div className={styles.line}>
          <p className="grow">{formatBytesFinely(all)} can go. Nothing of yours is in it: what is needed again is downloaded or built again.</p>
          {open ? null : <Button onClick={() => setOpen(true)}>Review and free…</Button>}
        </div>
        {open ? (
          <>
            <ul>
              {reclaimable.map((item, at) => (
                <ReclaimItem key={item.id} item={item} first={at === 0} ticked={!kept.has(item.id)} onToggle={() => toggle(item.id)} />
              ))}
            </ul>
            <div className="foot">
              <Button
                look="primary"
                busy={busy}
                unavailable={chosen.length === 0 && 'Tick what should go'}
                onClick={() => onFree(chosen.map((item) => item.id))}
              >
                Free {formatBytesFinely(bytes)}
              </Button>
              <Button look="quiet" onClick={() => setOpen(false)}>
                Not now
              </Button>
            </div>
          </>
        ) : null}
      </div>
    </>
  );
}

type ItemProps = { readonly item: DiskUse['reclaimable'][number]; readonly first: boolean; readonly ticked: boolean; readonly onToggle: () => void };

function ReclaimItem({ item, first, ticked, onToggle }: ItemProps): ReactNode {
  return (
    <li className={styles.reclaim}>
      <label>
        <input type="checkbox" autoFocus={first} checked={ticked} onChange={onToggle} />
        <span className="grow">
          <span className="med">{item.label}</span>
          <span className={`sm dim ${styles.because}`}>{item.why}</span>
        </span>
        <span className="num">{formatBytesFinely(item.bytes)}</span>
      </label>
    </li>
  );
}

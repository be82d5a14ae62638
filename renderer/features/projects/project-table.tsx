import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useRef } from 'react';
import { usePlainKeys } from '../../lib/keys.ts';
import { openRow } from './open-row.ts';
import { ProjectRow } from './project-row.tsx';
import type { Row } from './rows.ts';
import styles from './projects.module.css';

type Props = {
  readonly rows: readonly Row[];
  readonly current: Row;
  readonly dense: boolean;
  readonly onSelect: (row: Row) => void;
  readonly onRemove: (row: Row) => void;
};

/** From so many rows on, only those in sight exist. */
const virtualFrom = 100;

export function ProjectTable({ rows, current, dense, onSelect, onRemove }: Props): ReactNode {
  const scroller = useRef<HTMLDivElement>(null);
  const height = dense ? 32 : 52;
  const virtual = useVirtualizer({
    count: rows.length,
    enabled: rows.length > virtualFrom,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const [from, to] = rows.length > virtualFrom ? [items[0]?.index ?? 0, (items.at(-1)?.index ?? -1) + 1] : [0, rows.length];

  function focusRow(): void {
    scroller.current?.querySelector<HTMLElement>('tr[tabindex="0"]')?.focus();
  }
  // Where nothing has the focus yet, the arrows begin in the list.
  usePlainKeys({ ArrowDown: focusRow, ArrowUp: focusRow, Enter: () => openRow(current) });
  function keys(event: KeyboardEvent): void {
    if (!(event.target instanceof HTMLTableRowElement)) return;
    const at = rows.indexOf(current);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1, PageDown: at + 10, PageUp: at - 10 }[event.key];
    if (next !== undefined) {
      const row = rows[Math.max(0, Math.min(rows.length - 1, next))]!;
      onSelect(row);
      virtual.scrollToIndex(rows.indexOf(row));
      requestAnimationFrame(focusRow);
    } else if (event.key === 'Enter') openRow(current);
    else if (event.key === 'Backspace' || event.key === 'Delete') onRemove(current);
    else return;
    event.preventDefault();
  }
  return (
    <div className={styles.list} ref={scroller} data-region="projects">
      <table className={`two ${styles.table} ${dense ? styles.dense : ''}`} role="grid" aria-label="Projects" aria-rowcount={rows.length + 1} onKeyDown={keys}>
        <Head />
        <tbody>
          <Spacer height={from * height} />
          {rows.slice(from, to).map((row) => (
            <ProjectRow key={row.key} row={row} selected={row === current} onSelect={() => onSelect(row)} onRemove={() => onRemove(row)} />
          ))}
          <Spacer height={(rows.length - to) * height} />
        </tbody>
      </table>
    </div>
  );
}

function Head(): ReactNode {
  return (
    <>
      <colgroup>
        <col className={styles.g} />
        <col />
        <col className={styles.s} />
        <col className={`${styles.a} wide`} />
        <col className={styles.t} />
        <col className={styles.h} />
        <col className={`${styles.l} wide`} />
        <col className={styles.m} />
      </colgroup>
      <thead>
        <tr>
          <th scope="col">
            <span className="sr">State</span>
          </th>
          <th scope="col">Project</th>
          <th scope="col">State</th>
          <th scope="col" className="wide">
            Agent
          </th>
          <th scope="col">Terminals</th>
          <th scope="col">Wall</th>
          <th scope="col" className="right wide">
            Used
          </th>
          <th scope="col">
            <span className="sr">More</span>
          </th>
        </tr>
      </thead>
    </>
  );
}

function Spacer({ height }: { readonly height: number }): ReactNode {
  if (height <= 0) return null;
  return (
    <tr className={styles.spacer} aria-hidden="true">
      <td colSpan={8} style={{ height }} />
    </tr>
  );
}

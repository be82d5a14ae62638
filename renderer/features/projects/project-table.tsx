import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useRef } from 'react';
import { usePlainKeys } from '../../lib/keys.ts';
import { focusRow, focusRowSoon } from '../../lib/move-focus.ts';
import { editRow, openRow } from './open-row.ts';
import { ProjectRow } from './project-row.tsx';
import type { RowHands } from './row-hands.ts';
import type { Row } from './rows.ts';
import type { ProjectList } from './use-project-list.ts';
import styles from './projects.module.css';

type Props = {
  readonly list: ProjectList;
  readonly current: Row;
  readonly dense: boolean;
  /** The key of the row that is being renamed. */
  readonly renaming: string | null;
  readonly hands: RowHands;
};

/** From so many rows on, only those in sight exist. */
const virtualFrom = 100;

export function ProjectTable(props: Props): ReactNode {
  const { list, current, dense, hands } = props;
  const rows = list.shown;
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

  const toRow = (): void => focusRow(scroller.current);
  // Where nothing has the focus yet, the arrows begin in the list.
  usePlainKeys({ ArrowDown: toRow, ArrowUp: toRow, Enter: () => openRow(current) });
  function keys(event: KeyboardEvent): void {
    if (!(event.target instanceof HTMLTableRowElement)) return;
    const at = rows.indexOf(current);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1, PageDown: at + 10, PageUp: at - 10 }[event.key];
    const act = actOf(event.key, current, list, hands);
    if (next !== undefined) {
      const row = rows[Math.max(0, Math.min(rows.length - 1, next))]!;
      list.select(row);
      virtual.scrollToIndex(rows.indexOf(row));
      focusRowSoon(scroller.current);
    } else if (act) act();
    else return;
    event.preventDefault();
  }
  return (
    <div className={styles.list} ref={scroller} data-region="projects">
      <table
        className={`two ${styles.table} ${dense ? styles.dense : ''}`}
        role="grid"
        aria-label="Projects"
        aria-rowcount={rows.length + 1}
        aria-multiselectable={list.ticked.size > 0 || undefined}
        onKeyDown={keys}
      >
        <Head />
        <tbody>
          <Spacer height={from * height} />
          <Rows {...props} from={from} to={to} />
          <Spacer height={(rows.length - to) * height} />
        </tbody>
      </table>
    </div>
  );
}

type RowsProps = Props & { readonly from: number; readonly to: number };

function Rows({ list, current, renaming, hands, from, to }: RowsProps): ReactNode {
  const rows = list.shown;
  return rows
    .slice(from, to)
    .map((row, at) => (
      <ProjectRow
        key={row.key}
        row={row}
        selected={row === current}
        ticked={list.ticked.has(row.key)}
        follows={rows[from + at - 1]?.project === row.project}
        renaming={renaming === row.key}
        onSelect={() => list.select(row)}
        hands={hands}
      />
    ));
}

/** What a key does to the current row. */
function actOf(key: string, current: Row, list: ProjectList, hands: RowHands): (() => void) | null {
  switch (key) {
    case 'Enter':
      return () => openRow(current);
    case ' ':
      return () => list.tick(current);
    case 'Escape':
      return list.ticked.size > 0 ? list.clearTicks : null;
    case 'F2':
      return () => hands.onRename(current);
    case 'e':
    case 'E':
      return () => editRow(current);
    case 'Backspace':
    case 'Delete':
      return () => hands.onRemove(current);
    default:
      return null;
  }
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
      <td style={{ height }} />
    </tr>
  );
}

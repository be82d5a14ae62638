import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';
import { formatAgo } from '../../../shared/format.ts';
import { usePlainKeys } from '../../lib/keys.ts';
import { focusRow, focusRowSoon } from '../../lib/move-focus.ts';
import { useNow } from '../../lib/use-now.ts';
import { Glyph } from '../../ui/glyph.tsx';
import type { TerminalRow } from './all-terminals.ts';
import { openTerminalRow } from './open-terminal-row.ts';
import styles from './all-terminals.module.css';

type Props = { readonly rows: readonly TerminalRow[]; readonly current: TerminalRow; readonly onSelect: (row: TerminalRow) => void };

/** Only what is seen is drawn, so a hundred terminals are no more work than ten. Pixels, of a row of two lines. */
const rowHeight = 52;

export function TerminalTable({ rows, current, onSelect }: Props): ReactNode {
  const scroller = useRef<HTMLDivElement>(null);
  const now = useNow(30_000);
  const lines = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => rowHeight, overscan: 8 });
  const at = rows.indexOf(current);
  const wantsFocus = useRef(false);
  useEffect(() => {
    lines.scrollToIndex(at, { align: 'auto' });
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    focusRowSoon(scroller.current);
  }, [lines, at]);
  const toRow = (): void => focusRow(scroller.current);
  usePlainKeys({ ArrowDown: toRow, ArrowUp: toRow, Enter: () => openTerminalRow(current) });
  function keys(event: KeyboardEvent): void {
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (event.key === 'Enter') openTerminalRow(current);
    else if (next !== undefined) {
      const row = rows[Math.max(0, Math.min(rows.length - 1, next))]!;
      wantsFocus.current = row !== current;
      onSelect(row);
    } else return;
    event.preventDefault();
  }
  const items = lines.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = lines.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    <div className="scroll" ref={scroller} data-region="list">
      <table className="two" role="grid" aria-label="Terminals" aria-rowcount={rows.length + 1} onKeyDown={keys}>
        <thead>
          <tr>
            <th className={styles.name}>Terminal</th>
            <th>Project</th>
            <th className={styles.state}>State</th>
            <th className={`right wide ${styles.time}`}>Opened</th>
          </tr>
        </thead>
        <tbody>
          {before > 0 ? <Space height={before} /> : null}
          {items.map(({ index }) => {
            const row = rows[index]!;
            return <Row key={row.terminal.terminalId} row={row} index={index} now={now} selected={row === current} onSelect={() => onSelect(row)} />;
          })}
          {after > 0 ? <Space height={after} /> : null}
        </tbody>
      </table>
    </div>
  );
}

function Space({ height }: { readonly height: number }): ReactNode {
  return (
    <tr aria-hidden="true">
      <td colSpan={4} style={{ height, padding: 0, border: 0 }} />
    </tr>
  );
}

type RowProps = { readonly row: TerminalRow; readonly index: number; readonly now: number; readonly selected: boolean; readonly onSelect: () => void };

function Row({ row, index, now, selected, onSelect }: RowProps): ReactNode {
  const { terminal, name, place, telling } = row;
  return (
    <tr
      aria-rowindex={index + 2}
      aria-selected={selected}
      tabIndex={selected ? 0 : -1}
      data-terminal={terminal.terminalId}
      onFocus={onSelect}
      onClick={onSelect}
      onDoubleClick={() => openTerminalRow(row)}
    >
      <td>
        <span className="row">
          <Glyph kind={telling.glyph} />
          <span className="cut">
            <span className="med">{name}</span>
            <span className="sub">
              <bdi>{telling.detail || terminal.worktree}</bdi>
            </span>
          </span>
        </span>
      </td>
      <td className="dim">{place}</td>
      <td className={telling.tone}>{telling.word}</td>
      <td className="right num dim wide">{formatAgo(terminal.createdAt, now)}</td>
    </tr>
  );
}

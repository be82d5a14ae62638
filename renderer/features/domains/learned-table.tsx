import { Fragment, type KeyboardEvent, type ReactNode, useRef, useState } from 'react';
import { formatBytes } from '../../../shared/format-bytes.ts';
import { plural } from '../../../shared/format.ts';
import type { Preset } from '../../../shared/model/domain.ts';
import { usePlainKeys } from '../../lib/keys.ts';
import { focusRow, focusRowSoon } from '../../lib/move-focus.ts';
import { Icon } from '../../ui/icon.tsx';
import { type LearnedChanges, type LearnedLine, groupLearned, widen } from './learned.ts';
import styles from './learned.module.css';

type Change = LearnedChanges[string];
type Props = {
  readonly lines: readonly LearnedLine[];
  readonly presets: readonly Preset[];
  /** `original`: the pattern as it was proposed. */
  readonly onChange: (original: string, change: Change) => void;
};

type Rows = {
  readonly current: LearnedLine | undefined;
  readonly select: (line: LearnedLine) => void;
  readonly tick: (line: LearnedLine) => void;
  readonly toggleWide: (line: LearnedLine) => void;
  readonly keys: (event: KeyboardEvent) => void;
};

/** ↑↓ move, Space ticks, W widens. What a rule lets out already stays as it is. */
function useLearnedRows(ordered: readonly LearnedLine[], onChange: Props['onChange'], focusRow: () => void): Rows {
  const [selected, setSelected] = useState('');
  const current = ordered.find((line) => line.original === selected) ?? ordered.find((line) => !line.covered) ?? ordered[0];
  function tick(line: LearnedLine): void {
    if (!line.covered) onChange(line.original, { ticked: !line.ticked });
  }
  function toggleWide(line: LearnedLine): void {
    if (line.covered) return;
    if (line.pattern !== line.original) onChange(line.original, { widened: false });
    else if (widen(line) !== null) onChange(line.original, { widened: true, ticked: true });
  }
  function keys(event: KeyboardEvent): void {
    if (!current || event.ctrlKey || event.altKey || event.metaKey) return;
    const at = ordered.indexOf(current);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: ordered.length - 1 }[event.key];
    if (to !== undefined) {
      setSelected(ordered[Math.max(0, Math.min(ordered.length - 1, to))]!.original);
      focusRow();
    } else if (event.key === ' ') tick(current);
    else if (event.key.toLowerCase() === 'w') toggleWide(current);
    else return;
    event.preventDefault();
  }
  return { current, select: (line) => setSelected(line.original), tick, toggleWide, keys };
}

/** What was learned, by program. */
export function LearnedTable({ lines, presets, onChange }: Props): ReactNode {
  const table = useRef<HTMLTableElement>(null);
  const groups = groupLearned(lines);
  const ordered = groups.flatMap((group) => group.lines);
  const rows = useLearnedRows(ordered, onChange, () => focusRowSoon(table.current));
  const toRow = (): void => focusRow(table.current);
  usePlainKeys({ ArrowDown: toRow, ArrowUp: toRow });
  return (
    <table ref={table} role="grid" aria-label="What was learned" data-region="learned" onKeyDown={rows.keys}>
      <colgroup>
        <col className={styles.v} />
        <col />
        <col className={styles.tg} />
        <col className={styles.us} />
      </colgroup>
      <tbody>
        {groups.map(({ program, lines: own }) => (
          <Fragment key={program}>
            <tr className={styles.grp}>
              <th colSpan={4} scope="rowgroup">
                <Icon name="terminals" tone="faint" />
                {program === '' ? 'Program not known' : <bdi className="mono">{program}</bdi>}
              </th>
            </tr>
            {own.map((line) => (
              <LearnedRow
                key={line.original}
                line={line}
                preset={presets.find((preset) => preset.id === line.preset)?.title ?? line.preset}
                selected={line === rows.current}
                onSelect={() => rows.select(line)}
                onTick={() => rows.tick(line)}
                onWiden={() => rows.toggleWide(line)}
              />
            ))}
          </Fragment>
        ))}
      </tbody>
    </table>
  );
}

type RowProps = {
  readonly line: LearnedLine;
  readonly preset: string | undefined;
  readonly selected: boolean;
  readonly onSelect: () => void;
  readonly onTick: () => void;
  readonly onWiden: () => void;
};

function LearnedRow({ line, preset, selected, onSelect, onTick, onWiden }: RowProps): ReactNode {
  const wider = widen(line);
  const isWidened = line.pattern !== line.original;
  return (
    <tr tabIndex={selected ? 0 : -1} aria-selected={selected} data-learned={line.original} title={line.hosts.join('\n')} onFocus={onSelect} onClick={onSelect}>
      <td className={styles.v}>
        {line.covered ? (
          <span className={`${styles.tick} faint`}>
            <Icon name="check" />
            <span className="sr">Let out already</span>
          </span>
        ) : (
          <button
            type="button"
            className={styles.tick}
            role="checkbox"
            tabIndex={-1}
            aria-checked={line.ticked}
            aria-label={`Allow ${line.pattern}`}
            onClick={onTick}
          >
            {line.ticked ? <Icon name="check" /> : null}
          </button>
        )}
      </td>
      <td>
        <span className={styles.what}>
          <span className={`mono cut host ${line.covered ? 'dim' : ''}`}>
            <bdi>{line.pattern}</bdi>
          </span>
          <span className="mono faint cut">{describeExtent(line)}</span>
          {!line.covered && (isWidened || wider !== null) ? (
            <button type="button" className={`btn quiet small ${styles.widen}`} tabIndex={-1} aria-pressed={isWidened} onClick={onWiden}>
              {isWidened ? 'Only as seen' : `Widen to ${wider}`} <kbd aria-hidden="true">W</kbd>
            </button>
          ) : null}
        </span>
      </td>
      <td>
        <Tag line={line} preset={preset} />
      </td>
      <td className="num right faint">{describeUse(line)}</td>
    </tr>
  );
}

/** Ports that do not go without saying, and how many names were seen. */
function describeExtent({ ports, hosts, bytesUp, bytesDown, looksLike }: LearnedLine): string {
  if (looksLike && bytesUp > bytesDown) return 'sends only';
  const shown = ports.some((port) => port !== 80 && port !== 443) ? ports.join(', ') : '';
  return [shown, hosts.length > 1 ? plural(hosts.length, 'name') : ''].filter(Boolean).join(', ');
}

function describeUse({ requests, bytesUp, bytesDown }: LearnedLine): string {
  const bytes = bytesUp + bytesDown;
  if (bytes === 0) return `${plural(requests, 'request')}, refused`;
  return `${plural(requests, 'request')}, ${bytesUp > bytesDown ? `${formatBytes(bytesUp)} out` : formatBytes(bytes)}`;
}

function Tag({ line, preset }: { readonly line: LearnedLine; readonly preset: string | undefined }): ReactNode {
  if (line.looksLike) return <span className="tag warn">looks like {line.looksLike}</span>;
  if (line.covered) return <span className="faint">{preset === undefined ? 'On your list' : `${preset} preset`}</span>;
  if (line.needsPrivate)
    return (
      <span className="tag warn" title="It had a private address: such connections were refused while learning too. The rule will allow it.">
        private address
      </span>
    );
  return preset === undefined ? <span className="tag acc">new</span> : <span className="tag acc">new, of {preset}</span>;
}

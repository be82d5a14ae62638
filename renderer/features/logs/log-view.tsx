import { type Virtualizer, useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, type Ref, useEffect, useImperativeHandle, useLayoutEffect, useRef } from 'react';
import { type Span, parseAnsi } from './ansi.ts';
import type { LogLine } from './log-buffer.ts';
import { escapePattern } from './log-search.ts';
import type { Log } from './use-log.ts';
import styles from './logs.module.css';

export type LogViewHandle = {
  /** Brings a line, by its number, into view. */
  readonly show: (line: number) => void;
  readonly toEnd: () => void;
};

type Props = {
  readonly log: Log;
  readonly wrap: boolean;
  readonly wanted: string;
  readonly current: number | null;
  readonly label: string;
  readonly onFollows: (follows: boolean) => void;
  readonly ref: Ref<LogViewHandle>;
};

/** Height of a line that is not wrapped. Pixels. */
const lineHeight = 17;
/** So near to its end a reader means the end. Pixels. */
const nearEnd = 24;

/** Only the lines that are seen are drawn. At its end it follows; scrolling up stops that. */
export function LogView({ log, wrap, wanted, current, label, onFollows, ref }: Props): ReactNode {
  const { buffer, version } = log;
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: buffer.lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => lineHeight,
    getItemKey: (index) => buffer.first + index,
    overscan: 30,
  });
  const end = useFollow(scroller, rows, { count: buffer.lines.length, first: buffer.first, version, wrap, onFollows });
  useImperativeHandle(ref, () => ({
    show(line) {
      end.stop();
      rows.scrollToIndex(line - buffer.first, { align: 'center' });
    },
    toEnd: end.go,
  }));
  useEffect(() => rows.measure(), [rows, wrap]);
  return (
    <div
      ref={scroller}
      className={`${styles.view} ${wrap ? styles.wrap : ''} selectable`}
      role="log"
      aria-label={label}
      aria-live="off"
      tabIndex={0}
      data-region="log"
      data-region-focus
      onScroll={end.onScroll}
      onKeyDown={(event) => event.key === 'End' && end.go()}
    >
      <div className={styles.rows} style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((row) => (
          <div
            key={row.key}
            ref={wrap ? rows.measureElement : undefined}
            data-index={row.index}
            className={`${styles.line} ${buffer.lines[row.index]!.error ? styles.error : ''} ${buffer.first + row.index === current ? styles.current : ''}`}
            style={{ transform: `translateY(${row.start}px)` }}
          >
            <Line line={buffer.lines[row.index]!} wanted={wanted} />
          </div>
        ))}
      </div>
    </div>
  );
}

type Follow = {
  readonly count: number;
  readonly first: number;
  readonly version: number;
  readonly wrap: boolean;
  readonly onFollows: (follows: boolean) => void;
};

function useFollow(scroller: React.RefObject<HTMLDivElement | null>, rows: Virtualizer<HTMLDivElement, Element>, state: Follow) {
  const { count, first, version, wrap, onFollows } = state;
  const follows = useRef(true);
  const top = useRef(0);
  const before = useRef(first);
  function set(on: boolean): void {
    if (follows.current !== on) onFollows(on);
    follows.current = on;
  }
  useLayoutEffect(() => {
    const dropped = first - before.current;
    before.current = first;
    if (follows.current && count > 0) rows.scrollToIndex(count - 1, { align: 'end' });
    // Lines that went from the top must not move those that are read.
    else if (dropped > 0 && scroller.current && !wrap) scroller.current.scrollTop -= dropped * lineHeight;
  }, [rows, scroller, count, first, version, wrap]);
  function onScroll(): void {
    const element = scroller.current;
    if (!element) return;
    const up = element.scrollTop < top.current;
    top.current = element.scrollTop;
    const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < nearEnd;
    if (atEnd) set(true);
    else if (up) set(false);
  }
  function go(): void {
    set(true);
    if (count > 0) rows.scrollToIndex(count - 1, { align: 'end' });
  }
  return { onScroll, go, stop: () => set(false) };
}

function Line({ line, wanted }: { readonly line: LogLine; readonly wanted: string }): ReactNode {
  const spans = parseAnsi(line.text);
  if (spans.length === 0) return '\u00a0';
  return (
    <bdi>
      {spans.map((span, at) => (
        <Piece key={at} span={span} wanted={wanted} />
      ))}
    </bdi>
  );
}

function Piece({ span, wanted }: { readonly span: Span; readonly wanted: string }): ReactNode {
  const parts = wanted === '' ? [span.text] : span.text.split(new RegExp(`(${escapePattern(wanted)})`, 'i'));
  const shown = parts.map((part, at) => (at % 2 === 1 ? <mark key={at}>{part}</mark> : part));
  return span.className ? <span className={span.className}>{shown}</span> : shown;
}

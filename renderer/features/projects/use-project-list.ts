import { useMemo, useRef, useState } from 'react';
import { useLocal } from '../../lib/local.ts';
import { useSession } from '../../lib/session.ts';
import { type Sort, orderProjects, readSort, sortRows } from './order.ts';
import { type Row, type Show, filterRows, readShow } from './rows.ts';

export type ProjectList = {
  readonly show: Show;
  readonly setShow: (show: Show) => void;
  readonly text: string;
  readonly setText: (text: string) => void;
  readonly sort: Sort;
  /** Sorts anew, by the same too. */
  readonly setSort: (sort: Sort) => void;
  /** What fits the filter, in order. */
  readonly shown: readonly Row[];
  /** The row that has the focus when the list has; null when nothing fits. */
  readonly current: Row | null;
  readonly select: (row: Row) => void;
  readonly ticked: ReadonlySet<string>;
  readonly tick: (row: Row) => void;
  readonly clearTicks: () => void;
};

/** What the list of projects shows: filter, order, selection and ticks. */
export function useProjectList(rows: readonly Row[]): ProjectList {
  const [show, setShow] = useSession<Show>('projects:show', 'all', readShow);
  const [text, setText] = useState('');
  const [sort, keepSort] = useLocal<Sort>('projects:sort', 'used', readSort);
  const [selected, setSelected] = useSession<string>('projects:selected', '');
  const [ticks, setTicks] = useState<ReadonlySet<string>>(new Set());
  const [round, setRound] = useState(0);
  const last = useRef<{ readonly round: number; readonly order: readonly string[] }>({ round, order: [] });
  const sorted = useMemo(() => {
    const order = orderProjects(rows, sort, last.current.round === round ? last.current.order : []);
    last.current = { round, order };
    return sortRows(rows, order);
  }, [rows, sort, round]);
  const shown = useMemo(() => filterRows(sorted, show, text), [sorted, show, text]);
  const ticked = useMemo(() => new Set(rows.filter((row) => ticks.has(row.key)).map((row) => row.key)), [rows, ticks]);
  return {
    show,
    setShow,
    text,
    setText,
    sort,
    setSort(next) {
      setRound(round + 1);
      keepSort(next);
    },
    shown,
    current: shown.find((row) => row.key === selected) ?? shown.find((row) => row.project.projectId === selected) ?? shown[0] ?? null,
    select: (row) => setSelected(row.key),
    ticked,
    tick: (row) => setTicks((last) => (last.has(row.key) ? new Set([...last].filter((key) => key !== row.key)) : new Set([...last, row.key]))),
    clearTicks: () => setTicks(new Set()),
  };
}

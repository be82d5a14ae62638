import { useMemo, useState } from 'react';
import { LogSearch } from './log-search.ts';
import type { Log } from './use-log.ts';

export type Search = {
  readonly text: string;
  readonly found: readonly number[];
  /** Number of the line that was gone to; null before the first. */
  readonly current: number | null;
  readonly change: (text: string) => void;
  readonly move: (step: 1 | -1) => void;
};

/** `show` brings a line into view. */
export function useSearch(log: Log, show: (line: number) => void): Search {
  const [text, setText] = useState('');
  const [current, setCurrent] = useState<number | null>(null);
  const search = useMemo(() => new LogSearch(), [log.buffer]);
  const { buffer, version } = log;
  // The buffer is the same object while it grows; its version tells.
  const found = useMemo(() => (version >= 0 ? search.find(buffer, text) : []), [search, buffer, version, text]);
  function move(step: 1 | -1): void {
    if (found.length === 0) return;
    const at = current === null ? -1 : found.indexOf(current);
    // The newest first: that is what one looks for in a log.
    const next = at < 0 ? found.length - 1 : (at + step + found.length) % found.length;
    setCurrent(found[next]!);
    show(found[next]!);
  }
  function change(next: string): void {
    setText(next);
    setCurrent(null);
  }
  return { text, found, current, change, move };
}

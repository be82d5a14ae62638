import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type RefObject, useEffect, useRef } from 'react';
import type { Rule } from '../../../shared/model/domain.ts';
import { focusRowSoon } from '../../lib/move-focus.ts';
import type { RuleList } from './use-rules.ts';

/** From so many rules on, only those in sight exist. */
const virtualFrom = 100;

export type RuleRows = {
  readonly scroller: RefObject<HTMLDivElement | null>;
  /** The rule that the keys are about. */
  readonly current: Rule | undefined;
  /** Which rows exist, by index, and the room of those that do not, in pixels. */
  readonly lines: { readonly shown: readonly number[]; readonly before: number; readonly after: number };
  readonly remove: (rule: Rule) => void;
  readonly keys: (event: KeyboardEvent) => void;
};

/** Height of a row in pixels: a token, since it grows with the size of text. */
function rowHeight(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--h-row')) || 32;
}

/** The rows of the list: which exist, which is the current one, and what keys do to it. ↑↓ move, ↵ changes, ⌫ removes. */
export function useRuleRows(rules: readonly Rule[], list: RuleList, onEdit: (rule: Rule) => void): RuleRows {
  const scroller = useRef<HTMLDivElement>(null);
  const many = rules.length > virtualFrom;
  const virtual = useVirtualizer({ count: rules.length, enabled: many, getScrollElement: () => scroller.current, estimateSize: rowHeight, overscan: 10 });
  const at = Math.max(
    0,
    rules.findIndex((rule) => rule.id === list.shown),
  );
  const current = rules[at];
  const wantsFocus = useRef(false);
  useEffect(() => {
    if (many) virtual.scrollToIndex(at, { align: 'auto' });
    else scroller.current?.querySelector('tr[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    focusRowSoon(scroller.current);
  }, [virtual, many, at, current?.id]);
  function go(to: number): void {
    const rule = rules[Math.max(0, Math.min(rules.length - 1, to))];
    if (!rule || rule === current) return;
    wantsFocus.current = true;
    list.show(rule.id);
  }
  function remove(rule: Rule): void {
    const place = rules.indexOf(rule);
    const next = rules[place + 1] ?? rules[place - 1];
    void list.remove([rule]).then((done) => {
      if (!done || !next) return;
      wantsFocus.current = true;
      list.show(next.id);
    });
  }
  function keys(event: KeyboardEvent): void {
    if (!(event.target instanceof HTMLTableRowElement) || !current || event.ctrlKey || event.altKey || event.metaKey) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight()) - 1);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + page, PageUp: at - page, Home: 0, End: rules.length - 1 }[event.key];
    if (to !== undefined) go(to);
    else if (event.key === 'Backspace' || event.key === 'Delete') remove(current);
    else if (event.key === 'Enter') onEdit(current);
    else return;
    event.preventDefault();
  }
  const items = many ? virtual.getVirtualItems().map(({ index }) => index) : rules.map((_, index) => index);
  const height = rowHeight();
  const before = (items[0] ?? 0) * height;
  const after = (rules.length - 1 - (items.at(-1) ?? rules.length - 1)) * height;
  return { scroller, current, lines: { shown: items, before, after }, remove, keys };
}

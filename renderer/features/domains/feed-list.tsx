import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, type RefObject, useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import type { Decision, Rule } from '../../../shared/model/domain.ts';
import { AnswerPanel } from '../blocked/answer-panel.tsx';
import { DecisionLine } from './decision-line.tsx';
import { decisionKey } from './decisions.ts';

/** From so many rows on, only those in sight exist. */
const virtualFrom = 100;
/** Pixels. */
const rowHeight = 44;

type Props = {
  readonly decisions: readonly Decision[];
  readonly rules: readonly Rule[];
  readonly onShowRule: ((id: string) => void) | undefined;
  readonly nameOf: ((workspaceId: string) => string) | undefined;
  readonly onPause: () => void;
};

type Rows = {
  readonly scroller: RefObject<HTMLOListElement | null>;
  readonly chosen: string | null;
  readonly current: Decision | undefined;
  readonly choose: (key: string | null) => void;
  readonly answering: boolean;
  readonly answer: (on: boolean) => void;
  /** Which rows exist: half-open. */
  readonly from: number;
  readonly to: number;
  readonly keys: (event: KeyboardEvent) => void;
};

/** The chosen row stays chosen, and in its place on the screen, while others come. */
function useFeedRows(decisions: readonly Decision[], onPause: () => void): Rows {
  const scroller = useRef<HTMLOListElement>(null);
  const [chosen, choose] = useState<string | null>(null);
  const [answering, answer] = useState(false);
  const at = chosen === null ? -1 : decisions.findIndex((decision) => decisionKey(decision) === chosen);
  const current = decisions[at];
  const many = decisions.length > virtualFrom;
  const virtual = useVirtualizer({
    count: decisions.length,
    enabled: many,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 10,
  });
  useSteadyScroll(scroller, decisions);
  useEffect(() => {
    if (chosen !== null) scroller.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  function go(index: number): void {
    const next = Math.max(0, Math.min(decisions.length - 1, index));
    if (many) virtual.scrollToIndex(next, { align: 'auto' });
    choose(decisionKey(decisions[next]!));
    answer(false);
  }
  function keys(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: decisions.length - 1 }[event.key];
    if (to !== undefined) go(to);
    else if (event.key.toLowerCase() === 'a' || event.key === 'Enter') answer(current?.verdict === 'blocked');
    else if (event.key === ' ') onPause();
    else return;
    event.preventDefault();
  }
  const items = virtual.getVirtualItems();
  const from = many ? (items[0]?.index ?? 0) : 0;
  const to = many ? (items.at(-1)?.index ?? -1) + 1 : decisions.length;
  return { scroller, chosen, current, choose, answering, answer, from, to, keys };
}

/** The decisions, newest first. ↑↓ move, A opens the answers to a blocked one, Space stops and goes on. */
export function FeedList({ decisions, rules, onShowRule, nameOf, onPause }: Props): ReactNode {
  const id = useId();
  const { scroller, chosen, current, choose, answering, answer, from, to, keys } = useFeedRows(decisions, onPause);
  return (
    <>
      <ol
        ref={scroller}
        tabIndex={0}
        role="listbox"
        aria-label="Decisions, newest first"
        aria-activedescendant={current ? `${id}${chosen}` : undefined}
        data-feed
        onKeyDown={keys}
        onFocus={() => chosen === null && choose(decisionKey(decisions[0]!))}
      >
        {from > 0 ? <li role="presentation" style={{ height: from * rowHeight }} /> : null}
        {decisions.slice(from, to).map((decision) => {
          const key = decisionKey(decision);
          return (
            <DecisionLine
              key={key}
              id={`${id}${key}`}
              decision={decision}
              rule={decision.rule === undefined ? undefined : rules.find((rule) => rule.id === decision.rule)}
              place={nameOf?.(decision.workspaceId)}
              selected={key === chosen}
              onChoose={() => choose(key)}
              onOpen={() => {
                choose(key);
                answer(true);
              }}
            />
          );
        })}
        {to < decisions.length ? <li role="presentation" style={{ height: (decisions.length - to) * rowHeight }} /> : null}
      </ol>
      {answering && current?.verdict === 'blocked' ? (
        <AnswerPanel
          key={chosen}
          workspaceId={current.workspaceId}
          blocked={current}
          onShowRule={onShowRule && current.rule !== undefined ? () => onShowRule(current.rule!) : undefined}
          onClose={() => {
            answer(false);
            scroller.current?.focus();
          }}
        />
      ) : null}
    </>
  );
}

/** Who has scrolled down to read keeps what they read: what comes above moves the list by as much. At the top it follows. */
function useSteadyScroll(scroller: { readonly current: HTMLElement | null }, decisions: readonly Decision[]): void {
  const first = useRef<string | null>(null);
  useLayoutEffect(() => {
    const before = first.current;
    first.current = decisions[0] ? decisionKey(decisions[0]) : null;
    const element = scroller.current;
    if (!element || element.scrollTop === 0 || before === null || before === first.current) return;
    const moved = decisions.findIndex((decision) => decisionKey(decision) === before);
    if (moved > 0) element.scrollTop += moved * rowHeight;
  }, [scroller, decisions]);
}

import { type KeyboardEvent, type ReactNode, useEffect, useId, useMemo, useRef, useState } from 'react';
import { plural } from '../../../shared/format.ts';
import { Glyph } from '../../ui/glyph.tsx';
import { Icon } from '../../ui/icon.tsx';
import { type Ranked, type RankedGroup, rankEntries } from './rank.ts';
import type { PaletteMode } from './store.ts';
import type { Entry, Step } from './types.ts';
import styles from './palette.module.css';

type Props = {
  readonly step: Extract<Step, { kind: 'choose' }>;
  readonly recent: readonly string[];
  readonly top: boolean;
  readonly mode: PaletteMode;
  readonly onChoose: (entry: Entry) => void;
  readonly onBack: () => void;
};

/** A field and what fits it: the combobox pattern, the focus stays in the field. */
export function ChooseStep({ step, recent, top, mode, onChoose, onBack }: Props): ReactNode {
  const choice = useChoice(step, recent);
  const { groups, items, current } = choice;
  const id = useId();
  const list = useScrolledTo(current?.id);
  const placeholder = step.label || (mode === 'places' ? 'Go to a workspace or project' : 'Type a command, a terminal or a workspace');
  function keys(event: KeyboardEvent): void {
    if (event.key in moves) choice.move(moves[event.key]!);
    else if (event.key === 'Enter' && current) onChoose(current);
    else if (event.key === 'Escape' || (event.key === 'Backspace' && choice.query === '' && !top)) onBack();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
  return (
    <>
      <div className={styles.ask}>
        <Icon name="search" tone="faint" />
        <input
          autoFocus
          role="combobox"
          aria-label={placeholder}
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={current ? optionId(id, current) : undefined}
          aria-autocomplete="list"
          autoComplete="off"
          spellCheck={false}
          placeholder={placeholder}
          value={choice.query}
          onChange={(event) => choice.ask(event.target.value)}
          onKeyDown={keys}
        />
        <span className="end xs faint">
          <kbd>esc</kbd> {top ? 'close' : 'back'}
        </span>
      </div>
      {items.length === 0 ? <p className={`dim ${styles.none}`}>Nothing is called that. Other words may find it.</p> : null}
      {/* The focus stays in the field, wherever the pointer is pressed. */}
      <div className={styles.list} role="listbox" id={`${id}-list`} aria-label={placeholder} ref={list} onPointerDown={(event) => event.preventDefault()}>
        {groups.map((group) => (
          <Group key={group.group} prefix={id} group={group} current={current} onPoint={choice.select} onChoose={onChoose} />
        ))}
      </div>
      <p className="sr" role="status">
        {plural(items.length, 'result')}
      </p>
      <div className={styles.keys} aria-hidden="true">
        <span>↑↓ move</span>
        <span>↵ choose</span>
        {top && mode === 'everything' ? <span className="end">&gt; commands &nbsp; @ terminals &nbsp; # workspaces</span> : null}
      </div>
    </>
  );
}

const moves: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };

function useChoice(step: Props['step'], recent: readonly string[]) {
  const [query, setQuery] = useState('');
  const [selected, select] = useState<string | null>(null);
  const groups = useMemo(() => rankEntries(step.entries, query, recent), [step, query, recent]);
  const items = useMemo(() => groups.flatMap((group) => group.items), [groups]);
  const found = items.findIndex(({ entry }) => entry.id === selected);
  const at = Math.max(0, found);
  /** By one it goes round at the ends, by a page it stops there. */
  function move(step: number): void {
    if (items.length === 0) return;
    const next = Math.abs(step) === 1 ? (at + step + items.length) % items.length : Math.max(0, Math.min(items.length - 1, at + step));
    select(items[next]!.entry.id);
  }
  function ask(text: string): void {
    setQuery(text);
    select(null);
  }
  return { query, groups, items, current: items[at]?.entry, move, ask, select };
}

type GroupProps = {
  readonly prefix: string;
  readonly group: RankedGroup;
  readonly current: Entry | undefined;
  readonly onPoint: (id: string) => void;
  readonly onChoose: (entry: Entry) => void;
};

function Group({ prefix, group, current, onPoint, onChoose }: GroupProps): ReactNode {
  return (
    <div role="group" aria-label={group.group}>
      <div className={styles.label} aria-hidden="true">
        {group.group}
      </div>
      {group.items.map((item) => (
        <Option
          key={item.entry.id}
          id={optionId(prefix, item.entry)}
          item={item}
          selected={item.entry === current}
          onPoint={() => onPoint(item.entry.id)}
          onChoose={() => onChoose(item.entry)}
        />
      ))}
    </div>
  );
}

function optionId(prefix: string, entry: Entry): string {
  return `${prefix}-${entry.group}-${entry.id}`.replaceAll(/[^\w-]/g, '_');
}

function useScrolledTo(selected: string | undefined) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [selected]);
  return list;
}

type OptionProps = {
  readonly id: string;
  readonly item: Ranked;
  readonly selected: boolean;
  readonly onPoint: () => void;
  readonly onChoose: () => void;
};

function Option({ id, item, selected, onPoint, onChoose }: OptionProps): ReactNode {
  const { entry, ranges } = item;
  const why = 'unavailable' in entry.plan ? entry.plan.unavailable : null;
  return (
    <div
      id={id}
      className={`item ${styles.option} ${why === null ? '' : styles.off}`}
      role="option"
      aria-selected={selected}
      aria-disabled={why === null ? undefined : true}
      onPointerMove={selected ? undefined : onPoint}
      onClick={onChoose}
    >
      {entry.glyph ? (
        <Glyph kind={entry.glyph.kind} />
      ) : entry.icon ? (
        <Icon name={entry.icon} tone="faint" />
      ) : (
        <span className={styles.blank} aria-hidden="true" />
      )}
      <span className={`cut ${styles.title}`}>
        <bdi>
          <Marked text={entry.title} ranges={ranges} />
        </bdi>
      </span>
      <span className={`faint cut sm ${styles.detail}`}>
        <bdi>{why ?? entry.detail}</bdi>
      </span>
      {entry.hint ? <kbd className="end">{entry.hint}</kbd> : null}
    </div>
  );
}

/** The letters that were typed, where they were found. */
function Marked({ text, ranges }: { readonly text: string; readonly ranges: Ranked['ranges'] }): ReactNode {
  const parts: ReactNode[] = [];
  let from = 0;
  for (const [start, end] of ranges) {
    parts.push(text.slice(from, start), <mark key={start}>{text.slice(start, end)}</mark>);
    from = end;
  }
  return [...parts, text.slice(from)];
}

import type { ReactNode, RefObject } from 'react';
import { keyLabel } from '../../lib/keys.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import type { Search } from './use-search.ts';
import styles from './logs.module.css';

/** Looks for a text in the log: ↵ goes to the newest line that has it, then further up; ⇧↵ down again. */
export function LogField({ search, ref }: { readonly search: Search; readonly ref: RefObject<HTMLInputElement | null> }): ReactNode {
  const { text, found, current } = search;
  const at = current === null ? 0 : found.indexOf(current) + 1;
  return (
    <>
      <label className={`field ${styles.field}`}>
        <Icon name="search" />
        <span className="sr">Search this log</span>
        <input
          ref={ref}
          value={text}
          placeholder="Search"
          spellCheck={false}
          onChange={(event) => search.change(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') search.move(event.shiftKey ? 1 : -1);
            if (event.key !== 'Escape') return;
            search.change('');
            document.querySelector<HTMLElement>('[role="log"]')?.focus();
          }}
        />
        {text === '' ? (
          <kbd title={keyLabel('find')}>/</kbd>
        ) : (
          <span className="xs num" role="status">
            {found.length === 0 ? 'none' : at > 0 ? `${at} of ${found.length}` : found.length}
          </span>
        )}
      </label>
      {text === '' ? null : (
        <span className="row">
          <Button small look="quiet" hint="↵" onClick={() => search.move(-1)}>
            Up
          </Button>
          <Button small look="quiet" hint="⇧↵" onClick={() => search.move(1)}>
            Down
          </Button>
        </span>
      )}
    </>
  );
}

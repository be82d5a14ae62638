import { type ReactNode, type RefObject, useRef } from 'react';
import { usePlainKeys } from '../lib/keys.ts';
import { focusRow } from '../lib/move-focus.ts';
import { Icon } from './icon.tsx';
import styles from './filter-field.module.css';

type Props = {
  /** In words, for who does not see the picture. */
  readonly label: string;
  readonly text: string;
  readonly onText: (text: string) => void;
  /** For a page that has more ways to it. */
  readonly field?: RefObject<HTMLInputElement | null>;
};

/** Narrows the list of a page. `/` leads here; ↵, ↓ and Escape, which empties it, lead to the list. */
export function FilterField({ label, text, onText, field }: Props): ReactNode {
  const own = useRef<HTMLInputElement>(null);
  const input = field ?? own;
  usePlainKeys({ '/': () => input.current?.focus() });
  return (
    <label className={`field ${styles.filter}`}>
      <Icon name="search" />
      <span className="sr">{label}</span>
      <input
        ref={input}
        value={text}
        placeholder="Filter"
        spellCheck={false}
        onChange={(event) => onText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onText('');
          if (event.key === 'Escape' || event.key === 'ArrowDown' || event.key === 'Enter') focusRow();
        }}
      />
      <kbd>/</kbd>
    </label>
  );
}

import { type ReactNode, useEffect, useRef } from 'react';
import { plural } from '../../lib/format.ts';
import { keyLabel, usePlainKeys, useShortcut } from '../../lib/keys.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { problemText } from '../../ui/problem.tsx';
import type { Rules } from './use-rules.ts';
import styles from './domains.module.css';

type Props = { readonly text: string; readonly onText: (text: string) => void; readonly rules: Rules };

/** Searches as you type; ↵ adds what was typed. The core says what is wrong with it. */
export function RuleField({ text, onText, rules }: Props): ReactNode {
  const field = useRef<HTMLInputElement>(null);
  const { change } = rules;
  const failed = useRef('');
  useShortcut('find', () => field.current?.focus());
  usePlainKeys({ '/': () => field.current?.focus() });
  useEffect(() => {
    if (change.error && failed.current !== text) change.clear();
  }, [change, text]);
  async function add(): Promise<void> {
    failed.current = text;
    if (text.trim() !== '' && (await rules.add(text.trim(), false))) onText('');
    field.current?.focus();
  }
  const count = rules.rules?.length ?? 0;
  return (
    <form
      className={styles.tools}
      data-region="rules-field"
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <div>
        <label className={`field grow ${change.error ? 'invalid' : ''}`}>
          <Icon name="search" />
          <span className="sr">Search the rules, or type a domain to add it</span>
          <input
            ref={field}
            value={text}
            placeholder={`Search ${plural(count, 'rule')}, or type a domain to add it`}
            spellCheck={false}
            autoComplete="off"
            aria-invalid={change.error !== null}
            aria-describedby="rule-why"
            onChange={(event) => onText(event.target.value)}
            onKeyDown={(event) => event.key === 'Escape' && onText('')}
          />
          <kbd className="wide">{keyLabel('find')}</kbd>
        </label>
        <Button type="submit" icon="plus" hint="↵" busy={change.busy} unavailable={text.trim() === '' && 'Type a domain first'}>
          Add rule
        </Button>
      </div>
      <p id="rule-why" className={styles.why} role={change.error ? 'alert' : undefined} hidden={!change.error}>
        {change.error ? problemText(change.error) : ''}
      </p>
    </form>
  );
}

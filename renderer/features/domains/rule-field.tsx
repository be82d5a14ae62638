import { type KeyboardEvent, type ReactNode, type RefObject, useEffect, useRef } from 'react';
import { plural } from '../../../shared/format.ts';
import { keyLabel, usePlainKeys, useShortcut } from '../../lib/keys.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Refusal } from './refusal.tsx';
import type { RuleList } from './use-rules.ts';
import styles from './domains.module.css';

type Props = {
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly list: RuleList;
  /** How many rules fit what is typed. */
  readonly found: number;
  /** Adds what is typed, as the page's plainest rule. */
  readonly onAdd: (pattern: string) => Promise<boolean>;
  readonly onForm: () => void;
  readonly children: ReactNode;
};

/** A name with a dot is one to add; a word that is found is one to look for. */
function isDomain(text: string, found: number): boolean {
  return text !== '' && (text.includes('.') || found === 0);
}

function focusRules(): void {
  document.querySelector<HTMLElement>('tr[data-rule][tabindex="0"]')?.focus();
}

/** Searches as you type; ↵ adds a domain that was typed. The core says what is wrong with it. */
export function RuleField(props: Props): ReactNode {
  const { text, onText, list, found, onForm, children } = props;
  const field = useRef<HTMLInputElement>(null);
  const { error, add } = useFieldRefusal(props, field);
  const wanted = text.trim();
  const adds = isDomain(wanted, found);
  useShortcut('find', () => field.current?.focus());
  useShortcut('newHere', onForm);
  usePlainKeys({ '/': () => field.current?.focus() });
  function keys(event: KeyboardEvent): void {
    if (event.key === 'Escape') onText('');
    else if (event.key === 'ArrowDown') focusRules();
    else return;
    event.preventDefault();
  }
  return (
    <form
      className={styles.tools}
      data-region="rules-field"
      onSubmit={(event) => {
        event.preventDefault();
        if (adds) void add(text);
        else focusRules();
      }}
    >
      <div>
        <label className={`field grow ${error ? 'invalid' : ''}`}>
          <Icon name="search" />
          <span className="sr">Search the rules, or type a domain to add it</span>
          <input
            ref={field}
            value={text}
            placeholder={`Search ${plural(list.rules?.length ?? 0, 'rule')}, or type a domain to add it`}
            spellCheck={false}
            autoComplete="off"
            aria-invalid={error !== null}
            aria-describedby="rule-why"
            onChange={(event) => onText(event.target.value)}
            onKeyDown={keys}
          />
          <kbd>{wanted === '' ? keyLabel('find') : adds ? '↵ add' : '↵ list'}</kbd>
        </label>
        <Button icon="plus" shortcut="newHere" busy={list.change.busy} onClick={onForm}>
          Add rule
        </Button>
        {children}
      </div>
      <Refusal id="rule-why" error={error} onSuggestion={(suggestion) => void add(suggestion)} />
    </form>
  );
}

type FieldRefusal = { readonly error: unknown; readonly add: (pattern: string) => Promise<void> };

/** Adds what was typed, and holds the core's refusal for as long as that is what stands there. */
function useFieldRefusal({ text, onText, list, onAdd }: Props, field: RefObject<HTMLInputElement | null>): FieldRefusal {
  const { change } = list;
  const failed = useRef<string | null>(null);
  useEffect(() => {
    if (!change.error || failed.current === null || failed.current === text) return;
    failed.current = null;
    change.clear();
  }, [change, text]);
  return {
    error: failed.current === text ? change.error : null,
    async add(pattern) {
      failed.current = pattern;
      onText(pattern);
      const done = await onAdd(pattern.trim());
      if (done) {
        failed.current = null;
        onText('');
      }
      field.current?.focus();
    },
  };
}

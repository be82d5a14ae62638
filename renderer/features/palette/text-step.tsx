import { type KeyboardEvent, type ReactNode, useId, useState } from 'react';
import { useAction } from '../../lib/use-action.ts';
import { Glyph } from '../../ui/glyph.tsx';
import { problemText } from '../../ui/problem.tsx';
import { closePalette } from './store.ts';
import type { Step } from './types.ts';
import styles from './palette.module.css';

type Props = { readonly step: Extract<Step, { kind: 'text' }>; readonly onBack: () => void };

/** The one thing a command still has to know, asked in its place; what the core says against it stands below. */
export function TextStep({ step, onBack }: Props): ReactNode {
  const [text, setText] = useState(step.initial);
  const action = useAction();
  const id = useId();
  async function submit(): Promise<void> {
    if (await action.run(() => step.submit(text.trim()))) closePalette();
  }
  function keys(event: KeyboardEvent): void {
    if (event.key === 'Enter') void submit();
    else if (event.key === 'Escape') onBack();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
  return (
    <>
      <div className={styles.ask}>
        {action.busy ? <Glyph kind="starting" label="Working" /> : null}
        <input
          autoFocus
          aria-label={step.label}
          aria-invalid={action.error ? true : undefined}
          aria-describedby={`${id}-why`}
          autoComplete="off"
          spellCheck={false}
          placeholder={step.label}
          value={text}
          onFocus={(event) => event.target.select()}
          onChange={(event) => {
            setText(event.target.value);
            action.clear();
          }}
          onKeyDown={keys}
        />
        <span className="end xs faint">
          <kbd>esc</kbd> back
        </span>
      </div>
      <p id={`${id}-why`} className={`${styles.none} ${action.error ? 'bad selectable' : 'dim'}`} role={action.error ? 'alert' : undefined}>
        {action.error ? problemText(action.error) : `${step.label}. ${step.hint}.`}
      </p>
      <div className={styles.keys} aria-hidden="true">
        <span>↵ do it</span>
      </div>
    </>
  );
}

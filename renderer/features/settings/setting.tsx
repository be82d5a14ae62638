import { type KeyboardEvent, type ReactNode, useEffect, useId, useState } from 'react';
import { Icon } from '../../ui/icon.tsx';
import { BrowseButton } from '../shell/browse-button.tsx';
import { fieldProblem } from './field-problem.ts';
import styles from './settings.module.css';

type SettingProps = {
  readonly title: ReactNode;
  readonly about: ReactNode;
  readonly children: ReactNode;
  readonly htmlFor?: string;
  readonly problem?: ReactNode;
};

/** One thing that can be set: its name, what it does, the control, and what is wrong with it. */
export function Setting({ title, about, children, htmlFor, problem }: SettingProps): ReactNode {
  return (
    <div className={styles.setting}>
      <div className={styles.words}>
        {htmlFor ? (
          <label htmlFor={htmlFor} className="med">
            {title}
          </label>
        ) : (
          <span className="med">{title}</span>
        )}
        <p className="sm dim" id={htmlFor ? `${htmlFor}-about` : undefined}>
          {about}
        </p>
      </div>
      <div className={styles.control}>
        {children}
        {problem}
      </div>
    </div>
  );
}

type TextSettingProps = {
  readonly title: string;
  readonly about: ReactNode;
  readonly value: string;
  readonly placeholder?: string;
  readonly mono?: boolean;
  readonly unit?: string;
  /** It is the path of a file, which the system's dialog can choose. */
  readonly file?: boolean;
  /** Rejects with the sentence to show at the field. */
  readonly onSave: (text: string) => Promise<unknown>;
};

/** A line of text that is kept with ↵ or when it is left; Escape puts back what was. */
export function TextSetting({ title, about, value, placeholder, mono, unit, file, onSave }: TextSettingProps): ReactNode {
  const id = useId();
  const field = useSavedText(value, onSave);
  return (
    <Setting title={title} about={about} htmlFor={id} problem={<FieldProblem id={`${id}-problem`} error={field.error} />}>
      <span className={`field ${field.error ? 'invalid' : ''}`}>
        <input
          id={id}
          className={mono ? 'mono' : ''}
          value={field.text}
          placeholder={placeholder}
          spellCheck={false}
          autoComplete="off"
          aria-invalid={field.error ? true : undefined}
          aria-describedby={`${id}-about ${id}-problem`}
          onChange={(event) => field.type(event.target.value)}
          onBlur={() => void field.save()}
          onKeyDown={field.keys}
        />
        {unit ? <span className="faint">{unit}</span> : null}
        {field.saved ? <Icon name="check" tone="ok" /> : null}
      </span>
      {file ? <BrowseButton kind="file" title={`Choose: ${title}`} startAt={value} onPick={field.take} /> : null}
    </Setting>
  );
}

export function FieldProblem({ id, error }: { readonly id: string; readonly error: unknown }): ReactNode {
  return (
    <p id={id} className="xs bad selectable" role={error ? 'alert' : undefined}>
      {error ? fieldProblem(error) : null}
    </p>
  );
}

function useSavedText(value: string, onSave: (text: string) => Promise<unknown>) {
  const [text, setText] = useState(value);
  const [error, setError] = useState<unknown>(null);
  const [saved, setSaved] = useState(false);
  useEffect(() => setText(value), [value]);
  async function save(wanted = text): Promise<void> {
    if (wanted.trim() === value) return setText(value);
    try {
      await onSave(wanted.trim());
      setError(null);
      setSaved(true);
    } catch (cause) {
      setError(cause);
    }
  }
  function keys(event: KeyboardEvent): void {
    if (event.key === 'Enter') void save();
    if (event.key !== 'Escape') return;
    setText(value);
    setError(null);
  }
  function type(next: string): void {
    setText(next);
    setError(null);
    setSaved(false);
  }
  /** A text that was chosen, not typed. */
  function take(next: string): void {
    type(next);
    void save(next);
  }
  return { text, take, type, error, saved, save, keys };
}

import { type ReactNode, useId } from 'react';

type Props = {
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly hint?: ReactNode;
  readonly problem?: string | undefined;
  readonly placeholder?: string;
  readonly mono?: boolean;
  readonly secret?: boolean;
  readonly autoFocus?: boolean;
  readonly readOnly?: boolean;
  /** Several lines. */
  readonly rows?: number;
};

/** A field of a form that is kept as a whole: its name, the text, what it is for or what is wrong with it. */
export function FormField({ label, value, onChange, hint, problem, placeholder, mono, secret, autoFocus, readOnly, rows }: Props): ReactNode {
  const id = useId();
  const shared = {
    id,
    value,
    placeholder,
    autoFocus,
    readOnly,
    spellCheck: false,
    autoComplete: 'off',
    'aria-invalid': problem ? true : undefined,
    'aria-describedby': `${id}-hint`,
  } as const;
  return (
    <div>
      <label htmlFor={id}>
        <span>{label}</span>
        {rows ? (
          <textarea {...shared} rows={rows} onChange={(event) => onChange(event.target.value)} />
        ) : (
          <span className={`field ${problem ? 'invalid' : ''}`}>
            <input {...shared} className={mono ? 'mono' : ''} type={secret ? 'password' : 'text'} onChange={(event) => onChange(event.target.value)} />
          </span>
        )}
      </label>
      <p id={`${id}-hint`} className={`xs ${problem ? 'bad selectable' : 'faint'}`} role={problem ? 'alert' : undefined}>
        {problem ?? hint}
      </p>
    </div>
  );
}

import type { ReactNode } from 'react';
import type { OptionName } from '../../../shared/model/options.ts';
import { Switch } from '../../ui/switch.tsx';
import { OptionRow, problemOf, whyId } from './option-row.tsx';
import type { OptionsEditor } from './use-options.ts';
import styles from './options.module.css';

/** Options that are typed as one text. */
type TextName = Exclude<OptionName, 'mode' | 'mounts' | 'systemPackages' | 'skipPermissions'>;

type TextProps = {
  readonly editor: OptionsEditor;
  readonly name: TextName;
  readonly width?: 'small' | 'name' | 'long';
  readonly unit?: string;
  readonly placeholder?: string;
  readonly hint?: ReactNode;
  readonly mono?: boolean;
  /** Beside the field. */
  readonly children?: ReactNode;
};

export function TextOption({ editor, name, width = 'long', unit, placeholder = 'Default', hint, mono, children }: TextProps): ReactNode {
  const id = `${editor.id}${name}`;
  const invalid = problemOf(editor, name) !== undefined;
  return (
    <OptionRow editor={editor} name={name} id={id} hint={hint} wide={width === 'long'}>
      <span className={`field ${styles[width]} ${invalid ? 'invalid' : ''}`}>
        <input
          id={id}
          className={mono ? 'mono' : width === 'small' ? 'num' : ''}
          inputMode={width === 'small' ? 'decimal' : undefined}
          value={editor.shown(name) ?? ''}
          placeholder={placeholder}
          spellCheck={false}
          autoComplete="off"
          aria-invalid={invalid}
          aria-describedby={whyId(editor, name)}
          onChange={(event) => editor.set(name, event.target.value)}
        />
      </span>
      {unit ? <span className="sm faint">{unit}</span> : null}
      {children}
    </OptionRow>
  );
}

/** ↵ is a new line in here, so it does not send the form; the shortcut does. */
export function LinesOption({ editor, name, placeholder, hint }: TextProps): ReactNode {
  const id = `${editor.id}${name}`;
  const invalid = problemOf(editor, name) !== undefined;
  const value = editor.shown(name) ?? '';
  return (
    <OptionRow editor={editor} name={name} id={id} hint={hint} wide>
      <span className={`field ${styles.lines} ${invalid ? 'invalid' : ''}`}>
        <textarea
          id={id}
          className="mono"
          rows={Math.min(8, Math.max(2, value.split('\n').length))}
          value={value}
          placeholder={placeholder}
          spellCheck={false}
          autoComplete="off"
          aria-invalid={invalid}
          aria-describedby={whyId(editor, name)}
          onChange={(event) => editor.set(name, event.target.value)}
        />
      </span>
    </OptionRow>
  );
}

type SwitchProps = {
  readonly editor: OptionsEditor;
  readonly name: 'systemPackages' | 'skipPermissions';
  readonly label: string;
  readonly children: ReactNode;
};

export function SwitchOption({ editor, name, label, children }: SwitchProps): ReactNode {
  return (
    <OptionRow editor={editor} name={name}>
      <Switch label={label} on={editor.shown(name) ?? false} onChange={(on) => editor.set(name, on)} />
      <span className="sm dim grow">{children}</span>
    </OptionRow>
  );
}

import type { ReactNode } from 'react';
import type { OptionName } from '../../../shared/model/options.ts';
import { Button } from '../../ui/button.tsx';
import { optionLabels, sourceWords } from './names.ts';
import type { OptionsEditor } from './use-options.ts';
import styles from './options.module.css';

type RowProps = {
  readonly editor: OptionsEditor;
  readonly name: OptionName;
  /** The control's id; without one the label names a group. */
  readonly id?: string;
  readonly hint?: ReactNode;
  /** The control takes the whole line; where the value comes from stands under it. */
  readonly wide?: boolean;
  readonly children: ReactNode;
};

/** The id of the sentence under an option. */
export function whyId(editor: OptionsEditor, name: OptionName): string {
  return `${editor.id}${name}-why`;
}

/** The sentence that says what is wrong with an option. */
export function problemOf(editor: OptionsEditor, name: OptionName): string | undefined {
  return editor.problems[name] ?? editor.refused[name];
}

/** An option with its name, its control, where its value comes from, and the sentence that says what is wrong with it. */
export function OptionRow({ editor, name, id, hint, wide = false, children }: RowProps): ReactNode {
  const problem = problemOf(editor, name);
  return (
    <div className={styles.f} data-option={name}>
      {id ? <label htmlFor={id}>{optionLabels[name]}</label> : <span>{optionLabels[name]}</span>}
      <div>
        {children}
        {wide ? null : <Source editor={editor} name={name} />}
        <div className={styles.under} hidden={!problem && !hint && !wide}>
          <p id={whyId(editor, name)} className={`xs grow ${problem ? 'bad' : 'faint'}`} role={problem ? 'alert' : undefined}>
            {problem ?? hint}
          </p>
          {wide ? <Source editor={editor} name={name} /> : null}
        </div>
      </div>
    </div>
  );
}

function Source({ editor, name }: Pick<RowProps, 'editor' | 'name'>): ReactNode {
  if (editor.isOwn(name)) {
    return (
      <Button small look="quiet" className={styles.source} onClick={() => editor.reset(name)}>
        <span aria-hidden="true">Reset</span>
        <span className="sr">Reset {optionLabels[name]}</span>
      </Button>
    );
  }
  const source = editor.source(name);
  return source ? <span className={`xs faint ${styles.source}`}>{sourceWords[source]}</span> : null;
}

import { type ReactNode, useState } from 'react';
import { plural } from '../../../shared/format.ts';
import { Icon } from '../../ui/icon.tsx';
import { problemText } from '../../ui/problem.tsx';
import type { Base, OptionsEditor } from '../options/use-options.ts';
import styles from './create.module.css';

type AdvancedProps = { readonly editor: OptionsEditor; readonly base: Base; readonly children: ReactNode };

/** What has a good default, folded; its line says what will be. */
export function Advanced({ editor, base, children }: AdvancedProps): ReactNode {
  const [open, setOpen] = useState(false);
  const wrong = Object.keys(editor.problems).length > 0;
  return (
    <>
      <button type="button" className={styles.adv} aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name="right" />
        <span className="grow">Advanced</span>
        <span className={`xs cut ${wrong && !open ? 'bad' : 'faint'}`}>{open ? '' : wrong ? 'Something in here needs correcting' : summarise(editor)}</span>
      </button>
      {open ? (
        <div className={`${styles.body} ${styles.more}`}>
          {base.error ? <p className="xs bad selectable">The defaults could not be read. {problemText(base.error)}</p> : null}
          {children}
        </div>
      ) : null}
    </>
  );
}

function summarise(editor: OptionsEditor): string {
  const cpus = editor.shown('cpus');
  const memory = editor.shown('memoryMb');
  const mounts = editor.shown('mounts')?.length ?? 0;
  return [
    cpus ? `${cpus} CPUs` : 'default CPUs',
    memory ? `${memory} GB` : 'default memory',
    editor.shown('image') || null,
    editor.shown('model') || null,
    editor.shown('skipPermissions') ? 'no permission prompts' : null,
    editor.shown('env') ? 'own environment' : null,
    mounts > 0 ? plural(mounts, 'extra mount') : null,
  ]
    .filter(Boolean)
    .join(', ');
}

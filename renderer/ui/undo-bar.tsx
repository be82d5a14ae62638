import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import { problemText } from './problem.tsx';
import styles from './undo-bar.module.css';

type Props = { readonly children: ReactNode; readonly busy?: boolean; readonly error?: unknown; readonly onUndo: () => void };

/** What was done last, and the way back, in its place. Whoever shows it registers the shortcut. */
export function UndoBar({ children, busy = false, error, onUndo }: Props): ReactNode {
  return (
    <div className={styles.bar} role="status">
      <p className="grow cut">
        {children} {error ? <span className="bad">{problemText(error)}</span> : null}
      </p>
      <Button small shortcut="undo" busy={busy} onClick={onUndo}>
        Undo
      </Button>
    </div>
  );
}

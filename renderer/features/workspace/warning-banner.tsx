import { type ReactNode, useState } from 'react';
import type { Workspace } from '../../../shared/model/workspace.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import styles from './workspace.module.css';

/** Warnings that were read and put away in this window: a new one of the same workspace shows again. */
const hidden = new Map<string, string>();

/** What went wrong on the way of a workspace and did not stop it: its first line, and the rest on demand. */
export function WarningBanner({ workspace: { workspaceId, warning } }: { readonly workspace: Workspace }): ReactNode {
  const [, setRound] = useState(0);
  const [open, setOpen] = useState(false);
  if (warning === undefined || hidden.get(workspaceId) === warning) return null;
  const [first = '', ...rest] = warning.split('\n');
  function hide(text: string): void {
    hidden.set(workspaceId, text);
    setRound((last) => last + 1);
  }
  return (
    <div className={`banner warn ${styles.warning}`} role="status">
      <Icon name="alert" />
      <div className="grow">
        <p className="selectable">{first}</p>
        {open ? (
          <pre className={`t ${styles.log} selectable`} tabIndex={0} aria-label="Its output">
            {rest.join('\n').trim()}
          </pre>
        ) : null}
      </div>
      {rest.length > 0 ? (
        <Button icon={open ? 'down' : 'right'} aria-expanded={open} onClick={() => setOpen(!open)}>
          Output
        </Button>
      ) : null}
      <Button look="quiet" icon="x" title="Hide" onClick={() => hide(warning)} />
    </div>
  );
}

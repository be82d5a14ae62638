import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useClient } from '../../lib/core.tsx';
import { useAction } from '../../lib/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { Glyph } from '../../ui/glyph.tsx';
import { problemText } from '../../ui/problem.tsx';
import { Switch } from '../../ui/switch.tsx';
import type { Row } from './rows.ts';
import { type Removing, useRemoval } from './use-removal.ts';
import { LostWork, WhatGoes } from './what-goes.tsx';
import styles from './projects.module.css';

type Props = {
  readonly row: Pick<Row, 'workspace' | 'project' | 'title'>;
  /** The project with all its workspaces, instead of the row's workspace alone. */
  readonly project: boolean;
  readonly onClose: () => void;
  readonly onRemoved?: () => void;
};

/** The second step of a removal, in its place: what goes, what stays, work that would be lost, and the choice. Nothing brings it back. */
export function RemovePanel({ row, project: whole, onClose, onRemoved }: Props): ReactNode {
  const { workspace, project } = row;
  const one = whole ? null : workspace;
  const removing = useRemoval(one ? { workspaceId: one.workspaceId } : { projectId: project.projectId });
  const { removal } = removing;
  const client = useClient();
  const action = useAction();
  const [discard, setDiscard] = useState(false);
  const keep = useFocus();
  const lost = (removal?.work.length ?? 0) > 0;
  async function remove(): Promise<void> {
    const done = await action.run(() =>
      one
        ? client.call('workspaces.remove', { workspaceId: one.workspaceId, discard })
        : client.call('projects.remove', { projectId: project.projectId, discard }),
    );
    if (done) {
      onClose();
      onRemoved?.();
    } else removing.look();
  }
  const what = one ? 'workspace' : 'project';
  return (
    <section className={styles.remove} role="group" aria-label="Remove" data-region="remove" onKeyDown={(event) => event.key === 'Escape' && onClose()}>
      <h2>
        Remove {what} <bdi>{what === 'project' ? project.name : row.title}</bdi>?
      </h2>
      <div className={styles.goes} tabIndex={0} role="group" aria-label="What goes">
        <Goes removing={removing} />
      </div>
      {action.error ? (
        <p className="bad selectable" role="alert">
          {problemText(action.error)}
        </p>
      ) : null}
      {lost ? (
        <span className="row">
          <Switch label="Throw this work away" on={discard} onChange={setDiscard} /> Throw this work away
        </span>
      ) : null}
      <div className="row">
        <Button
          look="danger"
          busy={action.busy}
          unavailable={(!removal && !removing.error && 'Still looking at what goes') || (lost && !discard && 'Say first that the work shall be thrown away')}
          onClick={() => void remove()}
        >
          Remove {what}
        </Button>
        <button ref={keep} type="button" className="btn quiet" onClick={onClose}>
          Keep it <kbd aria-hidden="true">esc</kbd>
        </button>
        <span className="xs faint">This cannot be undone.</span>
      </div>
    </section>
  );
}

function Goes({ removing }: { readonly removing: Removing }): ReactNode {
  const { removal, error } = removing;
  if (error) return <p className="dim">Its containers, network, volumes and folders go. They could not be listed: {problemText(error)}</p>;
  if (!removal) {
    return (
      <p className="row dim" role="status">
        <Glyph kind="working" /> Looking at what it consists of, and for work that lies nowhere else…
      </p>
    );
  }
  return (
    <>
      {removal.work.length > 0 ? <LostWork removal={removal} /> : null}
      {removal.workspaces.length === 0 ? <p className="dim">Forgehold forgets this project. Nothing runs for it.</p> : <WhatGoes removal={removal} />}
      {removal.keeps.map((kept) => (
        <p key={kept} className="sm">
          <span className="mono selectable">{kept}</span> <span className="dim">stays as it is.</span>
        </p>
      ))}
    </>
  );
}

/** The harmless choice has the focus; it goes back to where it was. */
function useFocus() {
  const keep = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    keep.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return keep;
}

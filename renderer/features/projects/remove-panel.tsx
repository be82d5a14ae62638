import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { WorkspaceDetails } from '../../../shared/model/workspace.ts';
import { useClient } from '../../lib/core.tsx';
import { useAction } from '../../lib/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { Glyph } from '../../ui/glyph.tsx';
import { problemText } from '../../ui/problem.tsx';
import type { Row } from './rows.ts';
import styles from './projects.module.css';

type Props = { readonly row: Pick<Row, 'workspace' | 'project' | 'title'>; readonly onClose: () => void; readonly onRemoved?: () => void };

/** The second step of a removal, in its place: what goes, what stays, and the choice. */
export function RemovePanel({ row, onClose, onRemoved }: Props): ReactNode {
  const client = useClient();
  const action = useAction();
  const keep = useRef<HTMLButtonElement>(null);
  const { workspace, project } = row;
  useEffect(() => {
    const before = document.activeElement;
    keep.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  async function remove(): Promise<void> {
    const done = await action.run(() =>
      workspace ? client.call('workspaces.remove', { workspaceId: workspace.workspaceId }) : client.call('projects.remove', { projectId: project.projectId }),
    );
    if (!done) return;
    onClose();
    onRemoved?.();
  }
  return (
    <section className={styles.remove} role="group" aria-label="Remove" data-region="remove" onKeyDown={(event) => event.key === 'Escape' && onClose()}>
      <h2>
        Remove <bdi>{row.title}</bdi>?
      </h2>
      {workspace ? <WhatGoes workspaceId={workspace.workspaceId} /> : <p className="dim">Forgehold forgets this project. Nothing runs for it.</p>}
      <p className="sm">
        Your folder <span className="mono selectable">{project.path}</span> stays as it is.
      </p>
      {action.error ? (
        <p className="bad selectable" role="alert">
          {problemText(action.error)}
        </p>
      ) : null}
      <div className="row">
        <Button look="danger" busy={action.busy} onClick={() => void remove()}>
          {workspace ? 'Remove workspace' : 'Remove project'}
        </Button>
        <KeepButton button={keep} onClose={onClose} />
      </div>
    </section>
  );
}

function KeepButton({ button, onClose }: { readonly button: React.Ref<HTMLButtonElement>; readonly onClose: () => void }): ReactNode {
  return (
    <button ref={button} type="button" className="btn quiet" onClick={onClose}>
      Keep it <kbd aria-hidden="true">esc</kbd>
    </button>
  );
}

function WhatGoes({ workspaceId }: { readonly workspaceId: string }): ReactNode {
  const client = useClient();
  const [details, setDetails] = useState<WorkspaceDetails | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  useEffect(() => {
    let current = true;
    client.call('workspaces.inspect', { workspaceId }).then(
      (value) => current && setDetails(value),
      (error: unknown) => current && setProblem(error),
    );
    return () => void (current = false);
  }, [client, workspaceId]);
  if (problem) return <p className="dim">Its containers, network, volumes and folders go. They could not be listed: {problemText(problem)}</p>;
  if (!details) {
    return (
      <p className="row dim">
        <Glyph kind="working" /> Looking at what it consists of…
      </p>
    );
  }
  return (
    <ul className="sm">
      {details.containers.map((container) => (
        <What key={container.id} kind="Container" name={container.name} />
      ))}
      {details.networks.map((network) => (
        <What key={network.name} kind="Network" name={network.name} />
      ))}
      {details.volumes.map((volume) => (
        <What key={volume} kind="Volume" name={volume} />
      ))}
      {details.folders.map((folder) => (
        <What key={folder} kind="Folder" name={folder} />
      ))}
    </ul>
  );
}

function What({ kind, name }: { readonly kind: string; readonly name: string }): ReactNode {
  return (
    <li>
      <span>{kind}</span>
      <span className="mono cut" title={name}>
        {name}
      </span>
    </li>
  );
}

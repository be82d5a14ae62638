import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { useClient } from '../../lib/core.tsx';
import { useAction } from '../../lib/use-action.ts';
import { problemText } from '../../ui/problem.tsx';
import type { Row } from './rows.ts';
import styles from './projects.module.css';

type Props = { readonly row: Pick<Row, 'project' | 'workspace' | 'title'>; readonly onDone: () => void };

/** A row is called by its workspace where its project has several, else by its project. That is what is renamed. */
function nameOf({ project, workspace, title }: Props['row']): { readonly name: string; readonly workspaceId: string | null } {
  const byProject = workspace === null || title === project.name;
  return byProject ? { name: project.name, workspaceId: null } : { name: workspace.name, workspaceId: workspace.workspaceId };
}

/** Renames in place: ↵ keeps, escape leaves it as it was. */
export function RenameField({ row, onDone }: Props): ReactNode {
  const client = useClient();
  const action = useAction();
  const before = nameOf(row);
  const [name, setName] = useState(before.name);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    field.current?.select();
  }, []);
  async function rename(): Promise<void> {
    const next = name.trim();
    if (next === '' || next === before.name) return onDone();
    const { workspaceId } = before;
    const done = await action.run(() =>
      workspaceId
        ? client.call('workspaces.rename', { workspaceId, name: next })
        : client.call('projects.edit', { projectId: row.project.projectId, name: next }),
    );
    if (done) onDone();
    else field.current?.focus();
  }
  function keys(event: KeyboardEvent): void {
    // Neither the list nor the page shall take these.
    event.stopPropagation();
    if (event.key === 'Enter') void rename();
    else if (event.key === 'Escape') onDone();
    else return;
    event.preventDefault();
  }
  return (
    <span className={styles.rename}>
      <span className={`field ${action.error ? 'invalid' : ''}`}>
        <input
          ref={field}
          aria-label={`New name of ${before.name}`}
          aria-invalid={Boolean(action.error)}
          aria-describedby="rename-why"
          autoFocus
          maxLength={64}
          spellCheck={false}
          value={name}
          onChange={(event) => setName(event.target.value)}
          onKeyDown={keys}
          onBlur={() => !action.busy && !action.error && onDone()}
        />
      </span>
      <span id="rename-why" className={`xs ${action.error ? 'bad' : 'faint'}`} role={action.error ? 'alert' : undefined}>
        {action.error ? problemText(action.error) : '↵ renames, esc leaves it'}
      </span>
    </span>
  );
}

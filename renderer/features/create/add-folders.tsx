import { type ReactNode, useState } from 'react';
import { useClient } from '../../lib/core.tsx';
import { useShortcut } from '../../lib/keys.ts';
import { navigate, projectsRoute } from '../../lib/route.ts';
import { setSession } from '../../lib/session.ts';
import { useAction } from '../../lib/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { problemText } from '../../ui/problem.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import styles from './create.module.css';

type Props = { readonly folders: readonly string[]; readonly note: string | undefined };

/** Several folders that were dropped at once: each becomes a project. One that cannot says why, and stays in the list. */
export function AddFolders({ folders, note }: Props): ReactNode {
  const client = useClient();
  const action = useAction();
  const [left, setLeft] = useState(folders);
  const [problems, setProblems] = useState<ReadonlyMap<string, unknown>>(new Map());
  async function addAll(): Promise<void> {
    const failed = new Map<string, unknown>();
    for (const path of left) {
      try {
        const { projectId } = await client.call('projects.create', { path });
        setSession('projects:selected', projectId);
      } catch (error) {
        failed.set(path, error);
      }
    }
    setLeft([...failed.keys()]);
    setProblems(failed);
    if (failed.size === 0) navigate(projectsRoute, { replace: true });
  }
  const submit = (): void => void action.run(addAll);
  useShortcut('submit', submit);
  return (
    <Sheet label="Add projects" onClose={() => navigate(projectsRoute)} busy={action.busy}>
      <div className={styles.hd}>
        <h1>Add {left.length} folders</h1>
        <p className="sm dim">{note ?? 'Each becomes a project. Workspaces are made when you ask for them.'}</p>
      </div>
      <div className={styles.body}>
        <ul className={styles.several}>
          {left.map((path) => (
            <li key={path}>
              <Icon name="folder" tone="faint" />
              <div>
                <bdi className="mono sm selectable">{path}</bdi>
                {problems.has(path) ? (
                  <p className="xs bad" role="alert">
                    {problemText(problems.get(path))}
                  </p>
                ) : null}
              </div>
            </li>
          ))}
        </ul>
      </div>
      <div className={`foot ${styles.foot}`}>
        <span className="xs faint grow">Your files stay where they are.</span>
        <Button look="quiet" hint="esc" onClick={() => navigate(projectsRoute)}>
          Cancel
        </Button>
        <Button look="primary" shortcut="submit" data-autofocus busy={action.busy} onClick={submit}>
          {problems.size > 0 ? 'Try again' : `Add ${left.length} projects`}
        </Button>
      </div>
    </Sheet>
  );
}

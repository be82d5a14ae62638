import { type ReactNode, useState } from 'react';
import type { Folder } from '../../../shared/model/project.ts';
import { useClient, useSnapshot } from '../../lib/core.tsx';
import { useShortcut } from '../../lib/keys.ts';
import { navigate, projectsRoute } from '../../lib/route.ts';
import { useAction } from '../../lib/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { problemText } from '../../ui/problem.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { FolderPicker } from './folder-picker.tsx';
import { baseName, readPath, trimPath, withSlash } from './path-input.ts';
import { useFolders } from './use-folders.ts';
import styles from './create.module.css';

/** Chooses a folder of the host: typed, or walked to. */
export function AddSheet(): ReactNode {
  const client = useClient();
  const workspaces = useSnapshot((snapshot) => snapshot.workspaces);
  const action = useAction();
  const [typed, setTyped] = useState<string | null>(null);
  const { folder, filter } = typed === null ? { folder: null, filter: '' } : readPath(typed);
  const folders = useFolders(folder);
  const text = typed ?? (folders.listing ? withSlash(folders.listing.path) : '');
  const path = trimPath(text);
  const error = action.error ?? folders.error;

  function type(next: string): void {
    action.clear();
    setTyped(next);
  }
  async function add(): Promise<void> {
    // The home folder, where the picker begins, is nobody's project by accident.
    if (typed === null) return;
    await action.run(async () => {
      const project = await client.call('projects.create', { path });
      sessionStorage.setItem('projects:selected', project.projectId);
      const known = workspaces.some((workspace) => workspace.projectId === project.projectId);
      navigate(known ? projectsRoute : { page: 'projects', sheet: { kind: 'create', projectId: project.projectId } }, { replace: true });
    });
  }
  useShortcut('submit', () => void add());
  return (
    <Sheet label="Add a folder" onClose={() => navigate(projectsRoute)} busy={action.busy}>
      <div className={styles.hd}>
        <h1>Add a folder</h1>
        <p className="sm dim">On the computer that runs Forgehold. The agent sees this folder and nothing beside it.</p>
      </div>
      <div className={styles.body}>
        <FolderPicker
          text={text}
          filter={filter}
          folders={folders}
          problem={error ? problemText(error) : null}
          onType={type}
          onEnter={(next: Folder | string) => type(withSlash(typeof next === 'string' ? next : next.path))}
          onSubmit={() => void add()}
        />
      </div>
      <div className={`foot ${styles.foot}`}>
        <span className="xs faint grow">Your files stay where they are.</span>
        <Button look="quiet" hint="esc" onClick={() => navigate(projectsRoute)}>
          Cancel
        </Button>
        <Button
          look="primary"
          shortcut="submit"
          busy={action.busy}
          unavailable={typed === null && 'Choose a folder in here, or type a path'}
          onClick={() => void add()}
        >
          <span className="cut">Add {typed === null || path === '' || path === '/' ? 'folder' : baseName(path)}</span>
        </Button>
      </div>
    </Sheet>
  );
}

import { type ReactNode, useEffect, useState } from 'react';
import type { Folder } from '../../../shared/model/project.ts';
import { useClient, useSnapshot } from '../../lib/core.tsx';
import { useShortcut } from '../../lib/keys.ts';
import { navigate, projectsRoute } from '../../lib/route.ts';
import { useAction } from '../../lib/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { problemText } from '../../ui/problem.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { cameFromOutside } from '../shell/outside.ts';
import { AddFolders } from './add-folders.tsx';
import { FolderPicker } from './folder-picker.tsx';
import { currentOffer, endOffer } from './offer.ts';
import { baseName, expandHome, isRepository, needsHome, readPath, trimPath, withSlash } from './path-input.ts';
import { type Keep, RepositoryFields } from './repository-fields.tsx';
import { type Folders, useFolders } from './use-folders.ts';
import styles from './create.module.css';

/** Adds a folder of the host, typed, walked to or dropped, or a repository by its URL. Several folders at once are a list. */
export function AddSheet(): ReactNode {
  const [offer] = useState(currentOffer);
  return offer?.folders ? <AddFolders folders={offer.folders} note={offer.note} /> : <AddOne />;
}

/** One field, told apart. */
function AddOne(): ReactNode {
  const { text, typed, repository, path, folders, filter, type, note } = useField();
  const [outside] = useState(cameFromOutside);
  const [keep, setKeep] = useState<Keep>('named');
  const [engine, setEngine] = useState('');
  const { add, action } = useAdd();
  const error = action.error ?? (repository ? null : folders.error);
  function change(next: string): void {
    action.clear();
    type(next);
  }
  function submit(): void {
    // The home folder, where the picker begins, is nobody's project by accident.
    if (typed) void add(repository ? { url: text.trim(), keep, ...(engine ? { engine } : {}) } : { path });
  }
  useShortcut('submit', submit);
  const name = path === '' || path === '/' ? 'folder' : baseName(path);
  return (
    <Sheet label="Add a project" onClose={() => navigate(projectsRoute)} busy={action.busy}>
      <div className={styles.hd}>
        <h1>Add a folder or a repository</h1>
        <p className="sm dim">{note ?? 'A folder of the computer that runs Forgehold, or the URL of a git repository.'}</p>
      </div>
      <div className={styles.body}>
        <FolderPicker
          text={text}
          autoFocus={!outside}
          filter={filter}
          folders={folders}
          problem={error ? problemText(error) : null}
          repository={repository ? <RepositoryFields keep={keep} onKeep={setKeep} engine={engine} onEngine={setEngine} /> : null}
          onType={change}
          onEnter={(next: Folder | string) => change(withSlash(typeof next === 'string' ? next : next.path))}
          onSubmit={submit}
        />
      </div>
      <div className={`foot ${styles.foot}`}>
        <span className="xs faint grow">{repository ? '' : 'Your files stay where they are.'}</span>
        <Button look="quiet" hint="esc" onClick={() => navigate(projectsRoute)}>
          Cancel
        </Button>
        <Button look="primary" shortcut="submit" busy={action.busy} unavailable={!typed && 'Choose a folder in here, or type a path or a URL'} onClick={submit}>
          <span className="cut">Add {!typed ? 'project' : repository ? 'repository' : name}</span>
        </Button>
      </div>
    </Sheet>
  );
}

type Field = {
  readonly text: string;
  /** Whether something was typed or chosen; the field begins with the home folder. */
  readonly typed: boolean;
  readonly repository: boolean;
  readonly path: string;
  readonly folders: Folders;
  readonly filter: string;
  readonly type: (text: string) => void;
  readonly note: string | undefined;
};

function useField(): Field {
  const [offer] = useState(currentOffer);
  const [typed, type] = useState<string | null>(offer?.text || null);
  const [home, setHome] = useState<string | null>(null);
  useEffect(() => endOffer, []);
  const repository = typed !== null && isRepository(typed);
  // Who types `~/…` before the home folder is known: it is asked for first.
  const whole = typed === null || repository || (home === null && needsHome(typed)) ? null : expandHome(typed, home);
  const { folder, filter } = whole === null ? { folder: null, filter: '' } : readPath(whole);
  const folders = useFolders(folder);
  useEffect(() => {
    if (folders.listing && folders.of === null) setHome(folders.listing.path);
  }, [folders]);
  const text = typed ?? (folders.listing ? withSlash(folders.listing.path) : '');
  return { text, typed: typed !== null, repository, path: trimPath(whole ?? text), folders, filter, type, note: offer?.note };
}

type Wanted = { readonly path: string } | { readonly url: string; readonly keep: Keep; readonly engine?: string };

/** Adds, and goes on to the project's first workspace. */
function useAdd() {
  const client = useClient();
  const workspaces = useSnapshot((snapshot) => snapshot.workspaces);
  const action = useAction();
  async function wholePath(path: string): Promise<string> {
    return needsHome(path) ? expandHome(path, (await client.call('projects.browse', {})).path) : path;
  }
  function add(wanted: Wanted): Promise<boolean> {
    return action.run(async () => {
      const project =
        'url' in wanted ? await client.call('projects.clone', wanted) : await client.call('projects.create', { path: await wholePath(wanted.path) });
      sessionStorage.setItem('projects:selected', project.projectId);
      const known = workspaces.some((workspace) => workspace.projectId === project.projectId);
      navigate(known ? projectsRoute : { page: 'projects', sheet: { kind: 'create', projectId: project.projectId } }, { replace: true });
    });
  }
  return { add, action };
}

import { type KeyboardEvent, type ReactNode, useEffect, useId, useMemo, useRef, useState } from 'react';
import type { Folder } from '../../../shared/model/project.ts';
import { Glyph } from '../../ui/glyph.tsx';
import { Icon } from '../../ui/icon.tsx';
import { BrowseButton } from '../shell/browse-button.tsx';
import type { Folders } from './use-folders.ts';
import styles from './create.module.css';

type Props = {
  readonly text: string;
  readonly filter: string;
  readonly folders: Folders;
  readonly problem: string | null;
  readonly autoFocus: boolean;
  /** Stands in place of the folders when the field holds a repository. */
  readonly repository: ReactNode;
  readonly onType: (text: string) => void;
  readonly onEnter: (folder: Folder | string) => void;
  readonly onSubmit: () => void;
};
const none: readonly Entry[] = [];
type Entry = { readonly label: string; readonly git: boolean; readonly to: Folder | string };

/** A path field over the folders it leads to. The focus stays in the field: ↑↓ choose, ↵ walks in, ↵ without a choice adds. */
export function FolderPicker(props: Props): ReactNode {
  const { text, folders, problem, autoFocus, repository, onType, onEnter, onSubmit } = props;
  const list = useId();
  const found = useEntries(props);
  const entries = repository ? none : found;
  const [choice, setChoice] = useState(-1);
  const chosen = choice < entries.length ? choice : -1;
  useEffect(() => setChoice(-1), [text]);
  function keys(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setChoice(Math.max(-1, Math.min(entries.length - 1, chosen + step)));
    else if (event.key === 'Enter' && !event.ctrlKey) {
      if (entries[chosen]) onEnter(entries[chosen].to);
      else onSubmit();
    } else return;
    event.preventDefault();
  }
  return (
    <>
      <div>
        <div className={styles.path}>
          <label className={`field ${problem ? 'invalid' : ''}`}>
            <Icon name={repository ? 'branch' : 'folder'} />
            <span className="sr">Path of the folder, or URL of a repository</span>
            <input
              data-autofocus={autoFocus || undefined}
              className="mono"
              role="combobox"
              aria-expanded={!repository}
              aria-controls={list}
              aria-activedescendant={chosen >= 0 ? `${list}-${chosen}` : undefined}
              aria-invalid={problem !== null}
              aria-describedby={`${list}-why`}
              autoComplete="off"
              spellCheck={false}
              value={text}
              onChange={(event) => onType(event.target.value)}
              onKeyDown={keys}
            />
            {folders.loading ? <Glyph kind="working" /> : null}
          </label>
          {repository ? null : <BrowseButton kind="folder" title="Choose a folder" startAt={folders.of ?? ''} onPick={onEnter} />}
        </div>
        <p id={`${list}-why`} className="why" role={problem ? 'alert' : undefined} hidden={!problem}>
          {problem}
        </p>
      </div>
      {repository ?? <FolderList id={list} entries={entries} chosen={chosen} known={folders.listing !== null} onEnter={onEnter} />}
      <PickerKeys repository={Boolean(repository)} isChosen={chosen >= 0} />
    </>
  );
}

function PickerKeys({ repository, isChosen }: { readonly repository: boolean; readonly isChosen: boolean }): ReactNode {
  return (
    <p className="xs faint row">
      {repository ? null : (
        <span>
          <kbd>↑↓</kbd> choose
        </span>
      )}
      <span>
        <kbd>↵</kbd> {repository ? 'adds the repository' : isChosen ? 'opens the folder' : 'adds the folder in the field'}
      </span>
    </p>
  );
}

function useEntries({ filter, folders }: Props): readonly Entry[] {
  const { listing } = folders;
  return useMemo(() => {
    if (!listing) return [];
    const wanted = filter.toLowerCase();
    const up: Entry[] = listing.parent !== null && filter === '' ? [{ label: '..', git: false, to: listing.parent }] : [];
    const shown = listing.folders.filter((folder) => folder.name.toLowerCase().startsWith(wanted) && (filter.startsWith('.') || !folder.name.startsWith('.')));
    return [...up, ...shown.map((folder) => ({ label: folder.name, git: folder.git, to: folder }))];
  }, [listing, filter]);
}

type ListProps = {
  readonly id: string;
  readonly entries: readonly Entry[];
  readonly chosen: number;
  readonly known: boolean;
  readonly onEnter: (folder: Folder | string) => void;
};

function FolderList({ id, entries, chosen, known, onEnter }: ListProps): ReactNode {
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    // Braces: newer browsers answer a promise here, which is no clean-up.
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  return (
    <div className={styles.list}>
      <ul id={id} ref={list} role="listbox" aria-label="Folders">
        {entries.map((entry, at) => (
          <li
            key={entry.label}
            id={`${id}-${at}`}
            role="option"
            aria-selected={at === chosen}
            onPointerDown={(event) => {
              event.preventDefault();
              onEnter(entry.to);
            }}
          >
            <Icon name={entry.git ? 'branch' : 'folder'} tone="faint" />
            <span className="cut">
              <bdi>{entry.label === '..' ? '.. (up)' : entry.label}</bdi>
            </span>
            {entry.git ? <span className="tag">git</span> : null}
          </li>
        ))}
      </ul>
      {entries.length === 0 && known ? <p className={styles.empty}>No folder in here. ↵ adds this one.</p> : null}
    </div>
  );
}

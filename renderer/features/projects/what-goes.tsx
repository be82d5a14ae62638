import type { ReactNode } from 'react';
import { formatBytesFinely } from '../../../shared/format-bytes.ts';
import { plural } from '../../../shared/format.ts';
import type { Removal } from '../../../shared/model/removal.ts';
import { Icon } from '../../ui/icon.tsx';
import styles from './projects.module.css';

/** The things of the engine and the folders that go, by workspace. */
export function WhatGoes({ removal }: { readonly removal: Removal }): ReactNode {
  const several = removal.workspaces.length > 1;
  return removal.workspaces.map((item) => (
    <div key={item.workspaceId}>
      {several ? (
        <p className="sm med">
          <bdi>{item.name}</bdi>
        </p>
      ) : null}
      {item.runningTerminals > 0 ? <p className="sm warn">{plural(item.runningTerminals, 'agent')} at work in it will be ended.</p> : null}
      <ul className="sm">
        {item.containers.map((name) => (
          <What key={name} kind="Container" name={name} />
        ))}
        {item.networks.map((name) => (
          <What key={name} kind="Network" name={name} />
        ))}
        {item.volumes.map((name) => (
          <What key={name} kind="Volume" name={name} />
        ))}
        {item.folders.map(({ path, bytes }) => (
          <What key={path} kind="Folder" name={path} note={bytes === undefined ? '' : formatBytesFinely(bytes)} />
        ))}
      </ul>
    </div>
  ));
}

function What({ kind, name, note = '' }: { readonly kind: string; readonly name: string; readonly note?: string }): ReactNode {
  return (
    <li>
      <span>{kind}</span>
      <span className="mono cut" title={name}>
        {name}
      </span>
      {note ? <span className="faint num">{note}</span> : null}
    </li>
  );
}

type Work = Removal['work'][number];

/** Work that lies nowhere else, loudly. Its words come from the container: text only. */
export function LostWork({ removal }: { readonly removal: Removal }): ReactNode {
  const names = new Map(removal.workspaces.map((item) => [item.workspaceId, item.name]));
  return (
    <div className={styles.work} role="alert">
      <p className="row">
        <Icon name="alert" tone="bad" />
        <span className="med">This work lies nowhere else, and would be gone for good:</span>
      </p>
      <ul>
        {removal.work.map((item, at) => (
          <li key={at}>
            <p>
              <bdi className="mono">{item.branch ?? item.worktree}</bdi>
              <span className="dim">
                {removal.workspaces.length > 1 ? ` in ${names.get(item.workspaceId) ?? item.workspaceId}` : ''}: {describeWork(item)}
              </span>
            </p>
            <ul className="xs mono selectable">
              {item.commits?.map((commit) => (
                <li key={commit.id} className="cut">
                  <span className="faint">{commit.id}</span> <bdi>{commit.subject}</bdi>
                </li>
              ))}
              {item.files?.map((file) => (
                <li key={file} className="cut">
                  <bdi>{file}</bdi>
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The lists hold twenty at most. */
const most = 20;

function atLeast(count: number): string {
  return count >= most ? 'at least ' : '';
}

function describeWork({ kind, commits = [], files = [], reason }: Work): string {
  switch (kind) {
    case 'unpushed':
      return `${atLeast(commits.length)}${plural(commits.length, 'commit')} that were not taken over or pushed`;
    case 'uncommitted':
      return `${atLeast(files.length)}${plural(files.length, 'changed file')}, not committed`;
    case 'stashed':
      return `${atLeast(commits.length)}${plural(commits.length, 'stash', 'stashes')}`;
    case 'unknown':
      return `could not be looked at. ${reason ?? ''}`;
  }
}

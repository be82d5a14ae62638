import { type ReactNode, useCallback, useEffect, useState } from 'react';
import { formatBytesFinely } from '../../../shared/format-bytes.ts';
import type { DiskUse } from '../../../shared/model/disk.ts';
import { nameWorkspace } from '../../../shared/words.ts';
import { useClient, useSnapshot } from '../../lib/core.tsx';
import { formatRoute } from '../../lib/route.ts';
import { useAction } from '../../lib/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { Glyph } from '../../ui/glyph.tsx';
import { Problem, problemText } from '../../ui/problem.tsx';
import { terminalsRoute } from '../workspace/panes.ts';
import { ReclaimList } from './reclaim-list.tsx';
import styles from './settings.module.css';

/** What takes room, and what could go without losing anything. */
export function StorageSection(): ReactNode {
  const client = useClient();
  const [use, setUse] = useState<DiskUse | null>(null);
  const [freed, setFreed] = useState<number | null>(null);
  const measuring = useAction();
  const freeing = useAction();
  const { run } = measuring;
  const measure = useCallback(() => void run(async () => setUse(await client.call('disk.use', {}))), [client, run]);
  useEffect(measure, [measure]);
  async function free(ids: readonly string[]): Promise<void> {
    const done = await freeing.run(async () => {
      const answer = await client.call('disk.reclaim', { ids: [...ids] });
      setFreed(answer.freed);
    });
    if (done) measure();
  }
  return (
    <>
      <header className="row">
        <div className="grow">
          <h1>Storage</h1>
          <p className="dim">{use ? describeFree(use) : 'What workspaces and Forgehold itself take of your disk.'}</p>
        </div>
        <Button icon="retry" busy={measuring.busy} onClick={measure}>
          Measure again
        </Button>
      </header>
      {measuring.error ? <Problem error={measuring.error} /> : null}
      {!use && measuring.busy ? (
        <p className="row dim" role="status">
          <Glyph kind="starting" /> Measuring. Large folders take a while.
        </p>
      ) : null}
      {freed === null ? null : (
        <p className="row ok" role="status">
          {formatBytesFinely(freed)} became free.
        </p>
      )}
      {freeing.error ? <p className="bad selectable">{problemText(freeing.error)}</p> : null}
      {use ? (
        <>
          <ReclaimList use={use} busy={freeing.busy} onFree={(ids) => void free(ids)} />
          <WorkspaceUse use={use} />
          <SharedUse use={use} />
        </>
      ) : null}
    </>
  );
}

function describeFree({ free }: DiskUse): string {
  const data = `${formatBytesFinely(free.data)} free where Forgehold keeps its data`;
  return free.engine === undefined || free.engine === free.data ? `${data}.` : `${data}, ${formatBytesFinely(free.engine)} where Docker does.`;
}

const parts = [
  ['container', 'Container'],
  ['volumes', 'Volumes'],
  ['home', 'Home'],
  ['git', 'Git'],
] as const;

type WorkspaceRoom = DiskUse['workspaces'][number];

function sumOf(room: WorkspaceRoom): number {
  return parts.reduce((total, [part]) => total + (room[part] ?? 0), 0);
}

function WorkspaceUse({ use }: { readonly use: DiskUse }): ReactNode {
  if (use.workspaces.length === 0) return null;
  return (
    <>
      <h2>Workspaces</h2>
      <div className="card">
        <table aria-label="Room that workspaces take">
          <thead>
            <tr>
              <th scope="col">Workspace</th>
              {parts.map(([part, label]) => (
                <th key={part} scope="col" className="right wide">
                  {label}
                </th>
              ))}
              <th scope="col" className="right">
                In all
              </th>
            </tr>
          </thead>
          <tbody>
            {use.workspaces
              .toSorted((a, b) => sumOf(b) - sumOf(a))
              .map((room) => (
                <WorkspaceRow key={room.workspaceId} room={room} />
              ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function WorkspaceRow({ room }: { readonly room: WorkspaceRoom }): ReactNode {
  const projects = useSnapshot((snapshot) => snapshot.projects);
  const workspaces = useSnapshot((snapshot) => snapshot.workspaces);
  const workspace = workspaces.find((item) => item.workspaceId === room.workspaceId);
  // It was removed since it was measured.
  if (!workspace) return null;
  return (
    <tr>
      <td>
        <a className="cut" href={formatRoute(terminalsRoute(room.workspaceId))}>
          {nameWorkspace(workspace, projects, workspaces)}
        </a>
      </td>
      {parts.map(([part]) => (
        <td key={part} className="right num dim wide">
          {room[part] === null ? <span title="Not known while the engine does not answer">unknown</span> : formatBytesFinely(room[part])}
        </td>
      ))}
      <td className="right num">
        {parts.some(([part]) => room[part] === null) ? 'at least ' : ''}
        {formatBytesFinely(sumOf(room))}
      </td>
    </tr>
  );
}

function SharedUse({ use }: { readonly use: DiskUse }): ReactNode {
  if (use.shared.length === 0) return null;
  return (
    <>
      <h2>Shared by all</h2>
      <dl className={`card ${styles.keys}`}>
        {use.shared.flatMap(({ id, label, bytes }) => [
          <dt key={id}>{label}</dt>,
          <dd key={`${id}-bytes`} className="num">
            {formatBytesFinely(bytes)}
          </dd>,
        ])}
      </dl>
    </>
  );
}

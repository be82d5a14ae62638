import type { ReactNode } from 'react';
import type { Workspace } from '../../../shared/model/workspace.ts';
import { formatAgo, plural, shortenPath } from '../../lib/format.ts';
import { useNow } from '../../lib/use-now.ts';
import { agentNames, describeWall, isAlive } from '../../lib/words.ts';
import { Glyph } from '../../ui/glyph.tsx';
import { Icon } from '../../ui/icon.tsx';
import { openRow, rowAddress } from './open-row.ts';
import { RowAction, RowMenu } from './row-actions.tsx';
import type { Row } from './rows.ts';
import styles from './projects.module.css';

type Props = { readonly row: Row; readonly selected: boolean; readonly onSelect: () => void; readonly onRemove: () => void };

export function ProjectRow({ row, selected, onSelect, onRemove }: Props): ReactNode {
  const { telling, workspace, project } = row;
  const now = useNow(30_000);
  const alive = row.terminals.filter(isAlive).length;
  return (
    <tr
      aria-selected={selected}
      tabIndex={selected ? 0 : -1}
      data-project={project.name}
      onFocus={onSelect}
      onPointerDown={onSelect}
      onDoubleClick={() => openRow(row)}
    >
      <td className={styles.g}>
        <Glyph kind={telling.glyph} label={telling.word} />
      </td>
      <td title={project.path}>
        <a className="med" href={rowAddress(row)} tabIndex={-1}>
          {row.title}
        </a>
        <span className="sub">{shortenPath(project.path, 34)}</span>
      </td>
      <td>
        <StateCell row={row} />
      </td>
      <td className="dim wide">{workspace ? agentNames[workspace.agent] : <span className="faint">Not chosen</span>}</td>
      <td className="num">
        <span className="dim">{row.terminals.length}</span>
        <span className="sub">{alive > 0 ? plural(alive, 'running', 'running') : ''}</span>
      </td>
      <td>{workspace ? <WallCell workspace={workspace} /> : <span className="faint">None</span>}</td>
      <td className="num right faint wide">{formatAgo(project.usedAt, now)}</td>
      <td className={styles.more}>
        <RowMenu row={row} onRemove={onRemove} />
      </td>
    </tr>
  );
}

function StateCell({ row }: { readonly row: Row }): ReactNode {
  const { telling } = row;
  return (
    <span className="row">
      <span className="grow cut" title={telling.detail}>
        <span className={telling.tone}>{telling.word}</span>
        <span className="sub">
          <bdi>{telling.detail}</bdi>
        </span>
        {telling.progress === undefined ? null : (
          <span className={`meter acc ${styles.prog}`}>
            <i style={{ width: `${telling.progress * 100}%` }} />
          </span>
        )}
      </span>
      <RowAction row={row} />
    </span>
  );
}

function WallCell({ workspace }: { readonly workspace: Workspace }): ReactNode {
  const wall = describeWall(workspace);
  return (
    <span className="row" title={wall.title}>
      <Icon name={wall.icon} tone={wall.tone} />
      <span className={`cut ${wall.tone === 'bad' ? 'bad' : 'dim'}`}>{wall.word}</span>
    </span>
  );
}

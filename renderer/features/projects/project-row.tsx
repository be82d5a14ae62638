import type { ReactNode } from 'react';
import { formatAgo, plural } from '../../../shared/format.ts';
import type { Workspace } from '../../../shared/model/workspace.ts';
import { describeWall, isAlive } from '../../../shared/words.ts';
import { useNow } from '../../lib/use-now.ts';
import { Glyph } from '../../ui/glyph.tsx';
import { Icon } from '../../ui/icon.tsx';
import { openRow, rowAddress } from './open-row.ts';
import { Place } from './place.tsx';
import { RenameField } from './rename-field.tsx';
import { RowAction } from './row-actions.tsx';
import type { RowHands } from './row-hands.ts';
import { RowMenu } from './row-menu.tsx';
import type { Row } from './rows.ts';
import styles from './projects.module.css';

type Props = {
  readonly row: Row;
  readonly selected: boolean;
  readonly ticked: boolean;
  /** The row before belongs to the same project. */
  readonly follows: boolean;
  readonly renaming: boolean;
  readonly onSelect: () => void;
  readonly hands: RowHands;
};

export function ProjectRow({ row, selected, ticked, follows, renaming, onSelect, hands }: Props): ReactNode {
  const { telling, workspace, project } = row;
  const now = useNow(30_000);
  const alive = row.terminals.filter(isAlive).length;
  return (
    <tr
      aria-selected={selected}
      tabIndex={selected ? 0 : -1}
      data-project={project.name}
      data-ticked={ticked || undefined}
      onFocus={onSelect}
      onPointerDown={onSelect}
      onDoubleClick={() => openRow(row)}
    >
      <td className={styles.g}>
        {ticked ? <Icon name="check" tone="acc" /> : <Glyph kind={telling.glyph} label={telling.word} />}
        {ticked ? <span className="sr">Ticked</span> : null}
      </td>
      <td title={project.url ?? project.path}>
        {renaming ? (
          <RenameField row={row} onDone={() => hands.onRename(null)} />
        ) : (
          <>
            <a className={styles.title} href={rowAddress(row)} tabIndex={-1}>
              <Title row={row} follows={follows} />
            </a>
            <Place project={project} />
          </>
        )}
      </td>
      <td>
        <StateCell row={row} />
      </td>
      <td className="dim wide">{workspace ? workspace.agentTitle : <span className="faint">Not chosen</span>}</td>
      <td className="num">
        <span className="dim">{row.terminals.length}</span>
        <span className="sub">{alive > 0 ? plural(alive, 'running', 'running') : ''}</span>
      </td>
      <td>{workspace ? <WallCell workspace={workspace} /> : <span className="faint">None</span>}</td>
      <td className="num right faint wide">{formatAgo(project.usedAt, now)}</td>
      <td className={styles.more}>
        <RowMenu row={row} hands={hands} />
      </td>
    </tr>
  );
}

/** Of several workspaces the first says whose they are; in the others that steps back. */
function Title({ row, follows }: Pick<Props, 'row' | 'follows'>): ReactNode {
  const { workspace, project, title } = row;
  if (!workspace || title === project.name) return <span className="med">{title}</span>;
  return (
    <>
      <span className={follows ? 'faint' : 'med'}>{project.name}</span>
      <span className="faint"> / </span>
      <span className={follows ? 'med' : ''}>{workspace.name}</span>
    </>
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

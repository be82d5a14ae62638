import { type ReactNode, useState } from 'react';
import { useShortcut } from '../../lib/keys.ts';
import { Button } from '../../ui/button.tsx';
import { Peek } from './peek.tsx';
import { ProjectTable } from './project-table.tsx';
import { RemovePanel } from './remove-panel.tsx';
import type { RowHands } from './row-hands.ts';
import type { Row } from './rows.ts';
import { Toolbar } from './toolbar.tsx';
import { useProjectList } from './use-project-list.ts';
import type { ProjectUndo } from './use-undo.ts';

/** More rows than these are one line each. */
const denseFrom = 20;

export function ProjectListView({ rows, undo }: { readonly rows: readonly Row[]; readonly undo: ProjectUndo }): ReactNode {
  const list = useProjectList(rows);
  const [renaming, setRenaming] = useState<string | null>(null);
  const [removing, setRemoving] = useState<{ readonly key: string; readonly project: boolean } | null>(null);
  const { current } = list;
  const toRemove = rows.find((row) => row.key === removing?.key) ?? null;
  const hands: RowHands = {
    onRemove(row) {
      // A project without workspaces goes at once, since it can be had back; not one whose folder is away.
      if (row.workspace || !row.project.present) setRemoving({ key: row.key, project: row.workspace === null });
      else void undo.remove(row.project);
    },
    onRemoveProject: (row) => setRemoving({ key: row.key, project: true }),
    onRename(row) {
      setRenaming(row?.key ?? null);
      // The field is gone, and took the focus with it, unless a press gave that to something else.
      if (!row) requestAnimationFrame(() => document.activeElement === document.body && document.querySelector<HTMLElement>('tr[tabindex="0"]')?.focus());
    },
  };
  useShortcut('removeProject', () => current && hands.onRemoveProject(current), current !== null);
  return (
    <>
      <h1 className="sr">Projects</h1>
      <Toolbar rows={rows} list={list} />
      {toRemove ? <RemovePanel key={toRemove.key} row={toRemove} project={removing?.project ?? false} onClose={() => setRemoving(null)} /> : null}
      <div className="cols">
        {current ? (
          <ProjectTable list={list} current={current} dense={rows.length > denseFrom} renaming={renaming} hands={hands} />
        ) : (
          <div className="center grow">
            <div className="tellings">
              <p className="dim">No project fits this filter.</p>
              <Button
                onClick={() => {
                  list.setText('');
                  list.setShow('all');
                }}
              >
                Clear filter
              </Button>
            </div>
          </div>
        )}
        {current ? <Peek key={current.key} row={current} hands={hands} /> : null}
      </div>
    </>
  );
}

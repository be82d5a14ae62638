import { type ReactNode, useMemo, useState } from 'react';
import { useSnapshot } from '../../lib/core.tsx';
import { useShortcut } from '../../lib/keys.ts';
import { type ProjectsSheet, navigate } from '../../lib/route.ts';
import { useSession } from '../../lib/session.ts';
import { Button } from '../../ui/button.tsx';
import { AddSheet } from '../create/add-sheet.tsx';
import { CreateSheet } from '../create/create-sheet.tsx';
import { ProgressSheet } from '../create/progress-sheet.tsx';
import { EngineStatus } from '../frame/engine-status.tsx';
import { Frame } from '../frame/frame.tsx';
import { FirstStart } from './first-start.tsx';
import { Peek } from './peek.tsx';
import { ProjectTable } from './project-table.tsx';
import { RemovePanel } from './remove-panel.tsx';
import { type Row, type Show, buildRows, filterRows } from './rows.ts';
import { Toolbar } from './toolbar.tsx';

/** All projects: what each one does, and the way in. */
export function ProjectsPage({ sheet }: { readonly sheet: ProjectsSheet | null }): ReactNode {
  const rows = useRows();
  useShortcut('addFolder', () => navigate({ page: 'projects', sheet: { kind: 'add' } }), sheet === null);
  return (
    <Frame
      title="Projects"
      titlebar={<span className="med">Projects</span>}
      sheet={sheet ? <OpenSheet sheet={sheet} /> : null}
      status={
        <>
          <EngineStatus />
          <span className="end" />
          {rows.length > 0 ? (
            <>
              <span className="row">
                <kbd>↑↓</kbd>move
              </span>
              <span className="row">
                <kbd>↵</kbd>open
              </span>
              <span className="row">
                <kbd>/</kbd>filter
              </span>
              <span className="row wide">
                <kbd>⌫</kbd>remove
              </span>
            </>
          ) : null}
          <span className="row wide">
            <kbd>F6</kbd>next region
          </span>
        </>
      }
    >
      {rows.length > 0 ? <ProjectList rows={rows} /> : <FirstStart />}
    </Frame>
  );
}

function useRows(): readonly Row[] {
  const projects = useSnapshot((snapshot) => snapshot.projects);
  const workspaces = useSnapshot((snapshot) => snapshot.workspaces);
  const terminals = useSnapshot((snapshot) => snapshot.terminals);
  const blocked = useSnapshot((snapshot) => snapshot.blocked);
  return useMemo(() => buildRows({ projects, workspaces, terminals, blocked }), [projects, workspaces, terminals, blocked]);
}

function OpenSheet({ sheet }: { readonly sheet: ProjectsSheet }): ReactNode {
  switch (sheet.kind) {
    case 'add':
      return <AddSheet />;
    case 'create':
      return <CreateSheet key={sheet.projectId} projectId={sheet.projectId} />;
    case 'progress':
      return <ProgressSheet key={sheet.workspaceId} workspaceId={sheet.workspaceId} />;
  }
}

function ProjectList({ rows }: { readonly rows: readonly Row[] }): ReactNode {
  const [show, setShow] = useSession<Show>(
    'projects:show',
    'all',
    (text) => (['all', 'attention', 'running'] as const).find((value) => value === text) ?? null,
  );
  const [text, setText] = useState('');
  const [selected, setSelected] = useSession<string>('projects:selected', '');
  const [removing, setRemoving] = useState<string | null>(null);
  const shown = useMemo(() => filterRows(rows, show, text), [rows, show, text]);
  const current = shown.find((row) => row.key === selected) ?? shown[0] ?? null;
  const toRemove = rows.find((row) => row.key === removing) ?? null;
  function clear(): void {
    setText('');
    setShow('all');
  }
  return (
    <>
      <h1 className="sr">Projects</h1>
      <Toolbar rows={rows} show={show} onShow={setShow} text={text} onText={setText} />
      {toRemove ? <RemovePanel key={toRemove.key} row={toRemove} onClose={() => setRemoving(null)} /> : null}
      <div className="cols">
        {current ? (
          <ProjectTable
            rows={shown}
            current={current}
            dense={rows.length > 20}
            onSelect={(row) => setSelected(row.key)}
            onRemove={(row) => setRemoving(row.key)}
          />
        ) : (
          <div className="center grow">
            <div className="tellings">
              <p className="dim">No project fits this filter.</p>
              <Button onClick={clear}>Clear filter</Button>
            </div>
          </div>
        )}
        {current ? <Peek key={current.key} row={current} onRemove={() => setRemoving(current.key)} /> : null}
      </div>
    </>
  );
}

import { type ReactNode, useMemo } from 'react';
import { useSnapshot } from '../../lib/core.tsx';
import { useShortcut } from '../../lib/keys.ts';
import { type ProjectsSheet, navigate } from '../../lib/route.ts';
import { UndoBar } from '../../ui/undo-bar.tsx';
import { AddSheet } from '../create/add-sheet.tsx';
import { CreateSheet } from '../create/create-sheet.tsx';
import { useOfferCount } from '../create/offer.ts';
import { ProgressSheet } from '../create/progress-sheet.tsx';
import { ProjectSheet } from '../edit/project-sheet.tsx';
import { EngineStatus } from '../frame/engine-status.tsx';
import { Frame } from '../frame/frame.tsx';
import { GuideSheet } from '../guide/guide-sheet.tsx';
import { FirstStart } from './first-start.tsx';
import { ProjectListView } from './project-list.tsx';
import { type Row, buildRows } from './rows.ts';
import { useOffers } from './use-offers.ts';
import { useUndo } from './use-undo.ts';

/** All projects: what each one does, and the way in. */
export function ProjectsPage({ sheet }: { readonly sheet: ProjectsSheet | null }): ReactNode {
  const rows = useRows();
  const undo = useUndo();
  useOffers(sheet === null);
  useShortcut('undo', () => void undo.undo(), undo.removed !== null && sheet === null);
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
                <kbd>Space</kbd>tick
              </span>
              <span className="row wide">
                <kbd>E</kbd>edit
              </span>
              <span className="row wide">
                <kbd>F2</kbd>rename
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
      {undo.removed ? (
        <UndoBar busy={undo.action.busy} error={undo.action.error} onUndo={() => void undo.undo()}>
          Removed <bdi className="med">{undo.removed.name}</bdi> from the list. <span className="dim">Nothing of it was touched.</span>
        </UndoBar>
      ) : null}
      {rows.length > 0 ? <ProjectListView rows={rows} undo={undo} /> : <FirstStart />}
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
  const offer = useOfferCount();
  switch (sheet.kind) {
    case 'add':
      return <AddSheet key={offer} />;
    case 'guide':
      return <GuideSheet />;
    case 'create':
      return <CreateSheet key={sheet.projectId} projectId={sheet.projectId} />;
    case 'project':
      return <ProjectSheet key={sheet.projectId} projectId={sheet.projectId} />;
    case 'progress':
      return <ProgressSheet key={sheet.workspaceId} workspaceId={sheet.workspaceId} />;
  }
}

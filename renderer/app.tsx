import { type ReactNode, Suspense } from 'react';
import { Connecting } from './features/frame/connecting.tsx';
import { WindowControls } from './features/frame/window-controls.tsx';
import { WorkspaceFrame } from './features/frame/workspace-frame.tsx';
import { Palette } from './features/palette/palette.tsx';
import { usePaletteMode } from './features/palette/store.ts';
import { ProjectsPage } from './features/projects/projects-page.tsx';
import { DropTarget } from './features/shell/drop-target.tsx';
import { useIntents } from './features/shell/use-intents.ts';
import { AllTerminalsPage } from './features/terminals-all/all-terminals-page.tsx';
import { useLive } from './lib/core.tsx';
import { later } from './lib/later.ts';
import { useRegions } from './lib/regions.ts';
import { useRoute } from './lib/route.ts';
import { ErrorBoundary } from './ui/error-boundary.tsx';

/** The first page needs no terminal, and little of the rest: those come when it stands. */
const TerminalsPage = later(async () => (await import('./features/workspace/terminals-page.tsx')).TerminalsPage);
const DomainsPage = later(async () => (await import('./features/domains/domains-page.tsx')).DomainsPage);
const LearningPage = later(async () => (await import('./features/domains/learning-page.tsx')).LearningPage);
const AllDomainsPage = later(async () => (await import('./features/domains/all-domains-page.tsx')).AllDomainsPage);
const LogsPage = later(async () => (await import('./features/logs/logs-page.tsx')).LogsPage);
const EditPage = later(async () => (await import('./features/edit/edit-page.tsx')).EditPage);
const SettingsPage = later(async () => (await import('./features/settings/settings-page.tsx')).SettingsPage);

export function App(): ReactNode {
  const known = useLive((live) => live.snapshot !== null);
  const covered = usePaletteMode() !== null;
  useRegions();
  return (
    <ErrorBoundary>
      <div className="contents" inert={covered}>
        <Suspense fallback={null}>{known ? <Page /> : <Connecting />}</Suspense>
      </div>
      {known ? <Palette /> : null}
      <WindowControls />
      {known ? <Outside /> : null}
    </ErrorBoundary>
  );
}

/** What comes to the page from outside itself. */
function Outside(): ReactNode {
  useIntents();
  return <DropTarget />;
}

function Page(): ReactNode {
  const route = useRoute();
  switch (route.page) {
    case 'projects':
      return <ProjectsPage sheet={route.sheet} />;
    case 'all-terminals':
      return <AllTerminalsPage />;
    case 'all-domains':
      return <AllDomainsPage />;
    case 'settings':
      return <SettingsPage section={route.section} />;
    case 'terminals':
      return (
        <WorkspaceFrame key={route.workspaceId} workspaceId={route.workspaceId} tab="terminals">
          {(workspace) => <TerminalsPage workspace={workspace} panes={route.panes} />}
        </WorkspaceFrame>
      );
    case 'domains':
      return (
        <WorkspaceFrame key={route.workspaceId} workspaceId={route.workspaceId} tab="domains">
          {(workspace) => <DomainsPage workspace={workspace} />}
        </WorkspaceFrame>
      );
    case 'learning':
      return (
        <WorkspaceFrame key={route.workspaceId} workspaceId={route.workspaceId} tab="domains">
          {(workspace) => <LearningPage workspace={workspace} />}
        </WorkspaceFrame>
      );
    case 'logs':
      return (
        <WorkspaceFrame key={route.workspaceId} workspaceId={route.workspaceId} tab="logs">
          {(workspace) => <LogsPage key={route.role} workspace={workspace} role={route.role} />}
        </WorkspaceFrame>
      );
    case 'edit':
      return (
        <WorkspaceFrame key={route.workspaceId} workspaceId={route.workspaceId} tab="edit">
          {(workspace) => <EditPage workspace={workspace} />}
        </WorkspaceFrame>
      );
  }
}

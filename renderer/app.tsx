import type { ReactNode } from 'react';
import { DomainsPage } from './features/domains/domains-page.tsx';
import { Connecting } from './features/frame/connecting.tsx';
import { WorkspaceFrame } from './features/frame/workspace-frame.tsx';
import { ProjectsPage } from './features/projects/projects-page.tsx';
import { TerminalsPage } from './features/workspace/terminals-page.tsx';
import { useLive } from './lib/core.tsx';
import { useRegions } from './lib/regions.ts';
import { useRoute } from './lib/route.ts';
import { ErrorBoundary } from './ui/error-boundary.tsx';

export function App(): ReactNode {
  const known = useLive((live) => live.snapshot !== null);
  useRegions();
  return <ErrorBoundary>{known ? <Page /> : <Connecting />}</ErrorBoundary>;
}

function Page(): ReactNode {
  const route = useRoute();
  switch (route.page) {
    case 'projects':
      return <ProjectsPage sheet={route.sheet} />;
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
  }
}

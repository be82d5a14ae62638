import type { ReactNode } from 'react';
import { navigate, projectsRoute } from '../../lib/route.ts';
import { Button } from '../../ui/button.tsx';
import { EngineStatus } from './engine-status.tsx';
import { Frame } from './frame.tsx';

/** The address names a workspace that is not there (any more). */
export function Gone(): ReactNode {
  return (
    <Frame title="Not there" titlebar={<span className="med">Forgehold</span>} status={<EngineStatus />}>
      <div className="center">
        <div className="tellings">
          <h1>This workspace is not there any more</h1>
          <p className="dim">It was removed, here or from the command line. Its project folder was not touched.</p>
          <div className="row">
            <Button look="primary" hint="↵" autoFocus onClick={() => navigate(projectsRoute)}>
              Show all projects
            </Button>
          </div>
        </div>
      </div>
    </Frame>
  );
}

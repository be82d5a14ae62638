import type { ReactNode } from 'react';
import type { Workspace } from '../../../shared/model/workspace.ts';
import { Button } from '../../ui/button.tsx';
import { problemText } from '../../ui/problem.tsx';
import { useOpenTerminal } from './use-open-terminal.ts';

/** A running workspace without a terminal: one sentence, and the button that begins. */
export function NoTerminals({ workspace }: { readonly workspace: Workspace }): ReactNode {
  const { open, busy, error } = useOpenTerminal(workspace);
  const agent = workspace.agent !== 'shell';
  return (
    <div className="center" data-region="stage">
      <div className="tellings">
        <h1>The workspace runs, and nothing runs in it yet</h1>
        <p className="dim">{agent ? `${workspace.agentTitle} starts in your folder, behind the wall.` : 'A shell starts in your folder, behind the wall.'}</p>
        {error ? (
          <p className="bad selectable" role="alert">
            {problemText(error)}
          </p>
        ) : null}
        <div className="row">
          {agent ? (
            <Button look="primary" icon="play" hint="↵" autoFocus busy={busy} onClick={() => void open('agent')}>
              Start {workspace.agentTitle}
            </Button>
          ) : null}
          <Button look={agent ? 'plain' : 'primary'} icon="terminals" autoFocus={!agent} busy={busy} onClick={() => void open('shell')}>
            Open a shell
          </Button>
        </div>
      </div>
    </div>
  );
}

import { type ReactNode, useEffect, useMemo, useState } from 'react';
import type { Terminal } from '../../../shared/model/terminal.ts';
import type { Workspace } from '../../../shared/model/workspace.ts';
import { useSnapshot } from '../../lib/core.tsx';
import { useShortcut } from '../../lib/keys.ts';
import { focusTerminal } from '../../lib/move-focus.ts';
import { navigate } from '../../lib/route.ts';
import { useWorkspaceTitle } from '../frame/switcher.tsx';
import { RemovePanel } from '../projects/remove-panel.tsx';
import { NoTerminals } from './no-terminals.tsx';
import { Panes } from './panes-view.tsx';
import { choosePanes, rememberPanes, showInPane } from './panes.ts';
import { StateStage } from './state-stage.tsx';
import { TerminalList } from './terminal-list.tsx';
import { pruneViews } from './views.ts';
import { WallCards } from './wall-cards.tsx';
import { WarningBanner } from './warning-banner.tsx';
import styles from './workspace.module.css';

/** A workspace: what runs in it on the left, and the terminal, which gets the most room. */
export function TerminalsPage({ workspace, panes: asked }: { readonly workspace: Workspace; readonly panes: readonly string[] }): ReactNode {
  const { workspaceId } = workspace;
  const terminals = useTerminals(workspaceId);
  const panes = useMemo(() => choosePanes(asked, terminals), [asked, terminals]);
  const [lastActive, setActive] = useState(0);
  const active = Math.min(lastActive, Math.max(0, panes.length - 1));
  const [removing, setRemoving] = useState(false);
  useShortcut('removeWorkspace', () => setRemoving(true));
  useEffect(() => {
    rememberPanes(workspaceId, panes);
    pruneViews(new Set(terminals.map((terminal) => terminal.terminalId)), panes);
  }, [workspaceId, panes, terminals]);
  function show(terminal: Terminal): void {
    const next = showInPane(panes, active, terminal.terminalId);
    setActive(next.indexOf(terminal.terminalId));
    navigate({ page: 'terminals', workspaceId, panes: next });
    focusTerminal();
  }
  const running = workspace.state.kind === 'running';
  return (
    <>
      {removing ? <RemoveHere workspace={workspace} onClose={() => setRemoving(false)} /> : null}
      {running ? <WarningBanner key={workspaceId} workspace={workspace} /> : null}
      <div className="cols">
        <TerminalList workspace={workspace} terminals={terminals} panes={panes} active={active} onShow={show} onRemove={() => setRemoving(true)} />
        <div className={styles.stage}>
          {!running && !(workspace.state.kind === 'paused' && panes.length > 0) ? (
            <StateStage workspace={workspace} onRemove={() => setRemoving(true)} />
          ) : panes.length === 0 ? (
            <NoTerminals workspace={workspace} />
          ) : (
            <Panes workspace={workspace} terminals={terminals} panes={panes} active={active} onActive={setActive} />
          )}
          {running ? <WallCards workspace={workspace} /> : null}
        </div>
      </div>
    </>
  );
}

function useTerminals(workspaceId: string): readonly Terminal[] {
  const all = useSnapshot((snapshot) => snapshot.terminals);
  return useMemo(() => all.filter((terminal) => terminal.workspaceId === workspaceId), [all, workspaceId]);
}

function RemoveHere({ workspace, onClose }: { readonly workspace: Workspace; readonly onClose: () => void }): ReactNode {
  const project = useSnapshot((snapshot) => snapshot.projects.find((item) => item.projectId === workspace.projectId));
  const title = useWorkspaceTitle(workspace);
  if (!project) return null;
  return <RemovePanel row={{ workspace, project, title }} project={false} onClose={onClose} />;
}

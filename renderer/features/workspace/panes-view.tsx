import type { ReactNode } from 'react';
import type { Terminal } from '../../../shared/model/terminal.ts';
import type { Workspace } from '../../../shared/model/workspace.ts';
import { useShortcut } from '../../lib/keys.ts';
import { focusTerminal } from '../../lib/move-focus.ts';
import { navigate } from '../../lib/route.ts';
import { TerminalPane } from './terminal-pane.tsx';
import { useOpenTerminal } from './use-open-terminal.ts';

type Props = {
  readonly workspace: Workspace;
  readonly terminals: readonly Terminal[];
  readonly panes: readonly string[];
  readonly active: number;
  readonly onActive: (at: number) => void;
};

/** One terminal, or two side by side; in a narrow window the active one. */
export function Panes({ workspace, terminals, panes, active, onActive }: Props): ReactNode {
  const { open, busy } = useOpenTerminal(workspace);
  const { workspaceId } = workspace;
  const shown = panes.flatMap((id) => terminals.find((terminal) => terminal.terminalId === id) ?? []);
  function show(next: readonly string[]): void {
    navigate({ page: 'terminals', workspaceId, panes: next });
  }
  function split(): void {
    const other = terminals.find((terminal) => !panes.includes(terminal.terminalId));
    onActive(1);
    if (other) show([...panes, other.terminalId]);
    else void open('shell', { place: (terminal) => [...panes, terminal.terminalId] });
  }
  useShortcut('split', split, panes.length === 1);
  useShortcut(
    'nextPane',
    () => {
      onActive(1 - active);
      focusTerminal();
    },
    shown.length === 2,
  );
  return (
    <div className="panes">
      {shown.map((terminal, at) => (
        <TerminalPane
          key={terminal.terminalId}
          workspace={workspace}
          terminal={terminal}
          second={at === 1}
          active={at === active}
          other={shown.length === 2 ? shown[1 - at]! : null}
          splitting={busy}
          onActive={() => onActive(at)}
          onOther={() => {
            onActive(1 - at);
            focusTerminal();
          }}
          onSplit={split}
          onAlone={() => show([terminal.terminalId])}
          onReplace={(id) => show(panes.map((pane) => (pane === terminal.terminalId ? id : pane)))}
        />
      ))}
    </div>
  );
}

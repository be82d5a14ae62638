import { focusTerminal } from '../../lib/move-focus.ts';
import { navigate } from '../../lib/route.ts';
import type { TerminalRow } from './all-terminals.ts';

/** Goes to the terminal in its workspace, ready to type. */
export function openTerminalRow({ terminal }: TerminalRow): void {
  navigate({ page: 'terminals', workspaceId: terminal.workspaceId, panes: [terminal.terminalId] });
  focusTerminal();
}

import type { Terminal } from '../../../shared/model/terminal.ts';
import { isAlive } from '../../../shared/words.ts';
import type { Route } from '../../lib/route.ts';

/** The panes to show: those of the address that still exist, else the agent, else what runs, else the first. */
export function choosePanes(asked: readonly string[], terminals: readonly Terminal[]): readonly string[] {
  const kept = asked.filter((id) => terminals.some((terminal) => terminal.terminalId === id));
  if (kept.length > 0) return kept;
  const first = terminals.find((terminal) => terminal.kind === 'agent') ?? terminals.find(isAlive) ?? terminals[0];
  return first ? [first.terminalId] : [];
}

/** Puts a terminal into the active pane; one that is shown already stays where it is. */
export function showInPane(panes: readonly string[], active: number, terminalId: string): readonly string[] {
  if (panes.includes(terminalId)) return panes;
  if (panes.length === 0) return [terminalId];
  return panes.map((id, at) => (at === active ? terminalId : id));
}

/** The terminals of a workspace, with the panes that were open when the user left. */
export function terminalsRoute(workspaceId: string): Route {
  const panes = (sessionStorage.getItem(`panes:${workspaceId}`) ?? '').split('+').filter((id) => id !== '');
  return { page: 'terminals', workspaceId, panes };
}

export function rememberPanes(workspaceId: string, panes: readonly string[]): void {
  sessionStorage.setItem(`panes:${workspaceId}`, panes.join('+'));
}

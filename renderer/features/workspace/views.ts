import type { Client } from '../../../shared/contract/client.ts';
import { type TerminalView, createTerminalView } from '../../terminals/terminal-view.ts';

/** Views that stay alive though nobody looks: coming back is instant, and each holds a stream and a screen. */
const mostKept = 8;

type Kept = { readonly generation: number; readonly view: TerminalView };
const kept = new Map<string, Kept>();

/** The view of a terminal. One of an older connection is replaced: its stream is gone. */
export function takeView(client: Client, generation: number, terminalId: string): TerminalView {
  const known = kept.get(terminalId);
  if (known?.generation === generation) {
    kept.delete(terminalId);
    kept.set(terminalId, known);
    return known.view;
  }
  known?.view.dispose();
  const view = createTerminalView({ client, terminalId });
  kept.set(terminalId, { generation, view });
  return view;
}

/** Disposes views of terminals that are gone, and the least recently used ones beyond the limit. `shown` are never taken. */
export function pruneViews(existing: ReadonlySet<string>, shown: readonly string[]): void {
  for (const [terminalId, { view }] of kept) {
    const tooMany = kept.size > mostKept && !shown.includes(terminalId);
    if (existing.has(terminalId) && !tooMany) continue;
    view.dispose();
    kept.delete(terminalId);
  }
}

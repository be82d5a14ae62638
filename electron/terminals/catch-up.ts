import { type HistoryMark, assembleHistory, firstMark, hasOlder } from './history.ts';
import type { Restore } from './restore.ts';
import type { Viewer } from './viewer.ts';

/** The pane's present screen, and what of the scrollback is still to come. */
export function sendRestore(viewer: Viewer, restore: Restore): void {
  const { modes } = restore;
  viewer.notify({ kind: 'size', size: { cols: modes.pane_width, rows: modes.pane_height } });
  viewer.restore(restore.bytes);
  const mark = firstMark(modes.history_size, restore.history, modes.pane_width, restore.top);
  viewer.history = viewer.wantsHistory && hasOlder(mark) ? mark : null;
  if (viewer.history) viewer.notify({ kind: 'history', have: restore.history, of: modes.history_size });
}

/** The lines above `mark`, as tmux answered `historyCommands`; nothing when the viewer was restored meanwhile. */
export function sendOlder(viewer: Viewer, mark: HistoryMark, bodies: readonly (readonly Buffer[])[]): void {
  if (viewer.history !== mark) return;
  const chunk = assembleHistory(mark, bodies);
  viewer.history = chunk && chunk.mark.start > 0 ? chunk.mark : null;
  if (chunk) viewer.older(Buffer.from(chunk.vt));
  const have = chunk ? mark.size - chunk.mark.start : mark.size - mark.start;
  viewer.notify({ kind: 'history', have, of: viewer.history ? mark.size : have });
}

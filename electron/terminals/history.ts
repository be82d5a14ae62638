import { restoreHistory, texts } from './restore.ts';
import { drawRows, plainText } from './rows.ts';

/** Lines a chunk has at most: tmux serves nothing else while it writes one. */
const chunkLines = 2000;
/** Rows that a chunk shares with what was sent before it, to prove that nothing has moved. */
const overlap = 8;

/** How far the scrollback of a pane has been sent to one viewer. Lines count from the oldest, which is 0. */
export type HistoryMark = { readonly start: number; readonly size: number; readonly cols: number; readonly top: readonly string[] };

export function firstMark(size: number, sent: number, cols: number, styled: readonly string[]): HistoryMark {
  return { start: size - sent, size, cols, top: plainTop(styled) };
}

/** Whether older lines are worth asking for. */
export function hasOlder(mark: HistoryMark): boolean {
  return mark.start > 0 && mark.size >= restoreHistory;
}

/** The lines above the mark. Their place is counted from the top, which new output does not move; tmux computes it when it runs. */
export function historyCommands(pane: number, mark: HistoryMark): string[] {
  const from = Math.max(0, mark.start - chunkLines);
  const to = mark.start + Math.min(overlap, mark.top.length) - 1;
  const range = `-t '%${pane}' -S '#{e|-|:${from},#{history_size}}' -E '#{e|-|:${to},#{history_size}}'`;
  return [
    `display-message -p -t '%${pane}' '#{history_size} #{pane_width}'`,
    `capture-pane -p -e -N ${range}`,
    `capture-pane -p -J -t '%${pane}' -S '#{e|-|:${from},#{history_size}}' -E '#{e|-|:${mark.start - 1},#{history_size}}'`,
  ];
}

/** The chunk as VT and the new mark; null when the scrollback was cut, cleared or reflowed meanwhile. */
export function assembleHistory(mark: HistoryMark, bodies: readonly (readonly Buffer[])[]): { readonly vt: string; readonly mark: HistoryMark } | null {
  const [size = 0, cols = 0] = (bodies[0]?.[0]?.toString('latin1') ?? '').split(' ').map(Number);
  const styled = texts(bodies[1]);
  const from = Math.max(0, mark.start - chunkLines);
  const lines = mark.start - from;
  const shared = styled.slice(lines).map((line) => plainText(line).trimEnd());
  const unmoved = size >= mark.size && cols === mark.cols && shared.length > 0 && shared.every((line, index) => line === mark.top[index]);
  if (!unmoved) return null;
  const older = styled.slice(0, lines);
  return { vt: drawRows({ styled: older, joined: texts(bodies[2]) }, cols), mark: { start: from, size, cols, top: plainTop(older) } };
}

function plainTop(styled: readonly string[]): string[] {
  return styled.slice(0, overlap).map((line) => plainText(line).trimEnd());
}

import { styleText } from 'node:util';
import stringWidth from 'string-width';
import { visible } from './safe-text.ts';

export type Style = 'good' | 'warn' | 'bad' | 'dim';
/** Text of anybody, and how it is drawn where colours are. */
export type Cell = string | { readonly text: string; readonly style: Style };
export type TableLayout = {
  /** Columns of the terminal; none: lines are as long as they are, for files and pipes. */
  readonly width?: number | undefined;
  readonly colours: boolean;
};

const gap = '  ';
/** A column is never cut below this: fewer characters say nothing. */
const narrowest = 8;
const formats = { good: 'green', warn: 'yellow', bad: 'red', dim: 'dim' } as const;

/** How tables are drawn on this process's output: cut to the terminal, coloured unless NO_COLOR says not to. */
export function currentLayout(): TableLayout {
  const { stdout, env } = process;
  return { width: stdout.isTTY ? stdout.columns : undefined, colours: stdout.isTTY && !env['NO_COLOR'] && env['TERM'] !== 'dumb' };
}

/** Aligned columns. When they do not fit, the widest are cut first; the text of a cell cannot leave its line or colour another. */
export function formatTable(titles: readonly string[], rows: readonly (readonly Cell[])[], layout: TableLayout): string {
  const texts = rows.map((row) => row.map((cell) => visible(typeof cell === 'string' ? cell : cell.text)));
  const natural = titles.map((title, column) => Math.max(stringWidth(title), ...texts.map((row) => stringWidth(row[column] ?? ''))));
  const widths = layout.width === undefined ? natural : shrink(natural, layout.width - gap.length * (titles.length - 1));
  const line = (cells: readonly string[], style: (text: string, column: number) => string): string =>
    cells
      .map((text, column) => {
        const cut = cutTo(text, widths[column]!);
        const isLast = column === cells.length - 1;
        return style(cut, column) + (isLast ? '' : ' '.repeat(widths[column]! - stringWidth(cut)));
      })
      .join(gap)
      .trimEnd();
  const head = line(titles, (text) => paint(text, 'dim', layout.colours));
  const body = rows.map((row, index) => line(texts[index]!, (text, column) => paint(text, styleOf(row[column]), layout.colours)));
  return [head, ...body].map((text) => `${text}\n`).join('');
}

export function paint(text: string, style: Style | undefined, colours: boolean): string {
  return colours && style !== undefined && text !== '' ? styleText(formats[style], text, { validateStream: false }) : text;
}

function styleOf(cell: Cell | undefined): Style | undefined {
  return typeof cell === 'object' ? cell.style : undefined;
}

function shrink(natural: readonly number[], room: number): readonly number[] {
  const widths = [...natural];
  for (let over = widths.reduce((sum, width) => sum + width, 0) - room; over > 0; over -= 1) {
    const widest = widths.indexOf(Math.max(...widths));
    if (widths[widest]! <= narrowest) break;
    widths[widest]! -= 1;
  }
  return widths;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** By what a reader sees as characters, so that none is torn. */
export function cutTo(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let cut = '';
  let used = 1;
  for (const { segment } of graphemes.segment(text)) {
    used += stringWidth(segment);
    if (used > width) break;
    cut += segment;
  }
  return `${cut}…`;
}

import { type Pen, applySgr, paintsSpace, penSequence } from './sgr.ts';

/** Rows of a pane as tmux captures them: `styled` by `-e -N`, one line a row; `joined` by `-J`, wrapped rows put together. */
export type Capture = { readonly styled: readonly string[]; readonly joined: readonly string[] };

type Row = { readonly text: string; readonly styled: string; readonly wrapped: boolean; /** Cells the program has written. */ readonly used: number };

const reset = '\u001b[0m';
// What tmux writes into a captured line beside text: SGR, OSC 8, shift in and out.
// eslint-disable-next-line no-control-regex
const sequences = /\u001b\[([0-9;:]*)m|\u001b\]8;[^\u001b]*\u001b\\|[\u000e\u000f]/g;

export function plainText(styled: string): string {
  return styled.replace(sequences, '');
}

/** Finds which rows go on in the next one: tmux says so only by joining them, so the joined lines are laid along the rows. */
function layOut(capture: Capture, cols: number): Row[] {
  const rows: Row[] = [];
  let next = 0;
  let rest: string | null = null;
  for (const styled of capture.styled) {
    const text = plainText(styled);
    const line: string = rest ?? capture.joined[next] ?? '';
    const wrapped: boolean = line.length > text.length && line.startsWith(text) && fills(text, cols);
    rest = wrapped ? line.slice(text.length) : null;
    if (!wrapped) next += 1;
    rows.push({ text, styled, wrapped, used: wrapped ? text.length : Math.min(line.length, text.length) });
  }
  return rows;
}

/** Text of single-width characters is as long as it is wide; of any other text the width is tmux's business. */
function fills(text: string, cols: number): boolean {
  // eslint-disable-next-line no-control-regex
  return /[^\u0000-\u02ff]/.test(text) || text.length === cols;
}

/**
 * Turns captured rows into VT that draws them on a terminal of the same width, wherever its cursor's row stands.
 * Each row ends with CR LF, a wrapped one with nothing: so the terminal knows that both are one line when it is resized.
 * The pen is put down before each new line, since a terminal fills the line it scrolls in with the pen's background.
 */
export function drawRows(capture: Capture, cols: number): string {
  let out = '';
  let pen: Pen = new Map();
  let continued = false;
  for (const row of layOut(capture, cols)) {
    if (continued && pen.has('bg')) out += `${reset} \r`;
    out += (continued && !pen.has('bg') ? '' : penSequence(pen)) + row.styled;
    for (const match of row.styled.matchAll(sequences)) if (match[1] !== undefined) pen = applySgr(pen, match[1]);
    if (!row.wrapped) out = trimSpaces(out, row, pen) + (pen.size > 0 ? reset : '') + '\r\n';
    continued = row.wrapped;
  }
  return continued && pen.size > 0 ? out + reset : out;
}

/** tmux pads rows with spaces that nobody wrote; a selection would copy them. */
function trimSpaces(out: string, row: Row, pen: Pen): string {
  if (paintsSpace(pen)) return out;
  let spare = row.text.length - row.used;
  let end = out.length;
  while (spare > 0 && out[end - 1] === ' ') {
    end -= 1;
    spare -= 1;
  }
  return out.slice(0, end);
}

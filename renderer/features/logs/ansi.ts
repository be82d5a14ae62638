/** A piece of a line and how it is drawn: a class of the terminal's palette (`c1`, …), bold. */
export type Span = { readonly text: string; readonly className: string };

// eslint-disable-next-line no-control-regex
const escapes = /\u001b(?:\[([0-?]*)[ -/]*([@-~])|[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-~])/g;
/** Every control character but the tab. */
const controls = /[\p{Cc}--\t]/gv;

/** The words of a line alone: what a program wrote for a terminal is no part of them. */
export function plainText(line: string): string {
  return line.replaceAll(escapes, '').replaceAll(controls, '');
}

/** Colours of the 16 and bold; every other sequence and control character is dropped, so nothing of it acts. */
export function parseAnsi(line: string): Span[] {
  const spans: Span[] = [];
  let style: Style = plain;
  let from = 0;
  function push(to: number): void {
    const text = line.slice(from, to).replaceAll(controls, '');
    if (text !== '') spans.push({ text, className: classOf(style) });
  }
  for (const match of line.matchAll(escapes)) {
    push(match.index);
    from = match.index + match[0].length;
    if (match[2] === 'm') style = select(style, match[1] ?? '');
  }
  push(line.length);
  return spans;
}

type Style = { readonly colour: number | null; readonly bold: boolean };
const plain: Style = { colour: null, bold: false };

function classOf({ colour, bold }: Style): string {
  return [colour === null ? '' : `c${colour}`, bold ? 'med' : ''].filter(Boolean).join(' ');
}

/** SGR, ECMA-48 8.3.117: colours by number beyond 16 and by value are left out. */
function select(style: Style, parameters: string): Style {
  const codes = parameters.split(/[;:]/).map(Number);
  let next = style;
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at]!;
    if (code === 38 || code === 48) {
      const colour = codes[at + 1] === 5 ? codes[at + 2] : undefined;
      if (code === 38) next = { ...next, colour: colour !== undefined && colour >= 0 && colour < 16 ? colour : null };
      at += codes[at + 1] === 5 ? 2 : 4;
    } else next = selectOne(next, code);
  }
  return next;
}

function selectOne(style: Style, code: number): Style {
  if (code === 0) return plain;
  if (code === 1) return { ...style, bold: true };
  if (code === 22) return { ...style, bold: false };
  if (code === 39) return { ...style, colour: null };
  if (code >= 30 && code <= 37) return { ...style, colour: code - 30 };
  if (code >= 90 && code <= 97) return { ...style, colour: code - 82 };
  return style;
}

import { unescapeOutput } from './control-parser.ts';
import { type Capture, drawRows, plainText } from './rows.ts';

/** Lines of scrollback that come with the screen; older ones follow while the pane is quiet. */
export const restoreHistory = 1000;

/** tmux formats, in the order of `PaneModes`. Numbers all, so a comma parts them safely. */
const formats = [
  'pane_width',
  'pane_height',
  'cursor_x',
  'cursor_y',
  'cursor_flag',
  'alternate_on',
  'alternate_saved_x',
  'alternate_saved_y',
  'scroll_region_upper',
  'scroll_region_lower',
  'origin_flag',
  'insert_flag',
  'wrap_flag',
  'keypad_cursor_flag',
  'keypad_flag',
  'mouse_standard_flag',
  'mouse_button_flag',
  'mouse_all_flag',
  'mouse_sgr_flag',
  'mouse_utf8_flag',
  'history_size',
  'history_limit',
] as const;

export type PaneModes = Readonly<Record<(typeof formats)[number], number>>;

/** Everything a terminal needs to look like the pane, asked in one go so that nothing comes between. */
export function restoreCommands(pane: number): string[] {
  const target = `-t '%${pane}'`;
  const row = `'#{cursor_y}'`;
  return [
    `display-message -p ${target} '${formats.map((name) => `#{${name}}`).join(',')}'`,
    `capture-pane -p -e -N ${target} -S -${restoreHistory}`,
    `capture-pane -p -J ${target} -S -${restoreHistory}`,
    `capture-pane -p -e -N -a -q ${target}`,
    `capture-pane -p -e -N ${target} -S ${row} -E ${row}`,
    `capture-pane -p -P -C ${target}`,
  ];
}

export type Restore = {
  readonly modes: PaneModes;
  /** VT for a terminal of the pane's size that has just been reset. */
  readonly bytes: Buffer;
  /** Lines of scrollback in it. */
  readonly history: number;
  /** Plain text of its topmost rows: what the next older chunk must end above. */
  readonly top: readonly string[];
};

type Bodies = readonly (readonly Buffer[])[];

/** Assembles the answers to `restoreCommands`. */
export function assembleRestore(bodies: Bodies): Restore {
  const modes = parseModes(bodies[0]?.[0]?.toString('latin1') ?? '');
  const capture = { styled: texts(bodies[1]), joined: texts(bodies[2]) };
  const history = Math.max(0, capture.styled.length - modes.pane_height);
  const pending = bodies[5]?.[0] ?? Buffer.alloc(0);
  const vt = `\u001b)0${drawScreens(capture, texts(bodies[3]), history, modes)}${placeCursor(modes, texts(bodies[4])[0] ?? '')}${setModes(modes)}`;
  return { modes, bytes: Buffer.concat([Buffer.from(vt), unescapeOutput(pending)]), history, top: capture.styled.slice(0, history) };
}

export function texts(lines: readonly Buffer[] | undefined): string[] {
  return (lines ?? []).map((line) => line.toString('utf8'));
}

function parseModes(line: string): PaneModes {
  const values = line.split(',').map(Number);
  const entries = formats.map((name, index) => [name, Number.isSafeInteger(values[index]) ? values[index]! : 0] as const);
  return Object.fromEntries(entries) as PaneModes;
}

/** In the alternate screen the scrollback belongs to the normal one, whose visible part tmux keeps apart. */
function drawScreens(capture: Capture, saved: readonly string[], history: number, modes: PaneModes): string {
  if (!modes.alternate_on) return withoutLastNewline(drawRows(capture, modes.pane_width));
  const cols = modes.pane_width;
  const past = drawRows({ styled: capture.styled.slice(0, history), joined: capture.joined }, cols);
  const cursor = moveTo(modes.alternate_saved_x, modes.alternate_saved_y);
  return `${past}${drawScreen(saved, cols)}${cursor}\u001b[?1049h\u001b[H${drawScreen(capture.styled.slice(history), cols)}`;
}

/** Rows none of which goes on in the next: a full-screen program draws each for itself. */
function drawScreen(styled: readonly string[], cols: number): string {
  return withoutLastNewline(drawRows({ styled, joined: styled.map((line) => plainText(line).trimEnd()) }, cols));
}

function withoutLastNewline(vt: string): string {
  return vt.endsWith('\r\n') ? vt.slice(0, -2) : vt;
}

function moveTo(x: number, y: number): string {
  return `\u001b[${y + 1};${x + 1}H`;
}

function placeCursor(modes: PaneModes, cursorRow: string): string {
  const { scroll_region_upper: upper, scroll_region_lower: lower, pane_height: rows, pane_width: cols } = modes;
  const region = upper > 0 || lower < rows - 1 ? `\u001b[${upper + 1};${lower + 1}r` : '';
  const origin = modes.origin_flag ? '\u001b[?6h' : '';
  const y = modes.cursor_y - (modes.origin_flag ? upper : 0);
  // Right of the last column: the next character wraps. Only drawing the whole row brings a terminal there.
  if (modes.cursor_x >= cols) return `${region}${origin}${moveTo(0, y)}${cursorRow}\u001b[0m`;
  return `${region}${origin}${moveTo(modes.cursor_x, y)}`;
}

function setModes(modes: PaneModes): string {
  return [
    set(modes.insert_flag, '4h'),
    set(modes.keypad_cursor_flag, '?1h'),
    modes.keypad_flag ? '\u001b=' : '',
    modes.wrap_flag ? '' : '\u001b[?7l',
    modes.cursor_flag ? '' : '\u001b[?25l',
    set(modes.mouse_standard_flag, '?1000h'),
    set(modes.mouse_button_flag, '?1002h'),
    set(modes.mouse_all_flag, '?1003h'),
    set(modes.mouse_utf8_flag, '?1005h'),
    set(modes.mouse_sgr_flag, '?1006h'),
  ].join('');
}

function set(on: number, sequence: string): string {
  return on ? `\u001b[${sequence}` : '';
}

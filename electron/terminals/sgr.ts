/** The attributes in force, by what they set: `bg` → `48;5;4`. */
export type Pen = ReadonlyMap<string, string>;

/** A pen after `CSI parameters m`, for the sequences tmux itself writes (grid.c, grid_string_cells_code). */
export function applySgr(pen: Pen, parameters: string): Pen {
  const next = new Map(pen);
  const codes = parameters === '' ? ['0'] : parameters.split(';');
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at]!;
    const plane = { '38': 'fg', '48': 'bg', '58': 'us' }[code];
    if (plane) {
      const length = codes[at + 1] === '2' ? 5 : 3;
      next.set(plane, codes.slice(at, at + length).join(';'));
      at += length - 1;
    } else applyCode(next, code);
  }
  return next;
}

function applyCode(pen: Map<string, string>, code: string): void {
  const value = Number.parseInt(code, 10);
  if (value === 0 || Number.isNaN(value)) pen.clear();
  else if (value === 39) pen.delete('fg');
  else if (value === 49) pen.delete('bg');
  else if (value === 59) pen.delete('us');
  else if (value === 58) pen.set('us', code);
  else if ((value >= 30 && value <= 38) || (value >= 90 && value <= 97)) pen.set('fg', code);
  else if ((value >= 40 && value <= 48) || (value >= 100 && value <= 107)) pen.set('bg', code);
  else pen.set(String(value), code);
}

export function penSequence(pen: Pen): string {
  return pen.size === 0 ? '' : `\u001b[${[...pen.values()].join(';')}m`;
}

/** Whether a space drawn with it can be seen: a background, an underline, reverse, strike or overline. */
export function paintsSpace(pen: Pen): boolean {
  return ['bg', '4', '7', '9', '53'].some((key) => pen.has(key));
}

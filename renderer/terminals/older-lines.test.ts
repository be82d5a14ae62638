import { SerializeAddon } from '@xterm/addon-serialize';
import headless from '@xterm/headless';
import type { Terminal } from '@xterm/xterm';
import { expect, test } from 'vitest';
import { OlderLines, write } from './older-lines.ts';

function lines(from: number, to: number): string {
  return Array.from({ length: to - from + 1 }, (_, index) => `\u001b[3${index % 8}mline ${from + index}\u001b[0m\r\n`).join('');
}

test('older chunks come to stand above what is there, which stays as it was', async () => {
  // xterm and its headless build share the buffer and the parser; only drawing differs.
  const terminal = new headless.Terminal({ cols: 40, rows: 5, scrollback: 1000, allowProposedApi: true }) as unknown as Terminal;
  const serialize = new SerializeAddon();
  terminal.loadAddon(serialize);
  const older = new OlderLines(terminal, serialize, () => false);
  await write(terminal, `${lines(41, 60)}\u001b[?25l\u001b[?1000h\u001b[?1006h$ `);
  terminal.scrollLines(-3);
  const before = serialize.serialize();
  older.add(new TextEncoder().encode(lines(21, 40)));
  older.add(new TextEncoder().encode(lines(1, 20)));
  older.finish();
  const { active } = terminal.buffer;
  const all = [...Array.from({ length: 60 }, (_, index) => `line ${index + 1}`), '$ '];
  await expect.poll(() => Array.from({ length: active.length }, (_, row) => active.getLine(row)!.translateToString(true)), { timeout: 30_000 }).toEqual(all);
  await older.settled();
  expect(serialize.serialize().endsWith(before.slice(before.indexOf('line 41')))).toBe(true);
  expect(active.baseY - active.viewportY).toBe(3);
  expect(terminal.modes.mouseTrackingMode).toBe('vt200');
});

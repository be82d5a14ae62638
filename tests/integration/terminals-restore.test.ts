import { SerializeAddon } from '@xterm/addon-serialize';
import type headless from '@xterm/headless';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Terminals } from '../../electron/terminals/types.ts';
import { type Attached, type TerminalBench, attach, createTerminalBench, shell, until } from '../fixtures/terminals.ts';

let bench: TerminalBench;
let terminals: Terminals;

beforeAll(async () => {
  bench = await createTerminalBench();
  terminals = await bench.start();
});
afterAll(() => bench?.cleanUp());

/** Every cell that can be seen, with its colours, and the modes: what a person would call the same screen. */
function picture(screen: headless.Terminal) {
  const buffer = screen.buffer.active;
  const rows = Array.from({ length: buffer.length }, (_, y) => {
    const line = buffer.getLine(y)!;
    const cells = Array.from({ length: screen.cols }, (_, x) => {
      const cell = line.getCell(x)!;
      const blank = cell.getChars() === '' || cell.getChars() === ' ';
      const ink = blank && !cell.isUnderline() && !cell.isInverse() ? '' : `${cell.getFgColorMode()}.${cell.getFgColor()}`;
      const look = [cell.isBold(), cell.isItalic(), cell.isDim(), cell.isUnderline(), cell.isInverse(), cell.isStrikethrough()].map((on) =>
        on && !blank ? 1 : 0,
      );
      return `${blank ? ' ' : cell.getChars()}|${ink}|${cell.getBgColorMode()}.${cell.getBgColor()}|${look.join('')}`;
    });
    return `${line.isWrapped ? '+' : ' '}${cells.join(' ')}`;
  });
  const { mouseTrackingMode, applicationCursorKeysMode, originMode, wraparoundMode, insertMode } = screen.modes;
  return {
    rows,
    cursor: [buffer.cursorX, buffer.cursorY],
    type: buffer.type,
    modes: { mouseTrackingMode, applicationCursorKeysMode, originMode, wraparoundMode, insertMode },
  };
}

const scripts: Readonly<Record<string, string>> = {
  'colours, fills and attributes': String.raw`printf 'plain\n\e[31mred \e[1mbold\e[0m \e[38;5;208m208\e[48;2;10;20;30mrgb\e[0m\n\e[44mfill\e[K\e[0m\nafter\n\e[3;4;9mall\e[0m \e[7mrev   \e[0m|\n\e[42m   \e[0mx\n'; printf '\e[2;97;41mdim\e[0m'`,
  'wrapped lines': String.raw`printf '%0200d\n' 7; printf '\e[32m%0170d\e[0m tail\n' 5; printf '%080d\n' 3; printf 'short\n'; printf '\e[45m%0190d\e[0m\n' 4`,
  'wide and combining characters': String.raw`for i in 1 2 3; do printf '漢字テストの長い行は八十桁を超えると折り返される、それでも同じに見えなければならない。%d\n' $i; done; printf 'e\u0301 n\u0303 日本 한국어 \n'`,
  'scrollback in colour': String.raw`for i in $(seq 1 700); do printf '\e[3%dmline %d\e[0m\n' $((i % 8)) $i; done`,
  'full screen program': String.raw`printf 'before\n\e[?1049h\e[2J\e[1;1H\e[44m top %70s\e[0m\e[5;10H\e[33mmiddle\e[0m\e[24;1Hbottom\e[3;20r\e[?1000h\e[?1006h\e[?1h\e[7;3H'`,
  'a cursor at the right edge': String.raw`printf '\e[31m%080d' 1`,
  'line drawing': String.raw`printf '\e(0lqqqk\e(B box\n'`,
  'what looks like the protocol': String.raw`printf '%%end 1 2 1\n%%begin 3 4 1\n%%output %%0 x\n%%exit\n\\033[31m\\\n'`,
};

for (const [name, script] of Object.entries(scripts)) {
  test(`a viewer who comes later sees what one from the beginning sees: ${name}`, async () => {
    const opened = await terminals.open(shell(`sleep 0.3; ${script}; exec sleep 1000`));
    const first = attach(terminals, opened);
    await until(() => first.outputBytes() > 0, 'output');
    await quiet(first);
    const second = attach(terminals, opened);
    await until(() => second.restores() === 1, 'a restore');
    await quiet(second);
    expect(picture(second.screen)).toEqual(picture(first.screen));
    first.detach();
    second.detach();
    await terminals.close(opened.terminalId);
  });
}

test('a core that was ended finds its terminals again: same screen in colour, scrollback included, and on it goes', async () => {
  const script = String.raw`for i in $(seq 1 900); do printf '\e[3%dmline %d\e[0m\n' $((i % 8)) $i; done; read -r x; echo "got $x"; exec sleep 1000`;
  const one = await bench.start();
  const opened = await one.open(shell(script, { worktree: 'wt-1' }));
  const before = attach(one, opened);
  await before.until((text) => text.includes('line 900'));
  await quiet(before);
  await one.dispose();
  const two = await bench.start();
  expect(two.get(opened.terminalId)).toMatchObject({ worktree: 'wt-1', kind: 'shell', createdAt: opened.createdAt, state: { kind: 'background' } });
  const after = attach(two, opened);
  await after.until((text) => text.includes('line 900'));
  expect(picture(after.screen)).toEqual(picture(before.screen));
  await after.channel.write(Buffer.from('more\r'));
  await after.until((text) => text.includes('got more'));
  after.detach();
  await two.close(opened.terminalId);
  await two.dispose();
});

test('older scrollback follows while the pane is quiet, each line once', async () => {
  const opened = await terminals.open(shell('seq 1 7000; exec sleep 1000'));
  await until(async () => (await terminals.screen(opened.terminalId)).lines.includes('7000'), 'the last line');
  const viewer = attach(terminals, opened);
  await until(() => viewer.notices.some((notice) => notice.kind === 'history' && notice.have === notice.of), 'all scrollback');
  const older = Buffer.concat(viewer.history.toReversed()).toString();
  const numbers = `${older}${viewer.text()}`.split(/\r?\n/).filter((line) => line !== '');
  expect(numbers).toEqual(Array.from({ length: 7000 }, (_, index) => String(index + 1)));
  viewer.detach();
  await terminals.close(opened.terminalId);
});

async function quiet(viewer: Attached): Promise<void> {
  const serialize = new SerializeAddon();
  viewer.screen.loadAddon(serialize);
  for (let before: string | null = null; ;) {
    const now = serialize.serialize();
    if (now === before) return;
    before = now;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

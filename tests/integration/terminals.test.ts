import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Terminals } from '../../electron/terminals/types.ts';
import { type TerminalBench, attach, createTerminalBench, shell, until } from '../fixtures/terminals.ts';

let bench: TerminalBench;
let terminals: Terminals;

beforeAll(async () => {
  bench = await createTerminalBench();
  terminals = await bench.start();
});
afterAll(() => bench?.cleanUp());

test('a program runs in a terminal of the asked size, with a true-colour environment and without tmux in it', async () => {
  const opened = await terminals.open(
    shell('stty size; echo "$TERM/$COLORTERM/${TMUX-none}/$LANG"; pwd; echo "$A"; exec cat', {
      launch: {
        argv: ['bash', '-c', 'stty size; echo "$TERM/$COLORTERM/${TMUX-none}/$LANG"; pwd; echo "$A"; exec cat'],
        workingDir: '/tmp',
        env: { A: `it's "#{pane_id}" $HOME\nline` },
      },
    }),
  );
  const viewer = attach(terminals, opened);
  await viewer.until((text) => text.includes('line'));
  expect(viewer.text()).toContain('24 80\ntmux-256color/truecolor/none/C.UTF-8\n/tmp\nit\'s "#{pane_id}" $HOME\nline');
  viewer.detach();
  await terminals.close(opened.terminalId);
});

test('what is typed arrives, what is printed comes back, the screen can be read', async () => {
  const opened = await terminals.open(shell('echo ready; cat'));
  const viewer = attach(terminals, opened);
  await viewer.until((text) => text.includes('ready'));
  await viewer.channel.write(Buffer.from('grüße 漢字\r'));
  await viewer.until((text) => text.split('grüße 漢字').length === 3);
  await terminals.send(opened.terminalId, 'Enter C-c literal', true);
  await viewer.until((text) => text.split('Enter C-c literal').length === 3);
  const screen = await terminals.screen(opened.terminalId);
  expect(screen.lines.slice(0, 5)).toEqual(['ready', 'grüße 漢字', 'grüße 漢字', 'Enter C-c literal', 'Enter C-c literal']);
  expect(screen).toMatchObject({ cursor: { x: 0, y: 5, visible: true }, size: { cols: 80, rows: 24 } });
  expect(terminals.get(opened.terminalId).state).toEqual({ kind: 'connected' });
  viewer.detach();
  await viewer.done;
  expect(terminals.get(opened.terminalId).state).toEqual({ kind: 'background' });
  await terminals.close(opened.terminalId);
  expect(terminals.list()).toEqual([]);
});

test('a program that ends leaves its last screen and its exit code', async () => {
  const opened = await terminals.open(shell('echo last words; exit 7'));
  await until(() => terminals.get(opened.terminalId).state.kind === 'exited', 'the end');
  // How it ended may be known a moment later than that it did.
  await expect.poll(() => terminals.get(opened.terminalId).state, { timeout: 30_000 }).toEqual({ kind: 'exited', exitCode: 7 });
  const viewer = attach(terminals, opened);
  await viewer.until((text) => text.includes('last words'));
  await until(() => viewer.notices.some((notice) => notice.kind === 'exited' && notice.exitCode === 7), 'the notice');
  viewer.detach();
  await terminals.close(opened.terminalId);
});

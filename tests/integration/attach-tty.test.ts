import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Terminal } from '../../shared/model/terminal.ts';
import { until } from '../fixtures/core.ts';
import { type LiveWorkspace, createLiveWorkspace } from '../fixtures/live-workspace.ts';

/** `forgehold attach` in a real terminal: util-linux's script(1) makes one on Linux. */
const cli = join(import.meta.dirname, '../../electron/cli.ts');
let live: LiveWorkspace;
let terminal: Terminal;

beforeAll(async () => {
  live = await createLiveWorkspace();
});
afterAll(() => live?.end());
beforeEach(async () => {
  terminal = await live.core.call('terminals.open', { workspaceId: live.workspaceId, kind: 'shell' });
});

type Tty = {
  readonly text: () => string;
  readonly type: (keys: string) => void;
  readonly resize: (cols: number, rows: number) => void;
  /** The terminal's modes before and after, as `stty -g` tells them, and the exit status of attach. */
  readonly ended: () => Promise<{ readonly before: string; readonly after: string; readonly status: number }>;
  readonly shows: (text: string | RegExp) => Promise<unknown>;
};

function attachInTty(): Tty {
  const command = `${process.execPath} --disable-warning=ExperimentalWarning ${cli} attach ${terminal.terminalId} --data ${live.core.data}`;
  const script = `stty rows 30 cols 100; echo "tty=$(tty)"; echo "before=$(stty -g)"; ${command}; echo "status=$?"; echo "after=$(stty -g)"; echo all-over`;
  const child: ChildProcess = spawn('script', ['-qfc', script, '/dev/null'], { env: { ...process.env, SHELL: '/bin/sh', TERM: 'xterm-256color' } });
  let text = '';
  child.stdout!.on('data', (bytes: Buffer) => (text += bytes.toString()));
  const exited = once(child, 'exit');
  const word = (name: string): string => new RegExp(`${name}=(\\S+)`).exec(text)?.[1] ?? '';
  return {
    text: () => text,
    type: (keys) => void child.stdin!.write(keys),
    resize: (cols, rows) => void execFileSync('stty', ['-F', word('tty'), 'cols', String(cols), 'rows', String(rows)]),
    shows: (wanted) =>
      until(
        () => text,
        (seen) => (typeof wanted === 'string' ? seen.includes(wanted) : wanted.test(seen)),
        `${String(wanted)} in the terminal`,
      ),
    async ended() {
      await until(
        () => text,
        (seen) => seen.includes('all-over'),
        'the end of attach',
      );
      child.stdin!.end();
      await exited;
      return { before: word('before'), after: word('after'), status: Number(word('status')) };
    },
  };
}

function screenWith(text: string): Promise<unknown> {
  return until(
    () => live.core.call('terminals.screen', { terminalId: terminal.terminalId }),
    ({ lines }) => lines.some((line) => line.includes(text)),
    `"${text}" on the screen`,
  );
}

test('draws what is there, passes keys and sizes on, and leaves the terminal as it found it while the program goes on', async () => {
  await live.core.call('terminals.send', { terminalId: terminal.terminalId, text: String.raw`printf 'here \033[31m%s\033[0m\n' before`, enter: true });
  await screenWith('here before');
  const tty = attachInTty();
  await tty.shows(/here \x1b\[31mbefore/);
  tty.type('echo typed $((40 + 2))\r');
  await tty.shows('typed 42');
  // Ctrl-C is for the program, not for attach.
  tty.type('sleep 1000\r');
  await screenWith('sleep 1000');
  tty.type('\u0003');
  // The interrupt throws away what the line discipline holds: what is typed before the prompt is back may go with it (termios(3), NOFLSH).
  await until(
    () => live.core.call('terminals.screen', { terminalId: terminal.terminalId }),
    ({ lines }) => lines.some((line) => line.includes('^C')) && /[#$] ?$/.test(lines.findLast((line) => line.trim() !== '') ?? ''),
    'the prompt after the interrupt',
  );
  tty.type('stty size\r');
  await tty.shows('30 100');
  tty.resize(91, 27);
  await until(
    () => live.core.call('terminals.list'),
    (all) => all.some(({ terminalId, size }) => terminalId === terminal.terminalId && size.cols === 91 && size.rows === 27),
    'the new size',
  );
  // tmux tells a program of its new size a quarter of a second late, lest it draws too often.
  tty.type('until [ "$(stty size)" = "27 91" ]; do sleep 0.1; done; echo "size $(stty size)"\r');
  await tty.shows('size 27 91');
  // A program that goes on, with modes that would spoil the user's shell.
  tty.type(String.raw`printf '\033[?1049h\033[?25l\033[?1000h'; n=0; while sleep 0.1; do n=$((n+1)); echo tick $n; done` + '\r');
  await tty.shows(/tick 3/);
  tty.type('\u001c');
  const { before, after, status } = await tty.ended();
  expect(after).toBe(before);
  expect(status).toBe(0);
  const last = tty.text().slice(tty.text().lastIndexOf('tick'));
  for (const mode of ['\u001b[?1049l', '\u001b[?25h', '\u001b[?1000l']) expect(last).toContain(mode);
  const tick = Number(/tick (\d+)[^]*?$/.exec(last)?.[1] ?? 0);
  await screenWith(`tick ${tick + 5}`);
  expect((await live.core.call('terminals.list')).find(({ terminalId }) => terminalId === terminal.terminalId)?.state.kind).toBe('background');
});

test('a core that dies under it leaves the terminal usable and says what happened, and the program goes on', async () => {
  const tty = attachInTty();
  await tty.shows(/[$#] /);
  tty.type('while sleep 0.2; do n=$((n+1)); echo alive $n; done\r');
  await tty.shows('alive 2');
  await live.restart();
  await until(
    () => live.core.call('terminals.list'),
    (all) => all.some(({ terminalId }) => terminalId === terminal.terminalId),
    'the terminal to be found again',
  );
  const { before, after, status } = await tty.ended();
  expect(after).toBe(before);
  expect(status).toBe(1);
  expect(tty.text().slice(tty.text().lastIndexOf('alive'))).toMatch(/lost|ended|not running/i);
  await screenWith('alive 9');
});

test('a program that ends is told of, and the terminal can still be left', async () => {
  const tty = attachInTty();
  await tty.shows(/[$#] /);
  tty.type('exit 3\r');
  await tty.shows('ended with status 3');
  tty.type('\u001c');
  const { before, after } = await tty.ended();
  expect(after).toBe(before);
});

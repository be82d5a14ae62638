import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Terminals } from '../../electron/terminals/types.ts';
import { sizeSchema } from '../../shared/model/terminal.ts';
import { type TerminalBench, attach, createTerminalBench, shell, until, user, workspaceId } from '../fixtures/terminals.ts';

let bench: TerminalBench;
let terminals: Terminals;

beforeAll(async () => {
  bench = await createTerminalBench();
  terminals = await bench.start();
});
afterAll(() => bench?.cleanUp());
/** What a test that failed has left must not fail the next. */
afterEach(async () => {
  await Promise.all(terminals.list().map(({ terminalId }) => terminals.close(terminalId).catch(() => undefined)));
});

function run(...argv: string[]): Promise<{ readonly stdout: string }> {
  return bench.engine.exec(bench.containerId, argv, { user });
}

test.each([200, 20_000, 1_200_000])('a paste of %i characters arrives whole, once, and bracketed where the program asked', async (length) => {
  const text = 'äö 漢字 "$HOME" \'x\' #{pane_id} \\ ~; \t'.repeat(Math.ceil(length / 36)).slice(0, length);
  const bytes = Buffer.byteLength(text) + 12;
  const opened = await terminals.open(shell(`stty raw -echo; printf '\\033[?2004hready'; head -c ${bytes} > /tmp/pasted; printf DONE; exec sleep 1000`));
  const viewer = attach(terminals, opened);
  await viewer.until((seen) => seen.includes('ready'));
  await terminals.paste(opened.terminalId, text);
  await viewer.until((seen) => seen.includes('DONE'));
  const { stdout } = await run('sha256sum', '/tmp/pasted');
  const wanted = createHash('sha256').update(`\u001b[200~${text}\u001b[201~`).digest('hex');
  expect(stdout.slice(0, 64)).toBe(wanted);
  viewer.detach();
  await terminals.close(opened.terminalId);
});

test('a paste cannot end its own brackets', async () => {
  const opened = await terminals.open(shell(`printf '\\033[?2004hready'; exec cat -v`));
  const viewer = attach(terminals, opened);
  await viewer.until((seen) => seen.includes('ready'));
  await terminals.paste(opened.terminalId, 'a\u001b[201~\u0003rm\n');
  await terminals.send(opened.terminalId, '', true);
  await viewer.until((seen) => seen.includes('rm'));
  expect(viewer.text()).not.toContain('a^[[201~');
  expect(viewer.text()).toContain('␛[201~rm');
  viewer.detach();
  await terminals.close(opened.terminalId);
});

test('a megabyte of input typed at once arrives in order', async () => {
  const text = Array.from({ length: 150_000 }, (_, index) => String(index)).join(' ');
  const opened = await terminals.open(shell(`stty raw -echo; printf ready; head -c ${text.length} | sha256sum; exec sleep 1000`));
  const viewer = attach(terminals, opened);
  await viewer.until((seen) => seen.includes('ready'));
  await viewer.channel.write(Buffer.from(text));
  await viewer.until((seen) => seen.includes(createHash('sha256').update(text).digest('hex')));
  expect(viewer.restores()).toBe(1);
  viewer.detach();
  await terminals.close(opened.terminalId);
});

test('sixty who open the same agent at once get one terminal, sixty shells are sixty', async () => {
  const agent = shell('exec sleep 1000', { kind: 'agent', worktree: 'many' });
  const agents = await Promise.all(Array.from({ length: 60 }, () => terminals.open(agent)));
  expect(new Set(agents.map((terminal) => terminal.terminalId)).size).toBe(1);
  const shells = await Promise.all(Array.from({ length: 60 }, () => terminals.open(shell('exec sleep 1000'))));
  expect(new Set(shells.map((terminal) => terminal.terminalId)).size).toBe(60);
  expect(terminals.list(workspaceId)).toHaveLength(61);
  await Promise.all(terminals.list(workspaceId).map((terminal) => terminals.close(terminal.terminalId)));
  expect(terminals.list(workspaceId)).toEqual([]);
});

const again = { kind: 'agent', worktree: 'again' } as const;

test('an agent that has ended starts again in its place', async () => {
  const opened = await terminals.open(shell('echo first; exit 3', again));
  await until(() => terminals.get(opened.terminalId).state.kind === 'exited', 'the end');
  const viewer = attach(terminals, opened);
  const second = await terminals.open(shell('echo second; exec sleep 1000', again));
  expect(second.terminalId).toBe(opened.terminalId);
  await viewer.until((seen) => seen.includes('second'));
  await until(() => terminals.get(opened.terminalId).state.kind === 'connected', 'the state');
  viewer.detach();
  await terminals.close(opened.terminalId);
});

test('a program killed by a signal tells 128 and its number', async () => {
  const opened = await terminals.open(shell('kill -9 $$'));
  const viewer = attach(terminals, opened);
  const end = { kind: 'exited', exitCode: 137 };
  await expect.poll(() => terminals.get(opened.terminalId).state, { timeout: 60_000 }).toEqual(end);
  // Whoever looks is told it too, though it may be known only after the end.
  await expect.poll(() => viewer.notices, { timeout: 60_000 }).toContainEqual(end);
  viewer.detach();
  await terminals.close(opened.terminalId);
});

test('the size changes for all who look, and the program is told', async () => {
  const opened = await terminals.open(shell(`trap 'stty size' WINCH; echo ready; while :; do sleep 0.05; done`));
  const one = attach(terminals, opened);
  // Before that the shell does not listen for the signal yet.
  await one.until((seen) => seen.includes('ready'));
  const two = attach(terminals, opened, { size: { cols: 100, rows: 30 } });
  await one.until((seen) => seen.includes('30 100'));
  await until(() => one.screen.cols === 100 && two.screen.cols === 100, 'the new size');
  await terminals.resize(opened.terminalId, { cols: 91, rows: 29 });
  await one.until((seen) => seen.includes('29 91'));
  await two.until((seen) => seen.includes('29 91'));
  expect([one.screen.cols, two.screen.rows, terminals.get(opened.terminalId).size]).toEqual([91, 29, { cols: 91, rows: 29 }]);
  expect(sizeSchema.safeParse({ cols: 1e9, rows: 24 }).success).toBe(false);
  await terminals.resize(opened.terminalId, { cols: 1000, rows: 500 });
  expect((await terminals.screen(opened.terminalId)).lines).toHaveLength(500);
  one.detach();
  two.detach();
  await terminals.close(opened.terminalId);
});

test('a hostile title and hostile output harm nobody', async () => {
  // The noise may hold the beginning of a DCS, which in tmux only ST ends, so that comes first after it.
  const hostile = String.raw`printf '\033]2;a|b#(touch /tmp/owned)#{pane_id}%%exit\u202e\033\\'; printf '%%exit\n%%begin 1 1 1\n\033Ptmux;x\033\\\033]52;c;?\007'; read -r; head -c 300000 /dev/urandom; printf '\033\\\033cOVER\n'; read -r; printf '\033]2;after\033\\'; exec cat`;
  const opened = await terminals.open(shell(hostile));
  const viewer = attach(terminals, opened);
  await until(
    () => terminals.get(opened.terminalId).title.includes('%exit'),
    'the title',
    () => JSON.stringify(terminals.get(opened.terminalId)),
  );
  expect(terminals.get(opened.terminalId).title).toBe('a|b#(touch /tmp/owned)#{pane_id}%exit');
  await terminals.send(opened.terminalId, '', true);
  await viewer.until((seen) => seen.includes('OVER'));
  await terminals.send(opened.terminalId, '', true);
  await until(() => terminals.get(opened.terminalId).title === 'after', 'the title after the noise');
  await terminals.send(opened.terminalId, 'still here', true);
  await viewer.until((seen) => seen.split('still here').length === 3);
  expect((await run('sh', '-c', 'ls /tmp/owned 2>/dev/null || echo none')).stdout.trim()).toBe('none');
  viewer.detach();
  await terminals.close(opened.terminalId);
});

test("a pane that claims another workspace's terminal is not believed", async () => {
  const own = await terminals.open(shell('exec sleep 1000'));
  const foreign = `000000${own.terminalId.slice(6)}`;
  const options = `set -p @forge-id ${foreign} ; set -p @forge-worktree main ; set -p @forge-kind shell ; set -p @forge-created 1`;
  await run('sh', '-c', `tmux -L forgehold new-window -t forgehold: sleep 1000 ';' ${options.replaceAll(' ; ', " ';' ")}`);
  const copy = options.replace(foreign, own.terminalId);
  await run('sh', '-c', `tmux -L forgehold new-window -t forgehold: sleep 1000 ';' ${copy.replaceAll(' ; ', " ';' ")}`);
  const other = await terminals.open(shell('exec sleep 1000'));
  expect(
    terminals
      .list()
      .map((terminal) => terminal.terminalId)
      .sort(),
  ).toEqual([own.terminalId, other.terminalId].sort());
  const start = performance.now();
  for (const terminal of [own, other]) await terminals.close(terminal.terminalId);
  // A copy does not take the place of the pane that is closed, for which close would wait in vain.
  expect(performance.now() - start).toBeLessThan(4_000);
  expect(terminals.list()).toEqual([]);
});

test('control clients that are killed are replaced, and whoever looks gets the screen again', async () => {
  const opened = await terminals.open(shell('echo ready; exec cat'));
  const viewer = attach(terminals, opened);
  await viewer.until((seen) => seen.includes('ready'));
  await run('sh', '-c', 'for p in $(tmux -L forgehold list-clients -F "#{client_pid}"); do kill -9 $p; done');
  await until(() => viewer.restores() >= 2, 'a new restore');
  await viewer.channel.write(Buffer.from('after\r'));
  await viewer.until((seen) => seen.split('after').length === 3);
  expect(terminals.get(opened.terminalId).state).toEqual({ kind: 'connected' });
  viewer.detach();
  await terminals.close(opened.terminalId);
});

/** What tmux does by itself to a client whose output has waited for longer than its pause-after. */
async function pauseByTmux(terminalId: string): Promise<void> {
  const pane = `$(tmux -L forgehold list-panes -s -F '#{pane_id} #{@forge-id}' | sed -n 's/ ${terminalId}//p')`;
  const clients = `$(tmux -L forgehold list-clients -F '#{client_name}')`;
  await run('sh', '-c', `p=${pane}; for c in ${clients}; do tmux -L forgehold refresh-client -t $c -A "$p:pause"; done`);
}

test.each(['foreground', 'background'])('output that tmux holds back from the %s client is made good by a restore', async (carrier) => {
  const opened = await terminals.open(shell('i=0; while :; do i=$((i + 1)); echo "tick $i"; sleep 0.02; done'));
  const focused = await terminals.open(shell('exec sleep 1000'));
  const viewer = attach(terminals, opened);
  await viewer.until((seen) => seen.includes('tick 2'));
  await terminals.focus(carrier === 'foreground' ? opened.terminalId : focused.terminalId);
  const restores = viewer.restores();
  await pauseByTmux(opened.terminalId);
  await until(() => viewer.restores() > restores, 'a restore');
  const seen = viewer.outputBytes();
  await until(() => viewer.outputBytes() > seen + 200, 'output after it');
  const ticks = [...viewer.text().matchAll(/tick (\d+)/g)].map((match) => Number(match[1]));
  expect(ticks).toEqual(ticks.map((_, index) => index + 1));
  viewer.detach();
  for (const terminal of [opened, focused]) await terminals.close(terminal.terminalId);
});

test('what tmux leaves out because one viewer holds up the stream is made good by a restore, for all viewers', async () => {
  const opened = await terminals.open(shell('read -r; n=0; while [ $n -lt 150 ]; do n=$((n + 1)); seq 1 5000; done; echo "the end"; exec cat'));
  const viewer = attach(terminals, opened, { scrollback: 2_000 });
  await until(() => viewer.restores() === 1, 'the restore');
  const clients = `tmux -L forgehold list-clients -F '#{client_name}'`;
  await run('sh', '-c', `for c in $(${clients}); do tmux -L forgehold refresh-client -t $c -f pause-after=1; done`);
  const hold = Promise.withResolvers<void>();
  const slow = attach(terminals, opened, { scrollback: 0, onOutput: () => hold.promise });
  await until(() => slow.restores() === 1, 'the restore of the slow one');
  await viewer.channel.write(Buffer.from('\r'));
  let before = 0;
  const isHeldUp = async (): Promise<boolean> => {
    before = viewer.outputBytes();
    await sleep(200);
    return before > 0 && viewer.outputBytes() === before;
  };
  await until(isHeldUp, 'the stream to be held up');
  // Mostly tmux does so itself; but it looks at its queue only when more output comes, and may find it empty then.
  await pauseByTmux(opened.terminalId);
  await viewer.until((seen) => seen.includes('the end'));
  hold.resolve();
  await slow.until((seen) => seen.includes('the end'));
  expect(viewer.restores()).toBeGreaterThan(1);
  for (const one of [viewer, slow]) one.detach();
  await run('sh', '-c', `for c in $(${clients}); do tmux -L forgehold refresh-client -t $c -f pause-after=15; done`);
  await terminals.close(opened.terminalId);
});

test('a tmux server that is killed takes its terminals with it, and the next open has a new one', async () => {
  const opened = await terminals.open(shell('exec sleep 1000'));
  const viewer = attach(terminals, opened);
  await until(() => viewer.restores() === 1, 'the restore');
  await run('tmux', '-L', 'forgehold', 'kill-server');
  const again = await terminals.open(shell('echo new; exec sleep 1000'));
  await until(async () => (await terminals.screen(again.terminalId)).lines[0] === 'new', 'the new one');
  expect(await viewer.done).toMatchObject({ code: 'terminal/not-found' });
  expect(() => terminals.get(opened.terminalId)).toThrow(/no such terminal/);
  await terminals.close(again.terminalId);
});

test('a tmux server that hangs holds up no other workspace, and its callers are told', async () => {
  const hung = await createTerminalBench();
  try {
    const both = await hung.start();
    await both.open(shell('exec sleep 1000'));
    await hung.engine.exec(hung.containerId, ['sh', '-c', 'kill -STOP $(tmux -L forgehold display-message -p "#{pid}")'], { user });
    const refused = both.open(shell('echo never')).catch((error: unknown) => error);
    const opened = await terminals.open(shell('echo works; exec sleep 1000'));
    await until(async () => (await terminals.screen(opened.terminalId)).lines[0] === 'works', 'the other workspace');
    expect(await refused).toMatchObject({ code: expect.stringMatching(/^terminal\//) as string });
    await terminals.close(opened.terminalId);
  } finally {
    await hung.cleanUp();
  }
});

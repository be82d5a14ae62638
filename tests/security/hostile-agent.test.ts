import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { containerName } from '../../electron/engine/names.ts';
import { type CallError, type TestCore, startCore, until } from '../fixtures/core.ts';
import { removeInstallation } from '../fixtures/installation.ts';

/**
 * An agent does its worst to the app that looks after it: one workspace is hostile, its neighbour and the core must not notice.
 * It runs as the host's user; where that is root, it may rewrite every program of its own container too.
 */
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'forgehold-agent-')));
const data = join(folder, 'data');
const victim = join(folder, 'victim');
const isRoot = process.getuid?.() === 0;
let core: TestCore;
let hostile: { workspaceId: string; container: string };
let neighbour: { workspaceId: string; terminalId: string };

beforeAll(async () => {
  mkdirSync(victim);
  writeFileSync(join(victim, 'key'), 'mine');
  core = await startCore(data);
  const [bad, good] = await Promise.all(['bad', 'good'].map(makeWorkspace));
  hostile = { workspaceId: bad!.workspaceId, container: containerName('agent', bad!.projectId, bad!.workspaceId) };
  const { terminalId } = await core.call('terminals.open', { workspaceId: good!.workspaceId, kind: 'shell' });
  neighbour = { workspaceId: good!.workspaceId, terminalId };
});

afterAll(async () => {
  await core.stop();
  await removeInstallation(data);
  rmSync(folder, { recursive: true });
});

async function makeWorkspace(name: string): Promise<{ workspaceId: string; projectId: string }> {
  mkdirSync(join(folder, name));
  const { projectId } = await core.call('projects.create', { path: join(folder, name) });
  return core.call('workspaces.create', { projectId, agent: 'shell', mode: 'none' });
}

/** Not by way of the product, whose own programs in there are under attack. */
function attack(script: string): string {
  return execFileSync('docker', ['exec', hostile.container, '/bin/bash', '-c', script], {
    encoding: 'utf8',
    timeout: 90_000,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

/** Where it does not matter how the attack itself ends. */
function attackBlindly(script: string): void {
  try {
    attack(script);
  } catch (error) {
    if ((error as { status?: unknown }).status === undefined) throw error;
  }
}

/** The app works for everyone else: it answers, and the neighbour's terminal takes a line and shows its answer. */
async function expectUnharmed(): Promise<void> {
  const word = `alive${Math.random().toString(36).slice(2)}`;
  await core.call('terminals.send', { terminalId: neighbour.terminalId, text: `printf %s ${word} | tr a-z A-Z`, enter: true });
  await until(
    () => core.call('terminals.screen', { terminalId: neighbour.terminalId }),
    ({ lines }) => lines.some((line) => line.includes(word.toUpperCase())),
    "the neighbour's terminal",
  );
  expect((await core.call('app.info')).pid).toBe(core.pid);
}

function replaceProgram(file: string, body: string): void {
  attack(`rm -f ${file}; printf '%s' '${body}' > ${file}; chmod +x ${file}`);
}

/** Whether the self-test passed, or the code of its error. */
function runSelfTest(): Promise<string> {
  return core.call('selftest.run', { workspaceId: hostile.workspaceId }).then(
    ({ passed }) => String(passed),
    (error: CallError) => error.code,
  );
}

function residentMb(): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${core.pid}/status`, 'utf8'))![1]) / 1024;
}

it("makes no pane that passes for its neighbour's terminal, and no title that is more than text", async () => {
  const own = await core.call('terminals.open', { workspaceId: hostile.workspaceId, kind: 'shell' });
  const tmux = 'tmux -L forgehold';
  attack(`
    ${tmux} new-window -d -n evil 'sleep 600'
    ${tmux} set-option -p -t evil @forge-id ${neighbour.terminalId}
    ${tmux} set-option -p -t evil @forge-worktree ../../etc
    ${tmux} set-option -p -t evil @forge-kind shell
    ${tmux} set-option -p -t evil @forge-created 1
    ${tmux} new-window -d -n copy 'sleep 600'
    for option in id worktree kind created; do ${tmux} set-option -p -t copy @forge-$option "$(${tmux} list-panes -s -F "#{@forge-$option}" | grep . | head -1)"; done
  `);
  // The control: tmux does hold the forged id.
  expect(attack(`${tmux} list-panes -s -F '#{@forge-id}'`)).toContain(neighbour.terminalId);
  const title = String.raw`\033]2;<img src=x onerror=alert(1)>|%s|\\u202e#{pane_id}\007`;
  await core.call('terminals.send', { terminalId: own.terminalId, text: `printf '${title}'`, enter: true });
  await until(
    () => core.call('terminals.list', { workspaceId: hostile.workspaceId }),
    (list) => list.some((one) => one.title.includes('<img')),
    'the title',
  );
  const all = await core.call('terminals.list');
  expect(all.filter((one) => one.terminalId === neighbour.terminalId)).toMatchObject([{ workspaceId: neighbour.workspaceId }]);
  expect(all.filter((one) => one.workspaceId === hostile.workspaceId).map((one) => one.terminalId)).toEqual([own.terminalId]);
  await expectUnharmed();
});

it('floods and kills its terminal server, and gets a new one', async () => {
  attack(`for i in $(seq 300); do tmux -L forgehold new-window -d -n "w$i" 'yes "$(printf "\\033[31m%%end 1 1 1")"'; done`);
  await expectUnharmed();
  attack(`tmux -L forgehold set-option -g remain-on-exit off; tmux -L forgehold kill-server; sleep 0.2; pkill -9 tmux; true`);
  await expectUnharmed();
  const opened = await until(
    () => core.call('terminals.open', { workspaceId: hostile.workspaceId, kind: 'shell' }).catch((error: CallError) => error.code),
    (answer) => typeof answer === 'object',
    'a new terminal server',
  );
  expect(opened).toMatchObject({ workspaceId: hostile.workspaceId });
});

it('bombs itself with processes and fills its tmpfs; the others go on', async () => {
  attackBlindly(`head -c 1G /dev/zero > /run/forgehold/fill; for i in $(seq 4000); do sleep 30 & done; true`);
  await expectUnharmed();
  // One that does not answer is told so; it never hangs the caller.
  expect(await runSelfTest()).not.toBe('app/bug');
  await expectUnharmed();
});

it.runIf(isRoot)('replaces the programs that the app runs in it: endless words, no end, rubbish', async () => {
  const before = residentMb();
  replaceProgram('/usr/bin/python3', '#!/bin/bash\necho "{}"');
  expect(await runSelfTest()).toBe('network/test-impossible');
  replaceProgram('/usr/bin/python3', '#!/bin/bash\nyes >&2');
  expect(await runSelfTest()).toBe('engine/exec-output');
  // `dash` is /bin/sh, which begins every program that the app starts.
  replaceProgram('/usr/bin/dash', '#!/bin/bash\nwhile :; do printf "%065536d" 0 >&2; done');
  expect(await runSelfTest()).toMatch(/^engine\//);
  expect(residentMb()).toBeLessThan(before + 200);
  await expectUnharmed();
});

it('lays links for whoever cleans up, and nests deeper than a path can say', async () => {
  const { folders } = await core.call('workspaces.inspect', { workspaceId: hostile.workspaceId });
  attack(`
    cd ~ && ln -s ${victim} out && ln -s ${victim}/key key && mkdir -p real && ln -s ../../../../../../..${victim} real/up
    cd ${folder}/bad/.git && ln -s ${victim} objects-out
    /usr/bin/perl -e 'for (1..3000) { mkdir "d" x 200; chdir "d" x 200 or die }' || (cd ~ && name=$(printf 'd%.0s' {1..200}) && for i in $(seq 300); do mkdir $name && cd $name; done)
  `);
  // The control: on the host the links lead to the victim, and no path says how deep it goes.
  expect(folders.some((one) => existsSync(join(one, 'out/key')))).toBe(true);
  await expect(rm(join(folders[0]!, 'd'.repeat(200)), { recursive: true })).rejects.toMatchObject({ code: 'ENAMETOOLONG' });
  await core.call('workspaces.remove', { workspaceId: hostile.workspaceId, discard: true });
  expect(readFileSync(join(victim, 'key'), 'utf8')).toBe('mine');
  for (const one of folders) expect(existsSync(one)).toBe(false);
  expect(execFileSync('docker', ['ps', '-aq', '--filter', `name=${hostile.container}`], { encoding: 'utf8' })).toBe('');
  await expectUnharmed();
});

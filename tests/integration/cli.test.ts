import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Workspace } from '../../shared/model/workspace.ts';
import { forgehold, type Ended } from '../fixtures/cli.ts';
import { makeDataFolder, removeDataFolder, startCore, type TestCore, until } from '../fixtures/core.ts';
import { removeInstallation } from '../fixtures/installation.ts';

/** The way of a person who lives in a terminal: the whole product, by its command line alone. */
const small = ['--agent', 'shell', '--memory', '512m', '--cpus', '0.5'];
const cli = join(import.meta.dirname, '../../electron/cli.ts');
let data: string;
let parent: string;
let folder: string;
let core: TestCore;

async function run(...words: string[]): Promise<Ended> {
  return forgehold(words, { data, cwd: folder });
}

async function good(...words: string[]): Promise<string> {
  const ended = await run(...words);
  if (ended.status !== 0) throw new Error(`forgehold ${words.join(' ')} ended with ${ended.status}: ${ended.stderr}${ended.stdout}`);
  return ended.stdout;
}

async function json<T>(...words: string[]): Promise<T> {
  return JSON.parse(await good(...words, '--json')) as T;
}

beforeAll(async () => {
  data = makeDataFolder();
  parent = realpathSync(mkdtempSync(join(tmpdir(), 'forgehold-projects-')));
  folder = join(parent, "meadow's \u001b[31mred\u202E tree");
  mkdirSync(folder);
  execFileSync('git', ['init', '-q', folder]);
  writeFileSync(join(folder, 'README.md'), '# Meadow\n');
  core = await startCore(data);
});
afterAll(async () => {
  // A test may have ended it, and started another in the background.
  const { pid } = JSON.parse((await run('status', '--json')).stdout || '{}') as { pid?: number };
  if (pid !== undefined) await run('quit');
  await core.stop();
  await removeInstallation(data);
  removeDataFolder(data);
  rmSync(parent, { recursive: true, force: true });
});

test('from a folder to a workspace and through its life, each by one command', async () => {
  expect(await good('project', 'add')).toContain(String.raw`\u{1b}[31mred\u{202e}`);
  const created = await run('workspace', 'create', '--name', 'one two', ...small);
  expect(created).toMatchObject({ status: 0, stdout: expect.stringContaining('is ready') });
  expect(created.stderr).toMatch(/› Raise the wall[^]*✓ Raise the wall[^]*✓ Test the wall from inside/);
  const [workspace] = await json<Workspace[]>('workspace', 'list');
  expect(workspace).toMatchObject({
    name: 'one two',
    agent: 'shell',
    limits: { cpus: 0.5, memoryMb: 512 },
    state: { kind: 'running' },
    wall: { kind: 'standing' },
  });
  // By name, by its beginning, by the folder one is in, by id.
  for (const name of ['one two', 'ONE', '.', workspace!.workspaceId])
    expect(await good('workspace', 'inspect', name)).toContain(`one two (${workspace!.workspaceId})`);

  expect(await good('domain', 'add', '*.example.com')).toContain('*.example.com');
  expect(await good('domain', 'list')).toContain('allowed');
  expect(await good('domain', 'mode', 'none')).toContain('none');
  expect(await good('selftest')).toContain('The wall stands.');
  expect(await good('workspace', 'rename', 'one', 'first')).toContain('first');
  expect(await good('workspace', 'plan', 'first', '--memory', '768m', '--mount', '/usr/share/doc')).toMatch(/recreation: .*mounts/);
  expect(await good('workspace', 'logs', 'first', '--gateway', '--tail', '5')).toBeDefined();
  expect(await good('disk', 'use')).toMatch(/first .*kB/);

  expect(await good('workspace', 'pause', 'first')).toContain('first is paused.');
  expect(await good('workspace', 'list')).toContain('paused');
  expect(await good('status')).toContain('0 of 1 workspaces run, 1 paused');
  await core.kill();
  core = await startCore(data);
  expect(await json('workspace', 'resume', '--all')).toMatchObject({ workspaces: [{ name: 'first', state: { kind: 'running' } }], failures: [] });
  expect(await good('workspace', 'resume', '--all')).toContain('No workspace is paused.');
  expect((await run('workspace', 'pause', 'first', '--all')).stderr).toContain('not both');

  await good('workspace', 'stop', 'first');
  expect(await good('workspace', 'list')).toContain('stopped');
  await good('workspace', 'start', 'first');
  await good('workspace', 'restart', 'first');
  expect(await json<Workspace[]>('workspace', 'list')).toMatchObject([{ name: 'first', mode: 'none', state: { kind: 'running' } }]);
});

type Listed = { readonly rules: readonly { readonly pattern: string; readonly preset?: string }[]; readonly blocked: readonly { readonly host: string }[] };

test('what is allowed comes from presets, answers, lists and learning, and is kept elsewhere', async () => {
  const listed = (): Promise<Listed> => json<Listed>('domain', 'list', 'first');
  const patterns = async (): Promise<string[]> => (await listed()).rules.map(({ pattern }) => pattern);
  await good('domain', 'mode', 'restricted', 'first');
  expect(await json('domain', 'preset', 'list', 'first')).toContainEqual(expect.objectContaining({ id: 'npm', on: false }));
  await good('domain', 'preset', 'on', 'npm', 'first');
  expect((await listed()).rules.filter(({ preset }) => preset === 'npm')).not.toEqual([]);
  await good('domain', 'preset', 'off', 'npm', 'first');
  expect((await listed()).rules.filter(({ preset }) => preset === 'npm')).toEqual([]);

  const id = (await good('terminal', 'open', 'first', '--shell')).trim();
  await good('terminal', 'send', id, 'curl http://asked.example/');
  await until(listed, ({ blocked }) => blocked.some(({ host }) => host === 'asked.example'), 'the blocked name');
  await good('terminal', 'close', id);
  expect(await good('domain', 'log', 'first', '--blocked')).toMatch(/asked\.example/);
  await good('domain', 'answer', 'asked.example', 'project', 'first');
  expect(await patterns()).toContain('asked.example');
  expect((await listed()).blocked.some(({ host }) => host === 'asked.example')).toBe(false);

  const kept = await good('domain', 'export', 'first');
  await good('domain', 'remove', 'asked.example', 'first', '--scope', 'project');
  expect(await patterns()).not.toContain('asked.example');
  const words = { data, cwd: folder, input: kept };
  expect((await forgehold(['domain', 'import', '-', 'first', '--dry-run'], words)).stdout).toContain('asked.example');
  expect(await patterns()).not.toContain('asked.example');
  expect(await forgehold(['domain', 'import', '-', 'first', '--scope', 'project'], words)).toMatchObject({ status: 0 });
  expect(await patterns()).toContain('asked.example');
  const lines = await forgehold(['domain', 'import', '-', 'first'], { data, cwd: folder, input: 'api.one.example\nhttp://\n' });
  expect(lines.status).toBe(1);
  expect(lines.stdout + lines.stderr).toContain('http://');
  expect(await patterns()).toContain('api.one.example');

  await good('domain', 'learn', 'start', 'first', '--for', '10m');
  expect(await json('domain', 'learn', 'review', 'first')).toMatchObject({ running: true });
  await good('domain', 'learn', 'discard', 'first');
  await good('domain', 'mode', 'none', 'first');
});

test('a terminal is opened, typed into, read and closed', async () => {
  const id = (await good('terminal', 'open', 'first', '--shell')).trim();
  await good('terminal', 'send', id, 'echo', 'typed $((40 + 2))');
  await until(
    () => good('terminal', 'screen', id),
    (screen) => screen.includes('typed 42'),
    'the answer of the shell',
  );
  const pasted = await forgehold(['terminal', 'send', 'first', '--paste'], { data, input: 'echo from $((1 + 1)) stdin' });
  expect(pasted.status).toBe(0);
  await until(
    () => good('terminal', 'screen', 'first'),
    (screen) => screen.includes('from 2 stdin'),
    'the answer to what was pasted',
  );
  expect(await good('terminal', 'list')).toContain(id);
  await good('terminal', 'close', id);
  expect(await good('terminal', 'list')).not.toContain(id);
});

test('Ctrl-C cancels a creation and leaves nothing', async () => {
  const before = await json<Workspace[]>('workspace', 'list');
  let interrupted = false;
  const ended = await forgehold(['workspace', 'create', '--name', 'doomed', ...small], {
    data,
    cwd: folder,
    onStderr(text, kill) {
      if (interrupted || !text.includes('› Raise the wall')) return;
      interrupted = true;
      kill('SIGINT');
    },
  });
  expect([ended.status, interrupted]).toEqual([130, true]);
  expect(ended.stderr).toContain('Cancelled');
  expect(await json<Workspace[]>('workspace', 'list')).toHaveLength(before.length);
  const installation = (await core.call('app.info')).installation;
  const containers = execFileSync(
    'docker',
    ['ps', '-aq', '--filter', `label=dev.forgehold.installation=${installation}`, '--filter', 'label=dev.forgehold.workspace'],
    { encoding: 'utf8' },
  );
  expect(containers.trim().split('\n')).toHaveLength(2 * before.length);
});

test('a removal says what goes, asks, and without an answer does nothing', async () => {
  await good('workspace', 'create', '--name', 'second', ...small);
  expect(await good('workspace', 'remove', 'second', '--dry-run')).toMatch(/container forge-agent-[^]*folder /);
  const unanswered = await run('workspace', 'remove', 'second');
  expect([unanswered.status, unanswered.stderr]).toEqual([5, expect.stringMatching(/container forge-agent-[^]*--yes/)]);
  expect(await good('workspace', 'list')).toContain('second');
  await good('workspace', 'remove', 'second', '--yes');
  expect(await good('workspace', 'list')).not.toContain('second');
});

test('"forgehold ." starts the core where none runs, finds the workspace of the folder and joins it; the key of the settings leaves it', async () => {
  await good('settings', 'set', 'disconnectKey', 'ctrl+x');
  await core.stop();
  expect((await run('status')).status).toBe(3);
  const words = `${process.execPath} --disable-warning=ExperimentalWarning ${cli} . --shell --data ${data}`;
  const child = spawn('script', ['-qfc', `stty rows 30 cols 100; ${words}; echo "status=$?"`, '/dev/null'], {
    cwd: folder,
    env: { ...process.env, SHELL: '/bin/sh', TERM: 'xterm-256color' },
  });
  const exited = once(child, 'exit');
  let text = '';
  child.stdout.on('data', (bytes: Buffer) => (text += bytes.toString()));
  const shows = (wanted: RegExp) =>
    until(
      () => text,
      (seen) => wanted.test(seen),
      String(wanted),
    );
  await shows(/in the background/);
  await shows(/[$#] /);
  child.stdin.write('echo joined $((40 + 2))\r');
  await shows(/joined 42/);
  // The usual key is a key like any other now.
  child.stdin.write('\u001c');
  child.stdin.write('echo still $((1 + 1)) here\r');
  await shows(/still 2 here/);
  child.stdin.write('\u0018');
  await shows(/status=0/);
  child.stdin.end();
  await exited;
  expect(await json<Workspace[]>('workspace', 'list')).toMatchObject([{ name: 'first', state: { kind: 'running' } }]);
  expect(await good('project', 'remove', '.', '--yes')).toContain('is removed');
  expect(await good('quit')).toContain('has ended');
  expect((await run('status')).status).toBe(3);
});

import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRouter } from '../../electron/ipc/router.ts';
import type { CallHandlers } from '../../electron/ipc/router.ts';
import { findSocketAddress } from '../../electron/ipc/socket-address.ts';
import { serveSocket, type SocketServer } from '../../electron/ipc/socket-transport.ts';
import { AppError } from '../../shared/errors.ts';
import type { Rule } from '../../shared/model/domain.ts';
import type { Snapshot } from '../../shared/model/snapshot.ts';
import type { Workspace } from '../../shared/model/workspace.ts';
import { forgehold, type Ended } from '../fixtures/cli.ts';
import { createSmallCore } from '../support/small-core.ts';

/** The command line against a core without an engine, whose names were chosen by an enemy of terminals. */
const evil = '\u001b]0;owned\u0007\u001b[2J\u202Eevil\u200B\r\nline\u009b31m\u2028';
const obeyed = /[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]/u;
const now = '2026-01-02T03:04:05.000Z';
const ids = { project: 'aaaaaaaaaaaa', workspace: 'bbbbbbbb', other: 'cccccccc', terminal: 'dddddddddddd' };
const size = { cols: 80, rows: 24 };
const workspace: Workspace = {
  workspaceId: ids.workspace,
  projectId: ids.project,
  name: evil,
  agent: 'shell',
  agentTitle: evil,
  mode: 'restricted',
  limits: { cpus: 1, memoryMb: 512, pidsLimit: 512 },
  state: { kind: 'stopped', reason: evil },
  wall: { kind: 'off' },
  rules: 1,
  pending: [],
  staleMounts: [],
  createdAt: now,
};
const engine = { kind: 'unreachable', endpoint: 'unix:///x', since: now, reason: evil } as const;
const snapshot: Snapshot = {
  seq: 1,
  engine,
  engines: [],
  preparation: [],
  agents: [{ agent: 'codex', title: evil, version: '1', installed: true, keyName: 'OPENAI_API_KEY', keyPresent: false, domains: [] }],
  projects: [
    {
      projectId: ids.project,
      kind: 'folder',
      path: `/tmp/${evil}`,
      name: evil,
      engine: 'default',
      preset: {},
      git: true,
      present: false,
      createdAt: now,
      usedAt: now,
    },
  ],
  workspaces: [workspace, { ...workspace, workspaceId: ids.other, name: 'plain' }],
  terminals: [
    { terminalId: ids.terminal, workspaceId: ids.workspace, worktree: 'main', kind: 'shell', title: evil, state: { kind: 'background' }, size, createdAt: now },
  ],
  blocked: [],
};
const rule: Rule = {
  ...{ id: '0123456789ab', verdict: 'allow', pattern: evil, ports: [], allowPrivate: false, quiet: false, scope: 'workspace', workspaceId: ids.workspace },
  ...{ note: evil, addedBy: 'user', addedAt: now },
};
const counts = { requests: 1, bytesUp: 0, bytesDown: 0 };
const learned = { ...counts, pattern: evil, ports: [], hosts: [evil], program: evil, covered: false, proposed: true, needsPrivate: false };
const decision = { seq: 1, workspaceId: ids.workspace, time: now, host: evil, port: 443, protocol: 'tls', verdict: 'blocked', reason: 'not-listed' } as const;
const keys: string[] = [];
const removal = {
  workspaces: [{ workspaceId: ids.workspace, name: evil, containers: ['c'], networks: [], volumes: [], folders: [{ path: evil }], runningTerminals: 1 }],
  work: [{ workspaceId: ids.workspace, kind: 'unpushed' as const, worktree: 'main', branch: evil, commits: [{ id: 'abc', subject: evil }], files: [evil] }],
  keeps: [evil],
};
let removed = 0;

const calls: Partial<CallHandlers> = {
  'app.snapshot': () => snapshot,
  'domains.list': () => ({ rules: [rule], blocked: [{ host: evil, port: 443, reason: 'not-listed', tries: 2, firstAt: now, lastAt: now, program: evil }] }),
  'domains.all': () => [rule],
  'domains.learned': () => ({ since: now, until: now, running: false, learned: [learned] }),
  'domains.presets': () => [{ id: 'npm', title: 'npm', kind: 'packages', domains: [evil], on: false, because: evil }],
  'domains.import': () => ({ format: evil, rules: [rule], refused: [{ line: 1, text: evil, reason: evil }] }),
  'domains.decisions': () => [decision],
  'terminals.screen': () => ({ terminalId: ids.terminal, lines: ['$ ls', evil], cursor: { x: 0, y: 0, visible: true }, size }),
  'workspaces.removal': () => removal,
  'workspaces.remove': () => {
    removed += 1;
    return {};
  },
  'workspaces.start': () => {
    throw new AppError('workspace/failed', `It did not start: ${evil}`);
  },
  'agents.setKey': ({ apiKey }) => {
    keys.push(apiKey ?? 'forgotten');
    return { kept: 'memory', keychain: { kind: 'absent', title: 'no keychain', why: evil } };
  },
  'doctor.run': () => [{ id: 'disk', group: 'computer', title: 'Disk', state: 'bad', found: evil, why: evil, fix: { id: 'disk/x', label: evil } }],
};

let data: string;
let server: SocketServer;

beforeAll(async () => {
  data = realpathSync(mkdtempSync(join(tmpdir(), 'forgehold-cli-')));
  const core = createSmallCore(data, {
    calls,
    streams: { 'workspaces.logs': (_, channel) => channel.write(Buffer.concat([Buffer.of(1), Buffer.from(`${evil}\n`)])) },
  });
  const router = createRouter({
    calls: core.calls as CallHandlers,
    streams: core.streams,
    onBug: (where, error) => console.error(where, error),
    checkOutputs: true,
  });
  server = await serveSocket(findSocketAddress(data), router.serve);
});
afterAll(async () => {
  await server.close();
  rmSync(data, { recursive: true, force: true });
});

function run(...words: string[]): Promise<Ended> {
  return forgehold(words, { data });
}

test.each([
  ['status'],
  ['project list'],
  ['workspace list'],
  ['terminal list'],
  ['agent list'],
  [`domain list ${ids.workspace}`],
  [`domain log ${ids.workspace}`],
  ['domain log --all'],
  ['domain all'],
  [`domain learn review ${ids.workspace}`],
  ['domain preset list --global'],
  ['domain import package.json --scope global'],
  [`terminal screen ${ids.terminal}`],
  [`workspace remove ${ids.workspace} --dry-run`],
  [`workspace start ${ids.workspace}`],
  ['workspace start nothing-of-this-name'],
  ['doctor'],
])('%s shows no name, title or host raw, not in an error either', async (words) => {
  const text = await run(...words.split(' '));
  for (const output of [text.stdout, text.stderr]) expect(output.replaceAll('\n', '')).not.toMatch(obeyed);
  expect(text.stdout + text.stderr).not.toBe('');
});

test('JSON for a terminal holds none of it either, and means what was said', async () => {
  const [list, error] = await Promise.all([run('workspace', 'list', '--json'), run('workspace', 'start', ids.workspace, '--json')]);
  for (const { stdout } of [list, error]) expect(stdout.replaceAll('\n', '')).not.toMatch(obeyed);
  expect(JSON.parse(list.stdout)).toEqual(snapshot.workspaces);
  expect(JSON.parse(error.stdout)).toEqual({ error: { code: 'workspace/failed', message: `It did not start: ${evil}`, details: {} } });
});

test('a log goes into a pipe as it is, byte for byte', async () => {
  expect((await run('workspace', 'logs', ids.workspace)).stdout).toBe(`${evil}\n`);
});

async function status(...words: string[]): Promise<number | null> {
  return (await run(...words)).status;
}

test('the exit status tells kinds of failure apart', async () => {
  const ends = await Promise.all([
    status('status'),
    status('workspace', 'start', 'plain'),
    status('workspace', 'stop', '.'),
    status('nonsense'),
    status('workspace', 'list', '--nonsense'),
    status('terminal', 'attach', ids.terminal, '--leave-key', 'F1'),
    status('workspace', 'start', 'nobody'),
    status('workspace', 'remove', ids.workspace),
    status('workspace', 'remove', ids.workspace, '--discard'),
    status('doctor'),
  ]);
  expect(ends).toEqual([0, 1, 4, 2, 2, 2, 4, 5, 5, 1]);
  expect((await forgehold(['status'], { data: join(data, 'nowhere') })).status).toBe(3);
  expect((await forgehold(['call', 'app.info'], { data: join(data, 'nowhere') })).stderr).toBe('');
});

test('work that lies nowhere else is named before a removal, which needs --discard and --yes', async () => {
  const asked = await run('workspace', 'remove', ids.workspace, '--yes');
  expect([asked.status, removed]).toEqual([5, 0]);
  expect(asked.stderr).toContain('--discard');
  const json = await run('workspace', 'remove', ids.workspace, '--yes', '--json');
  expect(JSON.parse(json.stdout)).toMatchObject({ error: { code: 'cli/needs-discard', details: { work: [{ commits: [{ id: 'abc' }] }] } } });
  expect((await run('workspace', 'remove', ids.workspace, '--yes', '--discard')).status).toBe(0);
  expect(removed).toBe(1);
});

test('a key is read from standard input or the environment, and refused in the command line', async () => {
  expect((await forgehold(['agent', 'key', 'codex'], { data, input: 'sk-from-stdin\n' })).status).toBe(0);
  expect((await run('agent', 'key', 'codex', '--forget')).status).toBe(0);
  expect((await run('agent', 'key', 'codex')).status).toBe(2);
  expect(keys).toEqual(['sk-from-stdin', 'forgotten']);
  const inArgv = await run('workspace', 'plan', ids.workspace, '--env', 'OPENAI_API_KEY=sk-visible');
  expect([inArgv.status, inArgv.stderr]).toEqual([2, expect.stringContaining('forgehold agent key')]);
  expect(inArgv.stderr + inArgv.stdout).not.toContain('sk-visible');
});

test('bash completes commands, flags and the names of what there is, live from the core', async () => {
  const bin = mkdtempSync(join(tmpdir(), 'forgehold-bin-'));
  const program = join(bin, 'forgehold');
  // The data folder is that of the test whatever is completed.
  const cli = join(import.meta.dirname, '../../electron/cli.ts');
  writeFileSync(
    program,
    `#!/bin/sh\nif [ "$1" = __complete ]; then shift; set -- __complete --data '${data}' "$@"; fi\nexec '${process.execPath}' --disable-warning=ExperimentalWarning '${cli}' "$@"\n`,
  );
  chmodSync(program, 0o755);
  const script = `source <(forgehold completion bash)
    try() { COMP_WORDS=(forgehold "$@"); COMP_CWORD=$#; _forgehold; printf '%s|' "\${COMPREPLY[@]}"; echo; }
    try work; try workspace stop ""; try terminal attach ""; try workspace create --mem; try agent key c`;
  try {
    const { stdout } = await promisify(execFile)('bash', ['-c', script], { env: { ...process.env, PATH: `${bin}:${process.env['PATH']}` } });
    expect(stdout.trim().split('\n')).toEqual(['workspace|', `${ids.workspace}|plain|`, `${ids.terminal}|`, '--memory|', 'codex|']);
  } finally {
    rmSync(bin, { recursive: true, force: true });
  }
});

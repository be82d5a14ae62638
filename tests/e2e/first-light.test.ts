import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { containerName } from '../../electron/engine/names.ts';
import type { Terminal } from '../../shared/model/terminal.ts';
import type { Workspace } from '../../shared/model/workspace.ts';
import { type TestCore, until } from '../fixtures/core.ts';
import { answerTo } from '../fixtures/fake-api/answer.ts';
import type { FakeApi } from '../fixtures/fake-api/start.ts';
import { startWholeCore, type WholeCore } from '../fixtures/whole-core.ts';

/** From a folder to an agent at work behind its wall, by the command line alone: each call is a process of its own. */

const canary = 'sk-ant-canary-0c9a1f0e77b24d6f';
let whole: WholeCore;
let api: FakeApi;
let workspace: Workspace;
let agent: Terminal;

const call: TestCore['call'] = (name, input) => whole.core().call(name, input);

async function screenOf({ terminalId }: Terminal): Promise<string> {
  return (await call('terminals.screen', { terminalId })).lines.join('\n').trimEnd();
}

function waitForScreen(terminal: Terminal, text: string, what: string): Promise<string> {
  return until(
    () => screenOf(terminal),
    (screen) => screen.includes(text),
    what,
  );
}

beforeAll(async () => {
  whole = await startWholeCore();
});
afterAll(() => whole?.cleanUp());

test('a folder becomes a project, and a workspace that is ready has a proven wall', { timeout: 600_000 }, async () => {
  const project = await call('projects.create', { path: whole.repository });
  expect(project).toMatchObject({ path: whole.repository, name: 'orchard-api', git: true });
  workspace = await call('workspaces.create', {
    projectId: project.projectId,
    agent: 'claude-code',
    skipPermissions: true,
    env: { ANTHROPIC_BASE_URL: 'http://api.fake-model.example', ANTHROPIC_API_KEY: canary },
  });
  expect(workspace).toMatchObject({ state: { kind: 'running' }, wall: { kind: 'standing' }, mode: 'restricted' });
  api = await whole.startModelApis();
});

test('the real Claude Code answers a prompt through the gateway, and its transcript lies in the place of its workspace', async () => {
  const { workspaceId } = workspace;
  await call('domains.add', { workspaceId, pattern: api.name, allowPrivate: true });
  agent = await call('terminals.open', { workspaceId, kind: 'agent' });
  await waitForScreen(agent, 'Claude Code', 'the TUI of Claude Code');
  await call('terminals.send', { terminalId: agent.terminalId, text: 'How many pears are in the orchard?', enter: true });
  await waitForScreen(agent, answerTo('How many pears are in the orchard?'), 'the answer of the model');

  const { folders } = await call('workspaces.inspect', { workspaceId });
  const transcripts = join(
    folders.find((folder) => folder.endsWith('/home'))!,
    '.claude/projects',
    whole.repository.replaceAll(/[^A-Za-z0-9]/g, '-'),
  );
  // It is written some time after the answer is seen.
  const written = (): string[] => readdirSync(transcripts).filter((name) => name.endsWith('.jsonl'));
  await expect
    .poll(() => written().map((name) => readFileSync(join(transcripts, name), 'utf8')), { timeout: 20_000 })
    .toEqual([expect.stringContaining('How many pears')]);

  const decisions = await call('domains.decisions', { workspaceId, verdict: 'allowed' });
  expect(decisions.map(({ host, reason }) => ({ host, reason }))).toContainEqual({ host: api.name, reason: 'rule' });
  expect((await api.requests()).some(({ headers }) => headers['x-api-key'] === canary)).toBe(true);
});

test('the agent goes on while its core is killed, and the next core finds the same terminal', async () => {
  const { terminalId } = agent;
  await call('terminals.send', { terminalId, text: 'Please stream 200 lines about pears', enter: true });
  // Any line: on a busy machine one of them may have scrolled by between two looks.
  const middle = await until(
    () => screenOf(agent),
    (screen) => /line \d+ of 200/.test(screen),
    'an agent in the middle of its output',
  );
  expect(middle).not.toContain(answerTo('Please stream 200 lines about pears'));
  await whole.crash();

  const found = await until(
    () => call('terminals.list', { workspaceId: workspace.workspaceId }),
    (terminals) => terminals.some((terminal) => terminal.terminalId === terminalId && terminal.state.kind === 'background'),
    'the terminal under the new core',
  );
  expect(found).toHaveLength(1);
  await waitForScreen(agent, answerTo('Please stream 200 lines about pears'), 'the end of what the agent was saying');
  expect(await call('workspaces.list')).toMatchObject([{ workspaceId: workspace.workspaceId, state: { kind: 'running' }, wall: { kind: 'standing' } }]);
});

test('a stopped workspace starts when a terminal is asked of it, and the agent resumes its session', async () => {
  const { workspaceId } = workspace;
  expect(await call('workspaces.stop', { workspaceId })).toMatchObject({ state: { kind: 'stopped' }, wall: { kind: 'off' } });
  // The core was killed since: the key that it had in memory is gone, and has to be given again.
  await call('agents.setKey', { agent: 'claude-code', apiKey: canary });
  agent = await call('terminals.open', { workspaceId, kind: 'agent' });
  await waitForScreen(agent, answerTo('Please stream 200 lines about pears'), 'the resumed conversation');
  await call('terminals.send', { terminalId: agent.terminalId, text: 'And how many plums?', enter: true });
  await waitForScreen(agent, answerTo('And how many plums?'), 'an answer in the resumed session');
});

test('the real Codex answers as well, in a workspace of its own beside the first', async () => {
  const { workspaceId } = await call('workspaces.create', {
    projectId: workspace.projectId,
    agent: 'codex',
    skipPermissions: true,
    env: { OPENAI_BASE_URL: `http://${api.name}/v1`, OPENAI_API_KEY: canary },
  });
  await call('domains.add', { workspaceId, pattern: api.name, allowPrivate: true });
  const codex = await call('terminals.open', { workspaceId, kind: 'agent' });
  await waitForScreen(codex, 'Codex', 'the TUI of Codex');
  await call('terminals.send', { terminalId: codex.terminalId, text: 'Name one plum', enter: true });
  expect(await waitForScreen(codex, answerTo('Name one plum'), 'the answer of the model')).toContain('Name one plum');
});

test('no engine, no log and no file of the host knows the key', async () => {
  const { workspaceId } = workspace;
  const { containers } = await call('workspaces.inspect', { workspaceId });
  const inspected = execFileSync('docker', ['inspect', ...containers.map(({ id }) => id)], { encoding: 'utf8' });
  expect(inspected).toContain('ANTHROPIC_BASE_URL');
  expect(inspected).not.toContain(canary);
  for (const { id } of containers) expect(execFileSync('docker', ['logs', id], { encoding: 'utf8' })).not.toContain(canary);
  expect(JSON.stringify(await call('app.snapshot'))).not.toContain(canary);
  expect(
    execFileSync('ps', ['axww', '-o', 'args'], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.includes(canary)),
  ).toEqual([]);
  const holders = spawnSync('grep', ['-rlF', canary, whole.core().data], { encoding: 'utf8' });
  expect(holders.stdout).toBe('');
  // The control: it is where it belongs, and readable by the agent alone.
  const agentContainer = containers.find(({ role }) => role === 'agent')!;
  const { stdout } = await whole.engine.exec(agentContainer.id, [
    'sh',
    '-c',
    'cat /run/forgehold/keys/claude-code; stat -c %a /run/forgehold/keys/claude-code',
  ]);
  expect(stdout).toBe(`${canary}400\n`);
});

test('what runs without a wall runs nowhere: with its gateway gone nothing gets out', async () => {
  const { workspaceId, projectId } = workspace;
  const shell = await call('terminals.open', { workspaceId, kind: 'shell' });
  await call('terminals.send', { terminalId: shell.terminalId, text: `node -p "'node-' + (40 + 2)"`, enter: true });
  await waitForScreen(shell, 'node-42', 'Node in a shell');

  const agentContainer = containerName('agent', projectId, workspaceId);
  const ask = async (): Promise<number> => (await whole.engine.exec(agentContainer, ['curl', '-sS', '-m', '5', `http://${api.name}/v1/models`])).exitCode;
  expect(await ask()).toBe(0);
  // The core would put the gateway back within the second; a core that hangs does not.
  process.kill(whole.core().pid, 'SIGSTOP');
  try {
    await whole.engine.stopContainer(containerName('gateway', projectId, workspaceId), 0);
    expect(await ask()).not.toBe(0);
  } finally {
    process.kill(whole.core().pid, 'SIGCONT');
  }
});

test('a workspace that is removed leaves nothing in the engine, and the folder as it was', async () => {
  const { workspaceId, projectId } = workspace;
  await call('projects.remove', { projectId, discard: true });
  expect(await call('workspaces.list')).toEqual([]);
  expect(await whole.engine.listContainers({ workspaceId })).toEqual([]);
  expect(await whole.engine.listNetworks({ workspaceId })).toEqual([]);
  expect(await whole.engine.listVolumes({ workspaceId })).toEqual([]);
  expect(readFileSync(join(whole.repository, 'README.md'), 'utf8')).toBe('# Orchard\n');
});

test('errors say what to do, with exit status 1', async () => {
  await expect(call('workspaces.inspect', { workspaceId: '00000000' })).rejects.toMatchObject({ code: 'workspace/unknown' });
  await expect(call('projects.create', { path: '/nowhere/at/all' })).rejects.toMatchObject({ code: 'project/not-found' });
  await expect(call('workspaces.create', { projectId: 'nonsense', agent: 'shell' })).rejects.toMatchObject({ code: 'contract/invalid-input' });
});

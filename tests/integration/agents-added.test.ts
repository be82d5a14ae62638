import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallInput } from '../../shared/contract/index.ts';
import { until } from '../fixtures/core.ts';
import { createLiveWorkspace, type LiveWorkspace } from '../fixtures/live-workspace.ts';

/** A small program without dependencies, as it lies in the registry. */
const fromNpm: CallInput<'agents.define'> = {
  agent: 'counter',
  title: 'Counter',
  program: { kind: 'npm', package: 'semver', version: '7.7.3', executable: 'bin/semver.js' },
  arguments: { always: ['1.2.3'], model: ['--preid', '{model}'], skipPermissions: ['--increment'] },
};

/** A shell stands for an agent of the image: it shows how it was started, and what it knows. */
const script = 'echo "flags $- key $MINE_KEY second $MINE_SECOND"; exec sleep infinity';
const inImage: CallInput<'agents.define'> = {
  agent: 'mine',
  title: 'Mine',
  program: { kind: 'image', executable: 'sh' },
  arguments: { always: ['-c', script], resume: ['-u'], fork: ['-f'] },
  keyNames: ['MINE_KEY', 'MINE_SECOND'],
  domains: ['*.example.org'],
  environment: { MINE_MODE: 'quiet' },
};

let live: LiveWorkspace;

beforeAll(async () => {
  live = await createLiveWorkspace();
});
afterAll(() => live.end());

async function screenOf(terminalId: string, text: RegExp | string): Promise<string> {
  const screen = await until(
    async () => (await live.core.call('terminals.screen', { terminalId })).lines.join('\n'),
    (lines) => (typeof text === 'string' ? lines.includes(text) : text.test(lines)),
    `the screen to show ${String(text)}`,
  );
  return screen;
}

async function openAgent(workspaceId: string, session: 'resume' | 'fork' | 'new' = 'resume'): Promise<string> {
  return (await live.core.call('terminals.open', { workspaceId, kind: 'agent', session, size: { cols: 100, rows: 100 } })).terminalId;
}

function inside(line: string): string {
  return execFileSync('docker', ['exec', '-u', `${process.getuid!()}:${process.getgid!()}`, live.container, 'bash', '-lc', line])
    .toString()
    .trim();
}

describe('an agent type that the user added', () => {
  it('comes from npm, pinned when it is defined, and runs in the version its workspace asks for', async () => {
    const { core, projectId } = live;
    const agent = await core.call('agents.define', fromNpm);
    expect(agent).toMatchObject({ agent: 'counter', title: 'Counter', version: '7.7.3', installed: false });
    const usual = await core.call('workspaces.create', { projectId, agent: 'counter', skipPermissions: true });
    expect(usual).toMatchObject({ name: 'Counter', agentTitle: 'Counter' });
    await screenOf(await openAgent(usual.workspaceId), '1.2.4');
    const older = await core.call('workspaces.create', { projectId, agent: 'counter', agentVersion: '7.6.3', extraArguments: ['--help'] });
    await screenOf(await openAgent(older.workspaceId), 'SemVer 7.6.3');
    expect((await core.call('agents.list')).find((item) => item.agent === 'counter')).toMatchObject({ installed: true, version: '7.7.3' });
  });

  it('says which version does not exist, and leaves nothing of such a workspace in the engine', async () => {
    const { core, projectId } = live;
    const asked = core.call('workspaces.create', { projectId, agent: 'counter', name: 'never', agentVersion: '99.0.0' });
    await expect(asked).rejects.toMatchObject({ code: 'tools/unknown-version', message: expect.stringContaining('99.0.0 of semver') as string });
    const { workspaceId } = (await core.call('workspaces.list')).find(({ name }) => name === 'never')!;
    expect((await core.call('workspaces.inspect', { workspaceId })).containers).toEqual([]);
    await core.call('workspaces.remove', { workspaceId });
  });

  it('lies in the image, gets each of its keys by name, and goes on, forks or begins as it is told', async () => {
    const { core, projectId } = live;
    await core.call('agents.define', inImage);
    await core.call('agents.setKey', { agent: 'mine', apiKey: 'first-key' });
    await core.call('agents.setKey', { agent: 'mine', name: 'MINE_SECOND', apiKey: 'second-key' });
    const { workspaceId } = await core.call('workspaces.create', { projectId, agent: 'mine' });
    expect((await core.call('domains.list', { workspaceId })).rules.map(({ pattern }) => pattern)).toEqual(['*.example.org']);
    const first = await openAgent(workspaceId);
    expect(await screenOf(first, 'flags')).toMatch(/flags \w* key first-key second second-key/);
    expect(await screenOf(first, 'flags')).not.toMatch(/flags \w*[uf]/);
    expect(await openAgent(workspaceId)).toBe(first);
    const fork = await openAgent(workspaceId, 'fork');
    expect(fork).not.toBe(first);
    expect(await screenOf(fork, 'flags')).toMatch(/flags \w*f/);
    await core.call('terminals.close', { terminalId: first });
    await core.call('terminals.close', { terminalId: fork });
    expect(await screenOf(await openAgent(workspaceId), 'flags')).toMatch(/flags \w*u/);
    const { containers } = await core.call('workspaces.inspect', { workspaceId });
    const seen = execFileSync('docker', ['inspect', ...containers.map(({ id }) => id)]).toString();
    expect(seen).toContain('MINE_MODE=quiet');
    expect(seen).not.toMatch(/first-key|second-key/);
  });

  it('stays when the core ends, and while a workspace has it', async () => {
    await live.restart();
    const { core } = live;
    expect((await core.call('agents.definitions')).map(({ agent }) => agent)).toEqual(['counter', 'mine']);
    await expect(core.call('agents.forget', { agent: 'mine' })).rejects.toMatchObject({
      code: 'agents/in-use',
      message: expect.stringContaining('Mine') as string,
    });
    const mine = (await core.call('workspaces.list')).find(({ agent }) => agent === 'mine')!;
    await core.call('workspaces.remove', { workspaceId: mine.workspaceId });
    await core.call('agents.forget', { agent: 'mine' });
    expect((await core.call('agents.list')).map(({ agent }) => agent)).not.toContain('mine');
    await expect(core.call('workspaces.create', { projectId: live.projectId, agent: 'mine' })).rejects.toMatchObject({ code: 'agents/unknown' });
  });

  it('leaves a version that no workspace has any more to be reclaimed, and no other', async () => {
    const { core } = live;
    async function spare(): Promise<string[]> {
      return (await core.call('disk.use')).reclaimable.flatMap(({ id }) => (id.startsWith('tools/') ? [id] : []));
    }
    expect(await spare()).toEqual([]);
    const older = (await core.call('workspaces.list')).find(({ name }) => name === 'Counter 2')!;
    await core.call('workspaces.remove', { workspaceId: older.workspaceId });
    const [found, ...others] = await spare();
    expect(found).toMatch(/^tools\/counter\/7\.6\.3-/);
    expect(others).toEqual([]);
    await core.call('disk.reclaim', { ids: [found!] });
    expect(await spare()).toEqual([]);
  });

  it('is refused when it takes a built-in name, when its package needs others, and when there is no such version', async () => {
    const { core } = live;
    await expect(core.call('agents.define', { ...fromNpm, agent: 'codex' })).rejects.toMatchObject({ code: 'agents/built-in' });
    await expect(core.call('agents.forget', { agent: 'codex' })).rejects.toMatchObject({ code: 'agents/built-in' });
    const terser = { kind: 'npm', package: 'terser', version: '5.44.0', executable: 'bin/terser' } as const;
    await expect(core.call('agents.define', { ...fromNpm, program: terser })).rejects.toMatchObject({
      code: 'agents/needs-dependencies',
      message: expect.stringContaining('acorn') as string,
    });
    const absent = { ...fromNpm.program, version: '99.0.0' };
    await expect(core.call('agents.define', { ...fromNpm, program: absent })).rejects.toMatchObject({ code: 'tools/unknown-version' });
  });
});

describe('npm in a workspace', () => {
  it('is there with npx, installs for all into the home, and is told by the wall what it may not reach', () => {
    expect(inside('npm --version && npx --version')).toMatch(/^(\d+\.\d+\.\d+)\n\1$/);
    expect(inside('npm config get prefix')).toBe('/home/agent/.local');
    const made = JSON.stringify({ name: 'made-here', version: '1.2.3', bin: 'index.js' });
    expect(inside('mkdir -p ~/made ~/user && cd ~/user && npm init -y >/dev/null && cat package.json')).toContain('"name": "user"');
    inside(`cd ~/made && printf '%s' '${made}' > package.json && printf '#!/usr/bin/env node\\nconsole.log("made here")\\n' > index.js && npm pack --silent`);
    expect(inside('npm install --silent --offline --global ~/made/made-here-1.2.3.tgz && made-here && command -v made-here')).toBe(
      'made here\n/home/agent/.local/bin/made-here',
    );
    expect(inside('cd ~/user && npm view semver version --fetch-retries=0 2>&1; true')).toMatch(/403|Blocked by Forgehold/);
  });
});

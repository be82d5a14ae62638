import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attachToCore } from '../../electron/ipc/attach.ts';
import { type AgentWorld, createAgentWorld, run, screenWith, startTui, type TestAgent, typeLine } from '../fixtures/agent-container.ts';
import type { TestCore } from '../fixtures/core.ts';
import { answerTo } from '../fixtures/fake-api/answer.ts';
import { makeSession, type TestSession } from '../fixtures/keychain.ts';
import { createLiveWorkspace, type LiveWorkspace } from '../fixtures/live-workspace.ts';

const execute = promisify(execFile);
const big = { maxBuffer: 256 * 1024 * 1024 };
const canaries: Readonly<Record<'claude-code' | 'codex', string>> = {
  'claude-code': `sk-ant-canary-${randomBytes(12).toString('hex')}`,
  codex: `sk-canary-${randomBytes(12).toString('hex')}`,
};
const environment: Record<string, string | undefined> = { ANTHROPIC_API_KEY: canaries['claude-code'], OPENAI_API_KEY: canaries.codex, KEPT: 'kept' };
let world: AgentWorld;

beforeAll(async () => {
  world = await createAgentWorld(environment);
});
afterAll(() => world.end());

it('takes the keys out of the environment that children inherit', () => {
  expect(environment).toEqual({ KEPT: 'kept' });
});

describe.each([
  { agent: 'claude-code' as const, ready: 'bypass permissions on', base: (name: string) => ({ ANTHROPIC_BASE_URL: `http://${name}` }) },
  { agent: 'codex' as const, ready: 'Ask Codex', base: (name: string) => ({ OPENAI_BASE_URL: `http://${name}/v1` }) },
])('the API key of $agent, while it is used', ({ agent: type, ready, base }) => {
  const canary = canaries[type];
  let agent: TestAgent;

  beforeAll(async () => {
    agent = await world.startAgent(type, base(world.api.name));
    await startTui(world, agent, 'first', 'new');
    await screenWith(world, agent, 'first', ready);
    await typeLine(world, agent, 'first', 'Tell me the word');
    await screenWith(world, agent, 'first', answerTo('Tell me the word'));
  });

  it('reached the model (the control of all that follows)', async () => {
    const requests = await world.api.requests();
    expect(requests.some((request) => JSON.stringify(request.headers).includes(canary))).toBe(true);
  });

  it('lies in a tmpfs, for the agent alone', async () => {
    const file = `/run/forgehold/keys/${type}`;
    expect(await run(world, agent, ['cat', file])).toBe(canary);
    expect(await run(world, agent, ['stat', '-c', '%a %u:%g', file])).toBe(`400 ${agent.user}\n`);
    expect(await run(world, agent, ['stat', '-f', '-c', '%T', file])).toBe('tmpfs\n');
  });

  it('is in nothing that the engine tells of its containers', async () => {
    const { stdout } = await execute('docker', ['inspect', agent.containerId], big);
    expect(stdout).toContain(world.api.name);
    expect(stdout).not.toContain(canary);
    const logs = await world.engine.logs(agent.containerId);
    const said = await Promise.all([text(logs.stdout), text(logs.stderr)]);
    expect(said.join()).not.toContain(canary);
  });

  it('is in no argument and no environment of a process, in the container or on the host', async () => {
    const inside = await run(world, agent, ['sh', '-c', 'cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr "\\0" "\\n"; :']);
    expect(inside).toContain('forge-agent');
    expect(inside).toContain('BASE_URL=');
    expect(inside).not.toContain(canary);
    const host = await Promise.all(
      (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).flatMap((pid) => ['cmdline', 'environ'].map((kind) => readIfThere(`/proc/${pid}/${kind}`))),
    );
    expect(host.join('\n')).toContain('forge-agent');
    expect(host.join('\n')).not.toContain(canary);
  });

  it('is in no file on the host: home folder, project, downloads', async () => {
    const folder = path.dirname(agent.homeFolder);
    const control = await execute('grep', ['-rlF', answerTo('Tell me the word'), folder], big);
    expect(control.stdout).toContain(agent.homeFolder);
    await expect(execute('grep', ['-rlF', canary, folder], big)).rejects.toMatchObject({ code: 1, stdout: '' });
  });

  it('is in nothing that the app logs, nor in what a screen is told', () => {
    const told = JSON.stringify([world.logged, world.registry.list(), [...world.vault.all({ agent: type })], world.vault]);
    expect(told).toContain('"keyPresent":true');
    expect(told).toContain('[REDACTED]');
    expect(told).not.toContain(canary);
  });

  it('is gone when it is forgotten', async () => {
    world.vault.set({ agent: type }, null);
    await world.home.deliverKey(agent);
    expect(await run(world, agent, ['ls', '-A', '/run/forgehold/keys'])).toBe('');
  });
});

const mine = {
  ...{ agent: 'mine', title: 'Mine', keyNames: ['MINE_KEY'] },
  ...{ program: { kind: 'image' as const, executable: 'sh' }, arguments: { always: ['-c', 'exec sleep infinity'] } },
};

describe('a key in the keychain', () => {
  const canary = `sk-mine-${randomBytes(12).toString('hex')}`;
  let session: TestSession;
  let live: LiveWorkspace;
  let account: string;

  beforeAll(async () => {
    session = makeSession();
    await session.startBus();
    await session.unlock();
    live = await createLiveWorkspace({ agent: 'mine', env: { MINE_KEY: canary }, environment: session.environment, before: defineMine });
    account = `mine/MINE_KEY@${live.workspaceId}`;
  });
  afterAll(async () => {
    await live.end();
    await session.end();
  });

  async function lookUp(): Promise<string> {
    return session.lookUp(`Forgehold ${(await live.core.call('app.info')).installation}`, account);
  }
  function inside(...argv: string[]): Promise<string> {
    return execute('docker', ['exec', live.container, ...argv]).then(({ stdout }) => stdout);
  }

  it('is there under the name of its workspace, and reached the agent (the control of all that follows)', async () => {
    expect(await lookUp()).toBe(canary);
    expect(await inside('cat', '/run/forgehold/keys/own.MINE_KEY')).toBe(canary);
  });

  it('is in no argument and no environment of the keychain’s helper, nor of any other process, while keys are written', async () => {
    const client = await attachToCore(live.core.data);
    let isOver = false;
    const seen: string[] = [];
    async function watch(): Promise<void> {
      while (!isOver) {
        const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
        seen.push(...(await Promise.all(pids.flatMap((pid) => ['cmdline', 'environ'].map((kind) => readIfThere(`/proc/${pid}/${kind}`))))));
      }
    }
    const watching = watch();
    for (let round = 0; round < 5; round += 1) await client.call('agents.setKey', { agent: 'mine', name: 'MINE_KEY', apiKey: `${canary}${round}` });
    isOver = true;
    await watching;
    client.close();
    expect(seen.some((text) => text.includes('keychain-worker'))).toBe(true);
    expect(seen.filter((text) => text.includes(canary))).toEqual([]);
  });

  it('is in no file of the data folder, in nothing that the engine, the log, a screen or the doctor tells', async () => {
    const { core, container } = live;
    const calls = await Promise.all([core.call('app.snapshot'), core.call('agents.list'), core.call('doctor.run'), core.call('keys.keychain')]);
    const { stdout } = await execute('docker', ['inspect', container], big);
    const told = JSON.stringify([calls, stdout]);
    expect(told).toContain('Keys are kept in');
    expect(told).not.toContain(canary);
    expect((await execute('grep', ['-rlaF', live.workspaceId, core.data], big)).stdout).toContain('forgehold.db');
    await expect(execute('grep', ['-rlaF', canary, core.data], big)).rejects.toMatchObject({ code: 1, stdout: '' });
  });

  it('cannot be asked for by the agent: no bus leads out of its container', async () => {
    const address = session.environment['DBUS_SESSION_BUS_ADDRESS']!.replace('unix:path=', '');
    expect((await stat(address)).isSocket()).toBe(true);
    expect(await inside('sh', '-c', `ls "$1" 2>&1; env`, 'sh', address)).toContain('No such file');
    expect(await inside('env')).not.toContain('DBUS');
  });

  it('comes to its workspace again after the core was killed', async () => {
    await live.restart();
    await live.core.call('workspaces.stop', { workspaceId: live.workspaceId });
    await live.core.call('workspaces.start', { workspaceId: live.workspaceId });
    expect(await inside('cat', '/run/forgehold/keys/own.MINE_KEY')).toBe(canary);
  });

  it('goes when its project goes', async () => {
    await live.core.call('projects.remove', { projectId: live.projectId, discard: true });
    await live.core.call('doctor.run', { ids: ['keychain'] });
    expect(await lookUp()).toBe('');
  });
});

async function defineMine(core: TestCore): Promise<void> {
  await core.call('agents.define', mine);
}

/** A process may end before it is read; one of another user's cannot be. The agent's own were all read inside. */
async function readIfThere(file: string): Promise<string> {
  return readFile(file, 'latin1').catch((error: NodeJS.ErrnoException) => {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(error.code ?? '')) return '';
    throw error;
  });
}

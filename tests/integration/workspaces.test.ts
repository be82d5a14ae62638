import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { containerName } from '../../electron/engine/names.ts';
import type { CreateRequest } from '../../electron/workspaces/admit.ts';
import type { AppError } from '../../shared/errors.ts';
import type { Project } from '../../shared/model/project.ts';
import type { Workspace } from '../../shared/model/workspace.ts';
import { until } from '../fixtures/core.ts';
import { createTestEngine } from '../fixtures/engine.ts';
import { listObjects, makeTestPlace, openWorkspaceService, type WorkspaceService } from '../fixtures/workspace-service.ts';

const place = makeTestPlace();
let service: WorkspaceService;
let project: Project;

function git(...args: string[]): string {
  return execFileSync('git', ['-C', place.project, '-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args], { encoding: 'utf8' }).trim();
}
function request(changes: Partial<CreateRequest> = {}): CreateRequest {
  return { projectId: project.projectId, agent: 'shell', mode: 'restricted', env: {}, skipPermissions: false, extraArguments: [], ...changes };
}
function agentOf(workspace: Workspace): string {
  return containerName('agent', workspace.projectId, workspace.workspaceId);
}
async function inside(workspace: Workspace, ...argv: string[]): Promise<string> {
  const result = await service.engine.exec(agentOf(workspace), argv);
  if (result.exitCode !== 0) throw new Error(`${argv.join(' ')}: ${result.stderr}${result.stdout}`);
  return result.stdout.trim();
}
function objectsOf(workspaceId: string): Promise<readonly unknown[]> {
  return listObjects(service.engine).then((all) => all.filter((one) => one.workspaceId === workspaceId));
}
function stateIs(workspaceId: string, kind: string): Promise<unknown> {
  return until(
    () => service.workspaces.get(workspaceId),
    (one) => one.state.kind === kind,
    `the state ${kind}`,
  );
}

beforeAll(async () => {
  mkdirSync(place.project);
  git('init', '-q', '-b', 'main');
  for (let index = 0; index < 200; index += 1) writeFileSync(join(place.project, `file-${index}.txt`), `${index}\n`);
  git('add', '-A');
  git('commit', '-qm', 'begin');
  service = await openWorkspaceService(place.data);
  project = await service.projects.create(place.project);
});
afterAll(async () => {
  await service.projects.remove(project.projectId, { discard: true });
  await service.close();
  const { engine, cleanUp } = createTestEngine(undefined, service.folders.installation);
  await engine.info();
  await cleanUp();
  place.remove();
});

describe('a workspace', () => {
  let workspace: Workspace;

  it('is made step by step, and answers when it runs', async () => {
    workspace = await service.workspaces.create(request({ env: { GREETING: 'hello' } }));
    expect(workspace).toMatchObject({ name: 'Shell', state: { kind: 'running' }, mode: 'restricted' });
    const states = service.changes.flatMap(({ workspace: one }) => (one?.state.kind === 'creating' ? [one.state.steps] : []));
    expect(states.at(-1)!.map((step) => step.state)).toEqual(Array.from({ length: 11 }, () => 'done'));
  });

  it('has the project at its own path, a home, and no power', async () => {
    expect(await inside(workspace, 'pwd')).toBe(place.project);
    expect(await inside(workspace, 'sh', '-c', 'touch $HOME/x && echo $HOME $GREETING')).toBe('/home/agent hello');
    expect(existsSync(join(service.folders.home(workspace.workspaceId), 'x'))).toBe(true);
    expect(await inside(workspace, 'sh', '-c', 'grep -E "^(CapEff|CapBnd|NoNewPrivs)" /proc/self/status')).toBe(
      'CapBnd:\t0000000000000000\nNoNewPrivs:\t1'.replace('CapBnd', 'CapEff:\t0000000000000000\nCapBnd'),
    );
    expect(await inside(workspace, 'sh', '-c', 'stat -c "%a %u" /run/forgehold; node --version')).toMatch(new RegExp(`^700 ${process.getuid!()}\nv24`));
  });

  it('trusts the CA of its wall beside those of the world', async () => {
    const count = await inside(
      workspace,
      'sh',
      '-c',
      'grep -c "BEGIN CERT" $SSL_CERT_FILE; openssl verify -CAfile $SSL_CERT_FILE /etc/ssl/forgehold/workspace.crt',
    );
    expect(count).toMatch(/OK$/);
    expect(Number(count.split('\n')[0])).toBeGreaterThan(50);
  });

  it('finds the work tree clean at once, and commits without the user seeing it', async () => {
    expect(await inside(workspace, 'git', 'status', '--porcelain')).toBe('');
    await inside(workspace, 'sh', '-c', 'echo x > file-0.txt && git -c user.name=a -c user.email=a@b commit -qam agent');
    expect(await inside(workspace, 'git', 'log', '--format=%s')).toBe('agent\nbegin');
    expect(git('log', '--format=%s')).toBe('begin');
    expect(git('status', '--porcelain')).toBe('M file-0.txt');
    git('checkout', '-q', '.');
  });

  it('cannot move or reach the git dir of the user', async () => {
    await expect(inside(workspace, 'mv', '.git', '.tig')).rejects.toThrow(/busy/);
    await expect(inside(workspace, 'sh', '-c', 'touch /opt/forgehold/objects/0/x')).rejects.toThrow(/Read-only/);
    expect(readdirSync(join(place.project, '.git'))).toContain('hooks');
  });

  it('stops and starts, and keeps what the agent had', async () => {
    expect((await service.workspaces.stop(workspace.workspaceId)).state).toEqual({ kind: 'stopped' });
    expect((await service.workspaces.start(workspace.workspaceId)).state.kind).toBe('running');
    expect(await inside(workspace, 'git', 'log', '-1', '--format=%s')).toBe('agent');
  });

  it('says why it ended when nobody asked, and is true again after a start from outside', async () => {
    await inside(workspace, 'sh', '-c', 'kill -9 -1').catch(() => {});
    execFileSync('docker', ['kill', agentOf(workspace)]);
    await stateIs(workspace.workspaceId, 'stopped');
    expect(service.workspaces.get(workspace.workspaceId).state).toMatchObject({ exitCode: 137, reason: expect.stringContaining('killed') });
    execFileSync('docker', ['start', agentOf(workspace)]);
    await stateIs(workspace.workspaceId, 'running');
    execFileSync('docker', ['rm', '-f', agentOf(workspace)]);
    await until(
      () => service.workspaces.get(workspace.workspaceId).state,
      (state) => state.kind === 'stopped' && /removed/.test(state.reason ?? ''),
      'the reason',
    );
    expect((await service.workspaces.start(workspace.workspaceId)).state.kind).toBe('running');
    expect(await inside(workspace, 'git', 'log', '-1', '--format=%s')).toBe('agent');
  });

  it('is adopted by the next core as it runs', async () => {
    const before = await service.engine.inspectContainer(agentOf(workspace));
    await service.close();
    service = await openWorkspaceService(place.data);
    await stateIs(workspace.workspaceId, 'running');
    expect((await service.engine.inspectContainer(agentOf(workspace)))!.startedAt).toBe(before!.startedAt);
  });

  it('goes with everything it had', async () => {
    const target = (await service.workspaces.inspect(workspace.workspaceId)).folders;
    expect(git('for-each-ref', 'refs/forge')).not.toBe('');
    await inside(workspace, 'sh', '-c', 'mkdir -p $HOME/a/b && chmod 000 $HOME/a');
    await service.workspaces.remove(workspace.workspaceId, { discard: true });
    expect(await objectsOf(workspace.workspaceId)).toEqual([]);
    expect(target.filter((folder) => existsSync(folder))).toEqual([]);
    expect(git('for-each-ref', 'refs/forge')).toBe('');
    expect(git('status', '--porcelain')).toBe('');
    expect(() => service.workspaces.get(workspace.workspaceId)).toThrow(expect.objectContaining({ code: 'workspace/unknown' }));
  });
});

describe('making workspaces', () => {
  it('goes on side by side, each with a name of its own', async () => {
    const made = await Promise.all(Array.from({ length: 4 }, () => service.workspaces.create(request())));
    expect(new Set(made.map((one) => one.name))).toEqual(new Set(['Shell', 'Shell 2', 'Shell 3', 'Shell 4']));
    await Promise.all(made.map((one) => service.workspaces.remove(one.workspaceId, { discard: true })));
  });

  it('can be cancelled at any step, and leaves nothing', async () => {
    const delays = [0, 60, 150, 300, 500, 800];
    for (const delay of delays) {
      const creation = service.workspaces.create(request());
      creation.catch(() => {});
      const { workspaceId } = await until(
        () => service.workspaces.list()[0],
        (one) => one !== undefined,
        'the record',
      ).then((one) => one!);
      await new Promise((resolve) => setTimeout(resolve, delay));
      const outcome = creation.then(
        () => 'ready',
        (error: AppError) => error.code,
      );
      const refusal = service.workspaces.cancel(workspaceId).then(
        () => 'none',
        (error: AppError) => error.code,
      );
      expect(await refusal).toMatch(/^(none|workspace\/not-creating)$/);
      expect(await outcome).toMatch(/^(workspace\/cancelled|ready)$/);
      if ((await outcome) === 'ready') await service.workspaces.remove(workspaceId);
      expect(await objectsOf(workspaceId)).toEqual([]);
      expect(service.workspaces.list()).toEqual([]);
    }
  });

  it('refuses the key of an agent that does not run there', async () => {
    const foreign = request({ env: { ANTHROPIC_API_KEY: 'sk-ant-canary' } });
    await expect(service.workspaces.create(foreign)).rejects.toMatchObject({ code: 'workspace/foreign-key', message: expect.stringContaining('Claude Code') });
    await expect(service.workspaces.create(request({ agent: 'claude-code', env: { OPENAI_API_KEY: 'sk-canary' } }))).rejects.toMatchObject({
      code: 'workspace/foreign-key',
    });
    expect(service.workspaces.list()).toEqual([]);
  });

  it('refuses a name that is taken, and more than the machine has', async () => {
    await expect(service.workspaces.create(request({ cpus: 1000 }))).rejects.toMatchObject({ code: 'workspace/too-much' });
    const one = await service.workspaces.create(request({ name: 'mine' }));
    await expect(service.workspaces.create(request({ name: 'mine' }))).rejects.toMatchObject({ code: 'workspace/name-taken' });
    await service.workspaces.remove(one.workspaceId, { discard: true });
  });

  it('works for a folder without git, whose agent cannot plant one', async () => {
    const folder = join(place.root, 'plain');
    mkdirSync(folder);
    const plain = await service.projects.create(folder);
    const workspace = await service.workspaces.create(request({ projectId: plain.projectId }));
    await inside(workspace, 'sh', '-c', 'git init -q && git -c user.name=a -c user.email=a@b commit -q --allow-empty -m x && touch y');
    expect(readdirSync(folder).sort((a, b) => a.localeCompare(b))).toEqual(['.git', 'y']);
    expect(readdirSync(join(folder, '.git'))).toEqual([]);
    expect((await service.projects.get(plain.projectId)).git).toBe(false);
    await service.projects.remove(plain.projectId, { discard: true });
    expect(readdirSync(folder)).toEqual(['y']);
  });
});

import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { containerName } from '../../electron/engine/names.ts';
import type { CreateRequest } from '../../electron/workspaces/admit.ts';
import type { WorkspaceOptions } from '../../shared/model/options.ts';
import type { Project } from '../../shared/model/project.ts';
import type { Workspace } from '../../shared/model/workspace.ts';
import { until } from '../fixtures/core.ts';
import { createTestEngine, randomId } from '../fixtures/engine.ts';
import { makeTestPlace, openWorkspaceService, type WorkspaceService } from '../fixtures/workspace-service.ts';

const place = makeTestPlace();
const network = `options-${randomId()}`;
const limits = { cpus: 1, memoryMb: 1024, pidsLimit: 256 };
let service: WorkspaceService;
let project: Project;

function docker(...args: readonly string[]): string {
  return execFileSync('docker', [...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}
function agentOf({ projectId, workspaceId }: Workspace): string {
  return containerName('agent', projectId, workspaceId);
}
async function inside(workspace: Workspace, line: string, user?: string): Promise<string> {
  const result = await service.engine.exec(agentOf(workspace), ['sh', '-c', line], user === undefined ? {} : { user });
  if (result.exitCode !== 0) throw new Error(`${line}: ${result.stderr}${result.stdout}`);
  return result.stdout.trim();
}
function create(options: WorkspaceOptions): Promise<Workspace> {
  const request: CreateRequest = { projectId: project.projectId, agent: 'shell', ...limits, ...options };
  return service.workspaces.create(request);
}

beforeAll(async () => {
  for (const name of ['project', 'project/sub', 'models', 'scratch', 'elsewhere']) mkdirSync(join(place.root, name));
  writeFileSync(join(place.root, 'models', 'weights'), 'heavy');
  symlinkSync(join(place.root, 'models'), join(place.root, 'link'));
  service = await openWorkspaceService(place.data);
  project = await service.projects.create(place.project);
  docker('network', 'create', '--internal', '--opt', 'com.docker.network.bridge.inhibit_ipv4=true', network);
});
afterAll(async () => {
  await service.projects.remove(project.projectId, { discard: true });
  await service.close();
  const { engine, cleanUp } = createTestEngine(undefined, service.folders.installation);
  await engine.info();
  await cleanUp();
  docker('network', 'rm', network);
  place.remove();
});

describe('a workspace with options of its own', () => {
  let workspace: Workspace;

  it('has its command, environment, limits, groups, labels, working folder, mounts, caches and networks', async () => {
    workspace = await create({
      env: { GREETING: 'hello' },
      command: ['sh', '-c', 'echo begun; exec sleep 10000'],
      groups: ['4242', 'video'],
      labels: { 'org.orchard.team': 'pears' },
      workingFolder: join(place.project, 'sub'),
      mounts: [
        { source: join(place.root, 'link'), target: '/mnt/models', readOnly: true },
        { source: join(place.root, 'scratch'), readOnly: false },
      ],
      caches: ['npm', 'pip'],
      networks: [{ name: network, aliases: ['orchard'] }],
    });
    expect(workspace).toMatchObject({ state: { kind: 'running' }, limits, pending: [], staleMounts: [] });
    expect(await inside(workspace, 'echo $GREETING; id -G; cat /mnt/models/weights; echo; echo $npm_config_cache')).toMatch(
      /^hello\n.*4242.*\nheavy\n\/var\/cache\/forgehold\/npm$/s,
    );
    expect(await inside(workspace, `touch ${place.root}/scratch/made; touch $npm_config_cache/x; stat -c %u $PIP_CACHE_DIR`)).toBe(String(process.getuid!()));
    await expect(inside(workspace, 'touch /mnt/models/x')).rejects.toThrow(/Read-only/);
    expect(service.workspaces.launch(workspace.workspaceId, 'main', 'shell').workingDir).toBe(join(place.project, 'sub'));
    const found = JSON.parse(docker('inspect', agentOf(workspace)))[0] as { Config: { Labels: Record<string, string> }; HostConfig: Record<string, unknown> };
    expect(found.Config.Labels['org.orchard.team']).toBe('pears');
    expect(found.HostConfig).toMatchObject({ NanoCpus: 1e9, Memory: 1024 * 1024 * 1024, PidsLimit: 256, CapAdd: [], Privileged: false });
    expect(docker('logs', agentOf(workspace))).toContain('begun');
  });

  it('proves its wall with the extra network attached, and the host is out of reach over it', async () => {
    const report = await service.parts.wall.test(workspace.workspaceId);
    const [first] = (JSON.parse(docker('network', 'inspect', network)) as { IPAM: { Config: { Gateway: string; Subnet: string }[] } }[])[0]!.IPAM.Config;
    const attempts = report.attempts.filter(({ label }) => label.includes(network));
    expect(report.passed).toBe(true);
    expect(attempts).not.toHaveLength(0);
    expect(attempts.every(({ result }) => result === 'passed')).toBe(true);
    expect(attempts.some(({ label }) => label.includes(first!.Gateway.split('/')[0]!))).toBe(true);
  });

  it('tells what it would be made of, and which layer says so', async () => {
    const { options, sources } = await service.workspaces.resolve(project.projectId, 'shell', { caches: ['npm'] });
    expect(options).toMatchObject({ caches: ['npm'], mode: 'restricted', image: '' });
    expect(sources).toMatchObject({ caches: 'workspace', mode: 'built-in' });
    expect(await service.workspaces.plan(workspace.workspaceId, { cpus: 0.5, caches: null, model: 'x', command: null })).toEqual({
      live: ['cpus', 'model'],
      recreate: ['command', 'caches'],
    });
    expect((await service.workspaces.inspect(workspace.workspaceId)).options).toMatchObject({ caches: ['npm', 'pip'], mode: 'restricted' });
  });

  it('takes new limits, domains and mode at once, and waits with the rest for a recreation', async () => {
    const { workspaceId } = workspace;
    const before = docker('inspect', '--format', '{{.Id}}', agentOf(workspace));
    const edited = await service.workspaces.edit(
      workspaceId,
      { cpus: 0.5, memoryMb: 768, pidsLimit: 300, domains: ['pears.example'], mode: 'none', groups: ['7'] },
      false,
    );
    expect(edited).toMatchObject({ limits: { cpus: 0.5, memoryMb: 768, pidsLimit: 300 }, mode: 'none', pending: ['groups'] });
    expect(docker('inspect', '--format', '{{.Id}} {{.HostConfig.NanoCpus}} {{.HostConfig.Memory}} {{.HostConfig.PidsLimit}}', agentOf(workspace))).toBe(
      `${before} 500000000 ${768 * 1024 * 1024} 300`,
    );
    expect(service.parts.wall.rules(workspaceId).map(({ pattern }) => pattern)).toContain('pears.example');
    expect((await service.workspaces.edit(workspaceId, { groups: ['4242', 'video'], mode: 'restricted' }, false)).pending).toEqual([]);
  });

  it('does not start while a mounted folder is not what it was, until it is recreated', async () => {
    const { workspaceId } = workspace;
    await service.workspaces.stop(workspaceId);
    unlinkSync(join(place.root, 'link'));
    symlinkSync(join(place.root, 'elsewhere'), join(place.root, 'link'));
    const stale = {
      code: 'workspace/stale-mounts',
      details: { mounts: [{ source: join(place.root, 'link'), was: join(place.root, 'models'), now: join(place.root, 'elsewhere') }] },
    };
    await expect(service.workspaces.start(workspaceId)).rejects.toMatchObject(stale);
    await expect(service.workspaces.restart(workspaceId)).rejects.toMatchObject(stale);
    expect(service.workspaces.get(workspaceId).staleMounts).toEqual([join(place.root, 'link')]);
    unlinkSync(join(place.root, 'link'));
    await expect(service.workspaces.start(workspaceId)).rejects.toMatchObject({ code: 'workspace/stale-mounts', message: expect.stringContaining('is gone') });
    mkdirSync(join(place.root, 'link'));
    await expect(service.workspaces.start(workspaceId)).rejects.toMatchObject({ code: 'workspace/stale-mounts' });
    await service.workspaces.recreate(workspaceId);
    expect(service.workspaces.get(workspaceId).staleMounts).toEqual([]);
    await service.workspaces.start(workspaceId);
    expect(await inside(workspace, 'ls /mnt/models')).toBe('');
  });

  it('ends when its command ends', async () => {
    const { workspaceId } = workspace;
    await inside(workspace, 'kill -9 $(pgrep -x sleep | head -1)').catch(() => {});
    await until(
      () => Number(docker('inspect', '--format', '{{.RestartCount}}', agentOf(workspace))),
      (count) => count > 0,
      'the engine to start it anew',
    );
    await until(
      () => service.workspaces.get(workspaceId).state.kind,
      (kind) => kind === 'running',
      'the workspace to be found again',
    );
    expect(docker('logs', agentOf(workspace)).match(/begun/g)!.length).toBeGreaterThan(1);
  });

  it('is reached by its alias from another workspace on the same extra network, and from none that is not on it', async () => {
    const neighbour = await create({ networks: [{ name: network, aliases: ['neighbour'] }], mode: 'none' });
    const listening = inside(workspace, 'echo pears | timeout 30 nc -l -p 7000');
    expect(await inside(neighbour, 'for i in 1 2 3 4 5; do nc -w 3 orchard 7000 && break; sleep 1; done')).toBe('pears');
    await listening;
    const outsider = await create({ mode: 'none' });
    const address = docker('inspect', '--format', `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`, agentOf(workspace));
    const again = inside(workspace, 'echo pears | timeout 5 nc -l -p 7000').catch(() => 'nobody came');
    expect(await inside(outsider, `nc -w 2 ${address} 7000 || nc -w 2 orchard 7000 || echo out of reach`)).toBe('out of reach');
    expect(await again).toBe('nobody came');
    for (const { workspaceId } of [neighbour, outsider]) await service.workspaces.remove(workspaceId, { discard: true });
  });

  it('shares its caches with workspaces of its project only, and they go with the project', async () => {
    const other = await create({ caches: ['npm'] });
    expect(await inside(other, 'ls $npm_config_cache')).toBe('x');
    const folder = join(place.root, 'second');
    mkdirSync(folder);
    const second = await service.projects.create(folder);
    const stranger = await service.workspaces.create({ projectId: second.projectId, agent: 'shell', ...limits, caches: ['npm'] });
    expect(await inside(stranger, 'ls -A $npm_config_cache')).toBe('');
    await service.projects.remove(second.projectId, { discard: true });
    const volumes = (await service.engine.listVolumes()).map(({ name }) => name);
    expect(volumes).toContain(`forge-cache-${project.projectId}-npm`);
    expect(volumes).not.toContain(`forge-cache-${second.projectId}-npm`);
    await service.workspaces.remove(other.workspaceId, { discard: true });
  });
});

describe('options that cannot be', () => {
  it.each([
    [{ labels: { 'dev.forgehold.workspace': 'x' } }, 'workspace/reserved-label'],
    [{ labels: { 'com.docker.compose.project': 'x' } }, 'workspace/reserved-label'],
    [{ caches: ['bazel'] }, 'cache/unknown'],
    [{ networks: [{ name: 'no-such-network-anywhere', aliases: [] }] }, 'network/no-such-network'],
    [{ networks: [{ name: 'bridge', aliases: [] }] }, 'network/unfit'],
    [{ networks: [{ name: 'host', aliases: [] }] }, 'network/unfit'],
    [{ image: 'no-such-registry.invalid/none:1' }, 'image/not-found'],
    [{ workingFolder: '/nowhere' }, 'workspace/no-working-folder'],
    [{ groups: ['nosuchgroup'] }, 'engine/no-group'],
  ] satisfies [WorkspaceOptions, string][])('%o is refused as %s, and leaves nothing', async (options, code) => {
    await expect(create(options)).rejects.toMatchObject({ code });
    for (const { workspaceId, state } of service.workspaces.list())
      if (state.kind === 'failed') await service.workspaces.remove(workspaceId, { discard: true });
  });

  it('an internal network that lets the host be reached is refused with the command for one that does not', async () => {
    const plain = `options-${randomId()}`;
    docker('network', 'create', '--internal', plain);
    try {
      await expect(create({ networks: [{ name: plain, aliases: [] }] })).rejects.toMatchObject({
        code: 'network/unfit',
        message: expect.stringContaining(`docker network create --internal --opt com.docker.network.bridge.inhibit_ipv4=true ${plain}-internal`),
      });
    } finally {
      docker('network', 'rm', plain);
    }
  });
});

describe('system packages', () => {
  it('can be installed by the user through the gateway, and the agent has no power by it', async () => {
    const sources = execFileSync(
      'docker',
      ['run', '--rm', '--network', 'none', '--entrypoint', 'sh', agentImage(), '-c', 'cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null; true'],
      { encoding: 'utf8' },
    );
    const hosts = [...new Set([...sources.matchAll(/https?:\/\/([^/\s:]+)/g)].map(([, host]) => host!))];
    const workspace = await create({ systemPackages: true, domains: hosts });
    const { workspaceId } = workspace;
    for (const host of hosts) await service.parts.wall.addRule(workspaceId, host, { allowPrivate: true, addedBy: 'user' });
    expect(await inside(workspace, 'grep CapEff /proc/self/status', '1234:1234')).toMatch(/0{16}$/);
    const result = await service.workspaces.install(workspaceId, ['hello']);
    expect(result.output).toMatch(/Setting up hello/);
    expect(result.exitCode).toBe(0);
    expect(await inside(workspace, 'hello')).toContain('Hello, world');
    await expect(service.workspaces.install(workspaceId, ['--allow-unauthenticated'])).rejects.toMatchObject({ code: 'packages/bad-name' });
    await service.workspaces.remove(workspaceId, { discard: true });
  });

  it('stand beside no variable that tells the loader what to load, for root too obeys it', async () => {
    await expect(create({ systemPackages: true, env: { LD_PRELOAD: join(place.project, 'evil.so') } })).rejects.toMatchObject({
      code: 'workspace/loader-variable',
    });
  });

  it('are not installed where the workspace does not allow it', async () => {
    const workspace = service.workspaces.list().find(({ state }) => state.kind === 'running')!;
    await expect(service.workspaces.install(workspace.workspaceId, ['hello'])).rejects.toMatchObject({ code: 'packages/not-allowed' });
  });
});

function agentImage(): string {
  return docker('inspect', '--format', '{{.Config.Image}}', agentOf(service.workspaces.list()[0]!));
}

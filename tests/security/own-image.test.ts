import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { containerName } from '../../electron/engine/names.ts';
import type { Project } from '../../shared/model/project.ts';
import type { Workspace } from '../../shared/model/workspace.ts';
import { baseImage, createTestEngine, randomId } from '../fixtures/engine.ts';
import { makeTestPlace, openWorkspaceService, type WorkspaceService } from '../fixtures/workspace-service.ts';

const place = makeTestPlace();
const tag = `forge-test-own-${randomId()}`;
let service: WorkspaceService;
let project: Project;

function docker(args: readonly string[], input?: string): string {
  return execFileSync('docker', [...args], {
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, DOCKER_BUILDKIT: '0' },
    ...(input !== undefined && { input }),
  }).trim();
}
function build(name: string, lines: readonly string[]): string {
  docker(['build', '-q', '--force-rm', '-t', `${tag}:${name}`, '-'], `${lines.join('\n')}\n`);
  return `${tag}:${name}`;
}
async function inside({ projectId, workspaceId }: Workspace, line: string, user?: string): Promise<string> {
  const { stdout, stderr } = await service.engine.exec(containerName('agent', projectId, workspaceId), ['sh', '-c', line], user === undefined ? {} : { user });
  return (stdout + stderr).trim();
}
function create(image: string): Promise<Workspace> {
  return service.workspaces.create({ projectId: project.projectId, agent: 'shell', cpus: 1, memoryMb: 512, pidsLimit: 256, image });
}
function check(image: string): ReturnType<typeof service.parts.ownImages.check> {
  return service.parts.ownImages.check(image, () => undefined);
}

let agent: string;
beforeAll(async () => {
  mkdirSync(place.project);
  service = await openWorkspaceService(place.data);
  project = await service.projects.create(place.project);
  agent = await service.parts.images.ensure('agent', () => undefined);
});
afterAll(async () => {
  await service.projects.remove(project.projectId, { discard: true });
  await service.close();
  const { engine, cleanUp } = createTestEngine(undefined, service.folders.installation);
  await engine.info();
  await cleanUp();
  const left = docker(['images', '-q', tag])
    .split('\n')
    .filter((id) => id !== '');
  if (left.length > 0) docker(['rmi', '-f', ...new Set(left)]);
  place.remove();
});

describe("a user's own image", () => {
  it('is checked without network or power, and lacks what it lacks, with how to add each', async () => {
    const { usable, missing } = await check(await baseImage(service.engine));
    expect(usable).toBe(false);
    expect(missing.map(({ program }) => program)).toEqual(expect.arrayContaining(['tmux', 'git', '/usr/bin/python3']));
    expect(missing.find(({ program }) => program === 'tmux')).toMatchObject({
      how: expect.stringContaining('apt-get install -y --no-install-recommends tmux'),
    });
    await expect(create(await baseImage(service.engine))).rejects.toMatchObject({ code: 'image/unfit', message: expect.stringContaining('tmux') });
  });

  it('without a shell, with files that the engine cannot read, or of a name that nobody knows, is refused in words', async () => {
    const empty = build('empty', ['FROM scratch', 'LABEL empty=1']);
    expect(await check(empty)).toMatchObject({ usable: false, missing: [{ program: '/bin/sh' }] });
    const broken = build('broken', [`FROM ${agent}`, 'RUN ln -sf /dev/zero /etc/passwd']);
    await expect(check(broken)).rejects.toMatchObject({ code: 'image/unusable' });
    await expect(check('no-such-registry.invalid/none:1')).rejects.toMatchObject({ code: 'image/not-found', message: expect.stringContaining('docker login') });
  });

  it('leaves no container of its check behind', async () => {
    expect(await service.engine.listContainers({ role: 'probe' })).toEqual([]);
  });

  it('runs a workspace: its own entry point, user, command and health check do not', async () => {
    const image = build('fit', [
      `FROM ${agent}`,
      'RUN rm -f /usr/bin/tini /usr/local/bin/forge-init /opt/forgehold/forge-forward /etc/forgehold/tmux.conf && useradd -m stranger',
      'RUN mkdir -p /etc/claude-code && echo "Use tabs." > /etc/claude-code/CLAUDE.md',
      'ENTRYPOINT ["/bin/false"]',
      'CMD ["--no"]',
      'USER stranger',
      'WORKDIR /nowhere',
      'STOPSIGNAL SIGKILL',
      'HEALTHCHECK --interval=1s CMD touch /tmp/healthy',
      'ONBUILD RUN false',
      'ENV PATH=/opt/own/bin:relative:/usr/bin:/bin OWN=kept',
      'EXPOSE 80',
    ]);
    expect(await check(image)).toEqual({ usable: true, missing: [] });
    const workspace = await create(image);
    expect(workspace.state.kind).toBe('running');
    expect(await inside(workspace, 'pwd; id -u; echo $OWN; tr "\\0" " " < /proc/1/cmdline')).toBe(
      `${place.project}\n${process.getuid!()}\nkept\n/bin/sh /opt/forgehold/forge-init`,
    );
    expect(await inside(workspace, 'echo $PATH')).toMatch(/^\/home\/agent\/\.local\/bin:\/opt\/own\/bin:\/usr\/bin:\/bin:\/opt\/forgehold\/tools\/node/);
    const found = JSON.parse(docker(['inspect', containerName('agent', workspace.projectId, workspace.workspaceId)]))[0] as {
      Config: Record<string, unknown>;
      State: Record<string, unknown>;
    };
    expect(found.Config['StopSignal']).toBe('SIGTERM');
    expect(found.State['Health']).toBeUndefined();
    // What Forgehold's own image brings is there, and what this one says to an agent stands before the note about the network.
    expect(await inside(workspace, 'pgrep -fc "^/usr/bin/python3 -IS /opt/forgehold/forge-forward"')).toBe('1');
    expect(await inside(workspace, 'cat /etc/claude-code/CLAUDE.md')).toMatch(/^Use tabs\.\n\n# The network of this container\n/);
    expect(await inside(workspace, 'head -c 39 /etc/codex/config.toml')).toBe('developer_instructions = "# The network');
    // Its first process reaps what is left to it, and ends on TERM.
    await inside(workspace, '(sleep 0.1 &) ; sleep 0.5');
    expect(await inside(workspace, 'grep -l "^State:.Z" /proc/[0-9]*/status | wc -l')).toBe('0');
    await service.workspaces.stop(workspace.workspaceId);
    expect(docker(['inspect', '--format', '{{.State.ExitCode}}', containerName('agent', workspace.projectId, workspace.workspaceId)])).toBe('0');
    await service.workspaces.remove(workspace.workspaceId, { discard: true });
  });
});

describe('a hostile image', () => {
  it('that carries labels of ours is refused', async () => {
    const image = build('labels', [
      `FROM ${agent}`,
      `LABEL dev.forgehold.managed=1 dev.forgehold.installation=${service.folders.installation} dev.forgehold.role=gateway`,
    ]);
    await expect(create(image)).rejects.toMatchObject({ code: 'image/forged-labels' });
  });

  it('cannot lend its labels to a container of ours, nor be taken for one of a workspace', async () => {
    const victim = await create('');
    const image = build('spoof', [
      `FROM ${agent}`,
      `LABEL dev.forgehold.workspace=${victim.workspaceId} dev.forgehold.project=${victim.projectId} dev.forgehold.role=gateway dev.forgehold.spec=x`,
    ]);
    const id = await service.engine.createContainer({
      name: `forge-test-${randomId()}`,
      role: 'probe',
      image,
      entrypoint: ['/bin/sh'],
      user: '65534:65534',
      env: {},
      mounts: [],
      network: 'none',
      readOnlyRoot: true,
      capabilities: [],
      restart: 'no',
    });
    const seen = (await service.engine.listContainers({ workspaceId: victim.workspaceId })).map((one) => one.id);
    expect(seen).not.toContain(id);
    expect(await service.engine.inspectContainer(id)).toMatchObject({ role: 'probe' });
    expect(await service.engine.inspectContainer(id)).not.toHaveProperty('workspaceId');
    await service.engine.removeContainer(id);
    // With a name of the user's own, and without both labels, it is a stranger's.
    const stranger = docker(['create', '--network', 'none', image]);
    await expect(service.engine.removeContainer(stranger)).rejects.toMatchObject({ code: 'engine/not-ours' });
    docker(['rm', '-f', stranger]);
    await service.workspaces.remove(victim.workspaceId, { discard: true });
  });

  it('gains no power by setuid programs, volumes over our places, links, or variables that steer programs', async () => {
    const image = build('hostile', [
      `FROM ${agent}`,
      'RUN cp /bin/cat /usr/local/bin/sucat && chmod 6755 /usr/local/bin/sucat; echo secret > /secret; chmod 600 /secret',
      'RUN rm -rf /etc/ssl/certs && ln -s /tmp /etc/ssl/certs;',
      'VOLUME ["/run/forgehold", "/opt/forgehold/tools", "/home/agent", "/etc/forgehold", "/var/own"]',
      'ENV LD_PRELOAD=/tmp/evil.so NODE_OPTIONS=--require=/evil.js BASH_ENV=/evil ENV=/evil http_proxy=http://203.0.113.7:1 HOME=/evil GIT_DIR=/evil SSL_CERT_FILE=/evil',
    ]);
    const workspace = await create(image);
    expect(workspace).toMatchObject({ state: { kind: 'running' }, wall: { kind: 'standing' } });
    expect(await inside(workspace, 'env')).not.toMatch(/evil|203\.0\.113/);
    expect(await inside(workspace, 'sucat /secret', '4321:4321')).toContain('Permission denied');
    expect(await inside(workspace, 'grep -E "^Cap(Eff|Prm|Bnd)" /proc/self/status')).toBe(
      'CapPrm:\t0000000000000000\nCapEff:\t0000000000000000\nCapBnd:\t0000000000000000',
    );
    expect(await inside(workspace, 'stat -f -c %T /run/forgehold; touch /opt/forgehold/tools/x')).toMatch(/tmpfs.*Read-only/s);
    const volumes = docker([
      'inspect',
      '--format',
      '{{range .Mounts}}{{if eq .Type "volume"}}{{.Name}} {{end}}{{end}}',
      containerName('agent', workspace.projectId, workspace.workspaceId),
    ]);
    await service.workspaces.remove(workspace.workspaceId, { discard: true });
    const left = docker(['volume', 'ls', '-q']).split('\n');
    expect(volumes.split(' ').filter((name) => /^[0-9a-f]{64}$/.test(name) && left.includes(name))).toEqual([]);
  });
});

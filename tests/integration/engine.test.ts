import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine, EngineEvent } from '../../electron/engine/types.ts';
import { baseImage, createTestEngine, idleSpec, randomId, startIdle, type TestEngine } from '../fixtures/engine.ts';
import { makeTar } from '../fixtures/tar.ts';

let test: TestEngine;
let engine: Engine;
let folder: string;

beforeAll(async () => {
  test = createTestEngine();
  engine = test.engine;
  await baseImage(engine);
  folder = await mkdtemp(join(tmpdir(), 'forgehold-engine-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await test.cleanUp();
});

/** /28s that nobody else uses, from a range for tests. */
async function freeSubnet(): Promise<string> {
  const used = new Set(await engine.usedSubnets());
  for (let third = 0; third < 256; third++) if (!used.has(`10.219.${third}.0/28`)) return `10.219.${third}.0/28`;
  throw new Error('No free subnet');
}

describe('containers', () => {
  it('live from creation to removal, and are found by what they belong to', async () => {
    const spec = await idleSpec(engine, { projectId: 'p1', workspaceId: 'w1', role: 'agent', spec: 'abc' });
    const id = await engine.createContainer(spec);
    expect(await engine.inspectContainer(id)).toMatchObject({
      id,
      name: spec.name,
      status: 'created',
      projectId: 'p1',
      workspaceId: 'w1',
      role: 'agent',
      spec: 'abc',
    });
    await engine.startContainer(id);
    await engine.startContainer(id);
    expect(await engine.inspectContainer(spec.name)).toMatchObject({ id, status: 'running', image: spec.image, imageId: await engine.imageId(spec.image) });
    expect(await engine.listContainers({ workspaceId: 'w1', role: 'agent' })).toMatchObject([{ id }]);
    expect(await engine.listContainers({ workspaceId: 'other' })).toEqual([]);
    await engine.renameContainer(id, `${spec.name}-old`);
    expect(await engine.inspectContainer(spec.name)).toBeNull();
    await engine.stopContainer(id, 0);
    expect(await engine.inspectContainer(id)).toMatchObject({ status: 'exited', exitCode: 137, name: `${spec.name}-old` });
    await engine.removeContainer(id);
    expect(await engine.inspectContainer(id)).toBeNull();
  });

  it('answer "no" when they are not there', async () => {
    expect(await engine.inspectContainer('forge-test-absent')).toBeNull();
    expect(await engine.inspectContainer('../networks')).toBeNull();
    await engine.stopContainer('forge-test-absent', 1);
    await engine.removeContainer('forge-test-absent');
    await expect(engine.startContainer('forge-test-absent')).rejects.toMatchObject({ code: 'engine/not-found' });
  });

  it('end gracefully when they can, and by force when they do not', async () => {
    const polite = await startIdle(engine, { command: ['sh', '-c', 'trap "exit 7" TERM; while :; do sleep 0.1; done'] });
    const deaf = await startIdle(engine, { command: ['sh', '-c', 'trap "" TERM; while :; do sleep 0.1; done'] });
    const exit = engine.waitContainer(polite);
    await Promise.all([engine.stopContainer(polite, 10), engine.stopContainer(deaf, 1)]);
    expect(await exit).toBe(7);
    expect(await engine.inspectContainer(deaf)).toMatchObject({ status: 'exited', exitCode: 137 });
  });

  it('give their exit code to who waits, and the wait has an end', async () => {
    const id = await startIdle(engine, { command: ['sh', '-c', 'exit 42'] });
    expect(await engine.waitContainer(id)).toBe(42);
    const idle = await startIdle(engine);
    await expect(engine.waitContainer(idle, { timeoutMs: 200 })).rejects.toMatchObject({ code: 'engine/timeout' });
    expect(engine.state().kind).toBe('connected');
  });

  it('have no power and no writable root, but their mounts and limits', async () => {
    await engine.ensureVolume(`forge-test-${test.installation}`, {});
    const id = await startIdle(engine, {
      mounts: [
        { kind: 'bind', source: folder, target: '/work', readOnly: true },
        { kind: 'volume', source: `forge-test-${test.installation}`, target: '/data', readOnly: false },
        { kind: 'tmpfs', target: '/tmp', sizeMb: 8, mode: 0o1777 },
        { kind: 'tmpfs', target: '/secret', sizeMb: 1, mode: 0o700, uid: 1000, gid: 1000, noExec: true },
      ],
      env: { GREETING: 'a=b c' },
      hostname: 'agent',
      workingDir: '/usr',
      memoryMb: 64,
      pidsLimit: 50,
      cpus: 0.5,
    });
    await writeFile(join(folder, 'here'), 'yes');
    await chmod(folder, 0o755);
    const script = `grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/self/status; cat /work/here; echo
      stat -c '%a %u' /tmp /secret; grep -c ' /secret tmpfs .*noexec' /proc/mounts; grep ' /tmp tmpfs' /proc/mounts | grep -c noexec; hostname; pwd; echo "$GREETING"; id -u`;
    const { stdout } = await engine.exec(id, ['sh', '-c', script]);
    expect(stdout).toMatch(/CapBnd:\t0{16}\n/);
    expect(stdout).toMatch(/CapEff:\t0{16}\n/);
    expect(stdout).toContain('NoNewPrivs:\t1\n');
    expect(stdout).toContain('Seccomp:\t2\n');
    expect(stdout.trim().split('\n').slice(-9)).toEqual(['yes', '1777 0', '700 1000', '1', '0', 'agent', '/usr', 'a=b c', '1000']);
    const asOwner = await engine.exec(id, ['touch', '/x', '/work/x'], { user: '0:0' });
    expect(asOwner.stderr.match(/Read-only file system/g)).toHaveLength(2);
  });

  it('are not created over a folder that is gone, nor is the folder made', async () => {
    const source = join(folder, 'gone');
    const spec = await idleSpec(engine, { mounts: [{ kind: 'bind', source, target: '/work', readOnly: false }] });
    await expect(engine.createContainer(spec)).rejects.toMatchObject({ code: 'engine/mount-missing', message: expect.stringContaining(source) });
    expect(existsSync(source)).toBe(false);
  });

  it('are not created without their image, network or volume', async () => {
    const spec = await idleSpec(engine);
    await expect(engine.createContainer({ ...spec, image: 'forgehold/absent:none' })).rejects.toMatchObject({ code: 'engine/no-image' });
    await expect(engine.createContainer({ ...spec, network: { name: 'forge-net-absent' } })).rejects.toMatchObject({ code: 'engine/no-network' });
    const mounts = [{ kind: 'volume', source: 'forge-absent', target: '/x', readOnly: true }] as const;
    await expect(engine.createContainer({ ...spec, mounts })).rejects.toMatchObject({ code: 'engine/no-volume' });
    expect(await engine.inspectContainer(spec.name)).toBeNull();
  });

  it('of our own under a taken name are told apart', async () => {
    const spec = await idleSpec(engine);
    const id = await engine.createContainer(spec);
    await expect(engine.createContainer(spec)).rejects.toMatchObject({ code: 'engine/exists', details: { id } });
  });

  it('take files before they start, with owner and mode', async () => {
    const id = await engine.createContainer(await idleSpec(engine, { readOnlyRoot: false }));
    const tar = await makeTar([
      { name: 'etc-x', type: 'directory', mode: 0o755 },
      { name: 'etc-x/ü 1', content: 'hello', mode: 0o640, uid: 1000, gid: 1000 },
    ]);
    await engine.putArchive(id, tar, '/opt');
    await engine.startContainer(id);
    expect((await engine.exec(id, ['sh', '-c', 'cat "/opt/etc-x/ü 1"; stat -c " %a %u %g" "/opt/etc-x/ü 1"'])).stdout).toBe('hello 640 1000 1000\n');
  });
});

describe('logs', () => {
  it('are whole after the exit, both streams apart', async () => {
    const id = await startIdle(engine, { command: ['sh', '-c', 'for i in $(seq 2000); do echo "line $i"; done; sleep 0.3; echo bad >&2'] });
    await engine.waitContainer(id);
    const { stdout, stderr } = await engine.logs(id);
    const [out, err] = await Promise.all([stdout.toArray(), stderr.toArray()]);
    expect(
      Buffer.concat(out as Buffer[])
        .toString()
        .trim()
        .split('\n'),
    ).toEqual(Array.from({ length: 2000 }, (_, i) => `line ${i + 1}`));
    expect(Buffer.concat(err as Buffer[]).toString()).toBe('bad\n');
    const tail = await engine.logs(id, { tail: 1 });
    // Which of the two comes last in the log is the engine's: it reads the streams apart.
    expect(['bad\n', 'line 2000\n']).toContain(Buffer.concat([...(await tail.stdout.toArray()), ...(await tail.stderr.toArray())] as Buffer[]).toString());
  });

  it('are followed live, and end when the reader lets go', async () => {
    const id = await startIdle(engine, { command: ['sh', '-c', 'i=0; while :; do i=$((i+1)); echo "tick $i"; sleep 0.05; done'] });
    const log = await engine.logs(id, { follow: true });
    let seen = '';
    for await (const chunk of log.stdout) {
      seen += String(chunk);
      if (seen.includes('tick 3\n')) break;
    }
    log.close();
    expect(seen).toMatch(/^tick 1\ntick 2\n/);
    expect(log.stdout.destroyed).toBe(true);
  });
});

describe('networks', () => {
  const options = { 'com.docker.network.bridge.inhibit_ipv4': 'true' };

  it('are made once, and known again', async () => {
    const spec = { name: `forge-net-${randomId()}`, internal: true, subnet: await freeSubnet(), options, workspaceId: 'w1', spec: 'v1' };
    const made = await engine.ensureNetwork(spec);
    expect(made).toMatchObject({ name: spec.name, subnets: [spec.subnet], workspaceId: 'w1', spec: 'v1', containers: [] });
    expect(await engine.ensureNetwork(spec)).toEqual(made);
    expect(await Promise.all([engine.ensureNetwork(spec), engine.ensureNetwork(spec)])).toEqual([made, made]);
    expect(await engine.usedSubnets()).toContain(spec.subnet);
    expect(await engine.listNetworks({ workspaceId: 'w1' })).toEqual([made]);
    await engine.removeNetwork(spec.name);
    await engine.removeNetwork(spec.name);
    expect(await engine.listNetworks()).toEqual([]);
  });

  it('are made by one of two who come at once', async () => {
    const spec = { name: `forge-net-${randomId()}`, internal: true, subnet: await freeSubnet(), options };
    const [one, other] = await Promise.all([engine.ensureNetwork(spec), engine.ensureNetwork(spec)]);
    expect(one.id).toBe(other.id);
    await engine.removeNetwork(spec.name);
  });

  it('that differ are made anew while nobody is on them, and refused while somebody is', async () => {
    const spec = { name: `forge-net-${randomId()}`, internal: true, subnet: await freeSubnet(), options };
    const old = await engine.ensureNetwork({ ...spec, options: {} });
    const made = await engine.ensureNetwork(spec);
    expect(made.id).not.toBe(old.id);
    const id = await startIdle(engine, { network: { name: spec.name } });
    await expect(engine.ensureNetwork({ ...spec, internal: false })).rejects.toMatchObject({ code: 'engine/network-differs' });
    expect(await engine.ensureNetwork(spec)).toEqual({ ...made, containers: [id] });
    await engine.removeNetwork(spec.name);
    expect(await engine.inspectContainer(id)).toMatchObject({ status: 'running', networks: {} });
    await engine.removeContainer(id);
  });

  it('give fixed addresses and names, on a second network before the container starts', async () => {
    const [first, second] = [`forge-net-${randomId()}`, `forge-net-${randomId()}`];
    const subnet = await freeSubnet();
    const base = subnet.replace('.0/28', '');
    await engine.ensureNetwork({ name: first, internal: true, subnet, options });
    await engine.ensureNetwork({ name: second, internal: true, options });
    const gateway = await engine.createContainer(await idleSpec(engine, { network: { name: first, address: `${base}.2`, aliases: ['gw'] } }));
    await engine.connectNetwork(second, gateway, { aliases: ['gw-out'] });
    await engine.startContainer(gateway);
    const agent = await startIdle(engine, { network: { name: first, address: `${base}.3` }, dns: [`${base}.2`] });
    const found = await engine.inspectContainer(gateway);
    expect(found?.networks).toMatchObject({ [first]: `${base}.2`, [second]: expect.stringMatching(/^\d+\./) });
    expect((await engine.exec(agent, ['getent', 'hosts', 'gw'])).stdout).toContain(`${base}.2`);
    for (const id of [gateway, agent]) await engine.removeContainer(id);
    for (const name of [first, second]) await engine.removeNetwork(name);
  });

  it('on a taken subnet are refused by that name', async () => {
    const subnet = await freeSubnet();
    const name = `forge-net-${randomId()}`;
    await engine.ensureNetwork({ name, internal: true, subnet, options: {} });
    await expect(engine.ensureNetwork({ name: `${name}-2`, internal: true, subnet, options: {} })).rejects.toMatchObject({ code: 'engine/subnet-taken' });
    await engine.removeNetwork(name);
  });
});

describe('volumes', () => {
  it('are made once, kept with their content, and removed when they are there', async () => {
    const name = `forge-test-${randomId()}`;
    await engine.ensureVolume(name, { workspaceId: 'w9' });
    await engine.ensureVolume(name, { workspaceId: 'w9' });
    expect(await engine.listVolumes({ workspaceId: 'w9' })).toEqual([{ name, workspaceId: 'w9' }]);
    await engine.removeVolume(name);
    await engine.removeVolume(name);
    expect(await engine.listVolumes({ workspaceId: 'w9' })).toEqual([]);
  });
});

describe('images', () => {
  it('are found by tag and by id, and absent ones are null', async () => {
    const image = await baseImage(engine);
    const id = await engine.imageId(image);
    expect(id).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(await engine.imageId(id!)).toBe(id);
    expect(await engine.imageId('forgehold/absent:none')).toBeNull();
  });

  it('that fail to build tell the step and the end of its log', async () => {
    const lines: string[] = [];
    const dockerfile = `FROM ${await baseImage(engine)}\nRUN echo about-to-fail && exit 9\n`;
    const failed = engine.buildImage(await makeTar([{ name: 'Dockerfile', content: dockerfile }]), {
      tag: `forgehold/test:${test.installation}`,
      buildArgs: {},
      onProgress: (line) => lines.push(line),
    });
    await expect(failed).rejects.toMatchObject({
      code: 'engine/build-failed',
      message: expect.stringContaining('9'),
      details: { step: expect.stringContaining('about-to-fail'), log: expect.stringContaining('about-to-fail') },
    });
    expect(lines).toContain('Step 2/2 : RUN echo about-to-fail && exit 9');
    expect(lines).toContain('about-to-fail');
    expect(await engine.imageId(`forgehold/test:${test.installation}`)).toBeNull();
  });

  it('stop building when cancelled', async () => {
    const abort = new AbortController();
    const context = await makeTar([{ name: 'Dockerfile', content: `FROM ${await baseImage(engine)}\nRUN echo started && sleep 600\n` }]);
    const onProgress = (line: string): void => {
      if (line === 'started') abort.abort();
    };
    const building = engine.buildImage(context, { tag: `forgehold/test:${test.installation}`, buildArgs: {}, onProgress, signal: abort.signal });
    await expect(building).rejects.toMatchObject({ code: 'engine/cancelled' });
  });

  it('that no registry gives are an error with the reason', async () => {
    await expect(engine.pullImage('localhost:9/forgehold/none:1', () => undefined)).rejects.toMatchObject({ code: expect.stringMatching(/^engine\//) });
  });
});

describe('events', () => {
  it('tell the life of our objects in order, with what they belong to', async () => {
    const seen: EngineEvent[] = [];
    const dispose = engine.onEvent((event) => seen.push(event));
    const network = `forge-net-${randomId()}`;
    const volume = `forge-test-${randomId()}`;
    await engine.ensureNetwork({ name: network, internal: true, options: {}, workspaceId: 'we' });
    await engine.ensureVolume(volume, { workspaceId: 'we' });
    const id = await startIdle(engine, { workspaceId: 'we', role: 'probe', command: ['sh', '-c', 'exit 3'], network: { name: network } });
    await engine.waitContainer(id);
    await engine.removeContainer(id);
    await engine.removeNetwork(network);
    await engine.removeVolume(volume);
    await expect.poll(() => seen.map((event) => `${event.type} ${event.action}`)).toContain('volume destroy');
    dispose();
    expect(seen.every((event) => event.belonging.workspaceId === 'we')).toBe(true);
    const ofContainer = seen.filter((event) => event.type === 'container').map((event) => event.action);
    expect(ofContainer).toEqual(['create', 'start', 'die', 'destroy']);
    expect(seen.find((event) => event.action === 'die')).toMatchObject({ id, belonging: { role: 'probe' }, attributes: { exitCode: '3' } });
    expect(seen.filter((event) => event.type === 'network').map((event) => event.action)).toEqual(['create', 'connect', 'disconnect', 'destroy']);
    expect(seen.map((event) => event.timeNano)).toEqual(seen.map((event) => event.timeNano).sort((a, b) => (a < b ? -1 : 1)));
  });
});

import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labels } from '../../electron/engine/names.ts';
import type { Engine } from '../../electron/engine/types.ts';
import { AppError } from '../../shared/errors.ts';
import { baseImage, createTestEngine, idleSpec, randomId, startIdle, type TestEngine, testEndpoint } from '../fixtures/engine.ts';
import { makeTar } from '../fixtures/tar.ts';

/** What a user does by hand, beside Forgehold, on the same engine. */
function docker(...argv: readonly string[]): string {
  const endpoint = testEndpoint();
  return execFileSync('docker', ['--host', endpoint.address, ...argv], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}

let test: TestEngine;
let other: TestEngine;
let engine: Engine;
let image: string;
const strangers = { containers: [] as string[], networks: [] as string[], volumes: [] as string[] };

beforeAll(async () => {
  test = createTestEngine();
  other = createTestEngine();
  engine = test.engine;
  image = await baseImage(engine);
});
afterAll(async () => {
  for (const id of strangers.containers) docker('rm', '-f', id);
  for (const name of strangers.networks) docker('network', 'rm', name);
  for (const name of strangers.volumes) docker('volume', 'rm', name);
  await test.cleanUp();
  await other.cleanUp();
});

function runByHand(name: string, ...options: readonly string[]): string {
  const id = docker('run', '-d', '--network', 'none', '--name', name, ...options, image, 'sleep', 'infinity');
  strangers.containers.push(id);
  return id;
}

/** Every way to reach a container. */
function attempts(of: Engine, reference: string): Record<string, () => Promise<unknown>> {
  return {
    start: () => of.startContainer(reference),
    stop: () => of.stopContainer(reference, 0),
    remove: () => of.removeContainer(reference),
    rename: () => of.renameContainer(reference, `forge-stolen-${randomId()}`),
    wait: () => of.waitContainer(reference, { timeoutMs: 500 }),
    exec: () => of.exec(reference, ['true']),
    openExec: () => of.openExec(reference, ['cat']),
    logs: () => of.logs(reference),
    putArchive: () => of.putArchive(reference, Buffer.alloc(1024), '/'),
  };
}

/** What an engine can see of or do to a container, by id and by name: nothing, when it is not its own. */
async function trespasses(of: Engine, id: string, name: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const reference of [id, name]) {
    if ((await of.inspectContainer(reference)) !== null) found.push(`inspect ${reference}`);
    for (const [what, attempt] of Object.entries(attempts(of, reference))) {
      const outcome = await attempt().then(
        () => 'done',
        (error: unknown) => (error instanceof AppError ? error.code : String(error)),
      );
      if (outcome !== 'engine/not-ours') found.push(`${what} ${reference}: ${outcome}`);
    }
  }
  if ((await of.listContainers()).some((container) => container.id === id)) found.push('list');
  const state = docker('inspect', '--format', '{{.State.Running}} {{.Name}}', id);
  return state === `true /${name}` ? found : [...found, `now ${state}`];
}

describe('the label jail', () => {
  it('keeps a user’s own container out of sight and reach, whatever its name', async () => {
    const name = `forge-agent-${randomId()}-${randomId()}`;
    const id = runByHand(name);
    expect(await trespasses(engine, id, name)).toEqual([]);
  });

  it('shows nothing of a container to who asks for an image by a way that leads to it', async () => {
    const id = runByHand(`forge-agent-${randomId()}`);
    for (const way of [`a/../../containers/${id}`, `../containers/${id}`, `a/..//../containers/${id}`])
      await expect(engine.imageFacts(way)).rejects.toMatchObject({ code: 'image/name-invalid' });
  });

  it('does not believe half of the labels, nor those of another installation', async () => {
    const forged = [
      [`${labels.managed}=1`],
      [`${labels.installation}=${test.installation}`],
      [`${labels.managed}=1`, `${labels.installation}=${other.installation}`],
      [`${labels.managed}=true`, `${labels.installation}=${test.installation}`],
      [`${labels.managed}=1`, `${labels.installation}=${test.installation}x`],
      [`${labels.managed}=1`, `${labels.installation}=`],
    ];
    for (const set of forged) {
      const name = `forge-forged-${randomId()}`;
      const id = runByHand(name, ...set.flatMap((label) => ['--label', label]));
      expect(await trespasses(engine, id, name)).toEqual([]);
      docker('rm', '-f', id);
      strangers.containers.pop();
    }
  });

  it('keeps two installations of one engine apart in everything', async () => {
    const belonging = { projectId: 'p', workspaceId: 'w' };
    const network = `forge-net-${randomId()}`;
    const volume = `forge-vol-${randomId()}`;
    await other.engine.ensureNetwork({ name: network, internal: true, options: {}, ...belonging });
    await other.engine.ensureVolume(volume, belonging);
    const id = await startIdle(other.engine, { ...belonging, network: { name: network } });
    const name = (await other.engine.inspectContainer(id))!.name;
    expect(await trespasses(engine, id, name)).toEqual([]);

    expect(await engine.listNetworks(belonging)).toEqual([]);
    expect(await engine.listVolumes(belonging)).toEqual([]);
    await engine.removeNetwork(network);
    await expect(engine.removeVolume(volume)).rejects.toMatchObject({ code: 'engine/not-ours' });
    const own = await engine.createContainer(await idleSpec(engine));
    await expect(engine.connectNetwork(network, own, {})).rejects.toMatchObject({ code: 'engine/no-network' });
    await expect(other.engine.connectNetwork(network, own, {})).rejects.toMatchObject({ code: 'engine/not-ours' });

    expect((await other.engine.listNetworks(belonging)).map((found) => found.name)).toEqual([network]);
    expect((await other.engine.listVolumes(belonging)).map((found) => found.name)).toEqual([volume]);
    expect(await other.engine.inspectContainer(id)).toMatchObject({ status: 'running' });
  });

  it('takes no prefix of an id for a container, not even of its own', async () => {
    const id = await startIdle(engine);
    for (const prefix of [id.slice(0, 12), id.slice(0, 63)]) {
      expect(await engine.inspectContainer(prefix)).toBeNull();
      await engine.removeContainer(prefix);
      await expect(engine.exec(prefix, ['true'])).rejects.toMatchObject({ code: 'engine/not-found' });
    }
    expect(await engine.inspectContainer(id)).toMatchObject({ status: 'running' });
  });

  it('lets no name lead to another request', async () => {
    const id = await startIdle(engine);
    for (const name of [`${id}/stop?t=0&x=`, `../containers/${id}`, `${id}?force=1`, 'json', `%2e%2e/${id}`, '']) {
      expect(await engine.inspectContainer(name)).toBeNull();
      await engine.removeContainer(name);
      await engine.stopContainer(name, 0);
      await engine.removeNetwork(name);
      await engine.removeVolume(name);
    }
    expect(await engine.inspectContainer(id)).toMatchObject({ status: 'running' });
  });

  it('does not mistake a stranger for ours after ours gave up the name', async () => {
    const name = `forge-reused-${randomId()}`;
    await startIdle(engine, { name });
    expect(await engine.inspectContainer(name)).not.toBeNull();
    await engine.removeContainer(name);
    const id = runByHand(name);
    expect(await trespasses(engine, id, name)).toEqual([]);
  });

  it('refuses a taken name instead of taking over what has it', async () => {
    const [container, network, volume] = [`forge-taken-${randomId()}`, `forge-taken-${randomId()}`, `forge-taken-${randomId()}`];
    runByHand(container);
    docker('network', 'create', '--internal', network);
    strangers.networks.push(network);
    docker('volume', 'create', volume);
    strangers.volumes.push(volume);
    await expect(engine.createContainer(await idleSpec(engine, { name: container }))).rejects.toMatchObject({ code: 'engine/name-taken' });
    await expect(engine.ensureNetwork({ name: network, internal: true, options: {} })).rejects.toMatchObject({ code: 'engine/name-taken' });
    await expect(engine.ensureVolume(volume, {})).rejects.toMatchObject({ code: 'engine/name-taken' });
    await engine.removeNetwork(network);
    await expect(engine.removeVolume(volume)).rejects.toMatchObject({ code: 'engine/not-ours' });
    expect(docker('network', 'ls', '-q', '--filter', `name=${network}`)).not.toBe('');
    expect(docker('volume', 'ls', '-q', '--filter', `name=${volume}`)).toBe(volume);
  });

  it('puts nothing of ours on a stranger’s network or volume', async () => {
    const { networks, volumes } = strangers;
    const onNetwork = await idleSpec(engine, { network: { name: networks[0]! } });
    await expect(engine.createContainer(onNetwork)).rejects.toMatchObject({ code: 'engine/no-network' });
    await expect(engine.createContainer({ ...onNetwork, network: { name: 'host' } })).rejects.toMatchObject({ code: 'engine/no-network' });
    await expect(engine.createContainer({ ...onNetwork, network: { name: 'bridge' } })).rejects.toMatchObject({ code: 'engine/no-network' });
    const mounts = [{ kind: 'volume', source: volumes[0]!, target: '/x', readOnly: true }] as const;
    await expect(engine.createContainer(await idleSpec(engine, { mounts }))).rejects.toMatchObject({ code: 'engine/not-ours' });
  });

  it('tells nobody of a stranger’s events', async () => {
    const seen: string[] = [];
    const dispose = engine.onEvent((event) => seen.push(event.name));
    const name = `forge-loud-${randomId()}`;
    runByHand(name, '--label', `${labels.managed}=1`);
    docker('network', 'create', '--internal', name);
    strangers.networks.push(name);
    docker('volume', 'create', name);
    strangers.volumes.push(name);
    const own = await idleSpec(engine);
    await engine.createContainer(own);
    await expect.poll(() => seen).toContain(own.name);
    dispose();
    expect(seen).not.toContain(name);
  });

  it('marks no image, for a container inherits its image’s labels', async () => {
    const tag = `forgehold-test/unmarked:${randomId()}`;
    const context = await makeTar([{ name: 'Dockerfile', content: `FROM ${image}\nCMD ["sleep", "infinity"]\n` }]);
    await engine.buildImage(context, { tag, buildArgs: {}, onProgress: () => undefined });
    const name = `forge-image-${randomId()}`;
    try {
      const id = docker('run', '-d', '--network', 'none', '--name', name, tag);
      expect(await trespasses(engine, id, name)).toEqual([]);
      docker('rm', '-f', id);
    } finally {
      docker('rmi', '-f', tag);
    }
  });
});

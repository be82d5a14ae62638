import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { rootCertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createImages } from '../../electron/engine/images.ts';
import { baseImage, createTestEngine, startIdle } from '../fixtures/engine.ts';
import { makeTar } from '../fixtures/tar.ts';

const { engine, cleanUp } = createTestEngine();
const resourcesFolder = path.join(import.meta.dirname, '../../resources');
const images = createImages({ engine, resourcesFolder, extraCaBundle: () => '' });
const ignore = (): void => undefined;
let tag: string;
beforeAll(async () => {
  tag = await images.ensure('agent', ignore);
});
afterAll(cleanUp);

async function startAgent(image = tag, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const id = await engine.createContainer({
    name: `forge-agent-images-${randomBytes(4).toString('hex')}`,
    role: 'agent',
    image,
    user: '4321:4321',
    env,
    mounts: [],
    network: 'none',
    readOnlyRoot: false,
    capabilities: [],
    restart: 'no',
  });
  await engine.startContainer(id);
  return id;
}

describe('an image', () => {
  test('is named by its content, and one that is there is not built again', async () => {
    const said: string[] = [];
    const again = await Promise.all([images.ensure('agent', (line) => said.push(line)), images.ensure('agent', (line) => said.push(line))]);
    expect(tag).toMatch(/^forgehold\/agent:[0-9a-f]{12}$/);
    expect(again).toEqual([tag, tag]);
    expect(said).toEqual([]);
    expect(await images.find('agent')).toBe(tag);
  });

  test('trusts the extra CA bundle of the settings, and is another image for it', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'forgehold-ca-'));
    try {
      const bundle = path.join(folder, 'ca.pem');
      // Any real certificate will do; we look for its text in the image's trust store, and at the plain image as control.
      const certificate = rootCertificates[0] ?? '';
      const marker = certificate.split('\n')[3] ?? '';
      await writeFile(bundle, `${certificate}\n`);
      const withCa = await createImages({ engine, resourcesFolder, extraCaBundle: () => bundle }).ensure('agent', ignore);
      expect(withCa).not.toBe(tag);
      const id = await startAgent(withCa);
      const [added, absent] = await Promise.all([
        engine.exec(id, ['grep', '-c', '-F', marker, '/usr/local/share/ca-certificates/forgehold-extra.crt']),
        startAgent().then((plain) => engine.exec(plain, ['ls', '/usr/local/share/ca-certificates/forgehold-extra.crt'])),
      ]);
      const trusted = await engine.exec(id, ['sh', '-c', 'readlink -f /etc/ssl/certs/forgehold-extra.pem']);
      expect([added.stdout.trim(), absent.exitCode === 0, trusted.stdout.trim()]).toEqual(['1', false, '/usr/local/share/ca-certificates/forgehold-extra.crt']);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('names a bundle that cannot be read', async () => {
    const broken = createImages({ engine, resourcesFolder, extraCaBundle: () => '/no/such/bundle.pem' });
    await expect(broken.ensure('agent', ignore)).rejects.toMatchObject({ code: 'image/extra-ca-unreadable' });
  });
});

describe('the agent container', () => {
  test('has what an agent expects, as any user, without capabilities', async () => {
    const id = await startAgent();
    const script =
      'git --version && tmux -V && rg --version && python3 --version && make --version && gcc --version && locale charmap && ping -c1 -W2 127.0.0.1';
    const result = await engine.exec(id, ['bash', '-c', `set -e; ${script}; id -u; grep CapBnd /proc/self/status`]);
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
    expect(result.stdout).toContain('tmux 3.5a');
    expect(result.stdout).toContain('UTF-8');
    expect(result.stdout).toMatch(/4321\nCapBnd:\t0000000000000000\n$/);
  });

  test('holds nothing with a set-uid bit or a file capability', async () => {
    const id = await startAgent();
    const found = await engine.exec(id, ['sh', '-c', 'find / -xdev -perm /6000 -type f 2>/dev/null; getcap -r / 2>/dev/null; echo looked']);
    expect(found.stdout).toBe('looked\n');
  });

  test('passes TERM to every process and ends as soon as they have', async () => {
    const id = await startAgent(tag, { FORGE_STOP_SECONDS: '3600' });
    const agent = 'trap "sleep 0.5; echo saved > /tmp/session; exit" TERM; echo ready > /tmp/ready; while :; do sleep 0.1; done';
    await engine.exec(id, ['sh', '-c', `setsid bash -c '${agent}' >/dev/null 2>&1 & until [ -e /tmp/ready ]; do sleep 0.05; done`]);
    await engine.stopContainer(id, 60);
    // Killed after the grace period it would be 137; it may wait an hour, so it ended because they were gone.
    expect(await engine.inspectContainer(id)).toMatchObject({ status: 'exited', exitCode: 0 });
    await engine.startContainer(id);
    expect((await engine.exec(id, ['cat', '/tmp/session'])).stdout).toBe('saved\n');
  });

  test('reaps what is left to it', async () => {
    const id = await startAgent();
    await engine.exec(id, ['sh', '-c', '(sleep 0.1 &) ; (sleep 0.1 &)']);
    const zombies = await engine.exec(id, ['sh', '-c', 'sleep 0.5; ps -eo stat= | grep -c Z']);
    expect(zombies.stdout.trim()).toBe('0');
  });
});

test('an image whose step fails names the step and shows its output', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'forgehold-image-'));
  try {
    await mkdir(path.join(folder, 'images/agent'), { recursive: true });
    const dockerfile = await readFile(path.join(resourcesFolder, 'images/agent/Dockerfile'), 'utf8');
    const from = dockerfile.split('\n').filter((line) => /^(ARG|FROM)/.test(line));
    await writeFile(
      path.join(folder, 'images/agent/Dockerfile'),
      `${from.join('\n')}\nRUN echo the-reason-why && exit 42 # ${randomBytes(6).toString('hex')}\n`,
    );
    const failing = createImages({ engine, resourcesFolder: folder, extraCaBundle: () => '' }).ensure('agent', ignore);
    await expect(failing).rejects.toMatchObject({ code: 'engine/build-failed' });
    const error = await failing.catch((reason: unknown) => reason as { details: unknown });
    expect(JSON.stringify(error)).toContain('the-reason-why');
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('builds that others replaced go, but for the newest, what a container uses, and what is not ours', async () => {
  const name = `forgehold/test-${randomBytes(4).toString('hex')}`;
  const tags = ['0', '1', '2', '3'].map((digit) => `${name}:${digit.repeat(12)}`);
  const foreign = `${name}:mine`;
  const base = await baseImage(engine);
  const [current = '', used = '', old = '', newest = ''] = tags;
  for (const reference of [current, used, old, foreign, newest]) {
    const context = await makeTar([{ name: 'Dockerfile', content: `FROM ${base}\nRUN echo ${reference} > /name\n` }]);
    await engine.buildImage(context, { tag: reference, buildArgs: {}, onProgress: ignore });
    // The engine dates images by the second.
    await sleep(1000);
  }
  const id = await startIdle(engine, { image: used });
  expect(await engine.removeOldImages(current, 1)).toEqual([old]);
  await expect(engine.removeOldImages(foreign, 0)).rejects.toMatchObject({ code: 'engine/foreign-image' });
  await engine.removeContainer(id);
  expect(await engine.removeOldImages(`${name}:${'f'.repeat(12)}`, 0)).toEqual([newest, used, current]);
  expect(await engine.imageId(foreign)).not.toBeNull();
  execFileSync('docker', ['rmi', foreign]);
});

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Endpoint, parseAddress, type TlsFiles } from '../../electron/engine/endpoint.ts';
import { createEngine } from '../../electron/engine/engine.ts';
import { probeEngine } from '../../electron/engine/handshake.ts';
import { hostFiles } from '../../electron/engine/host-files.ts';
import { findDefault, findEngine, listEngines } from '../../electron/engine/known-engines.ts';
import type { EngineProbe } from '../../shared/model/engines.ts';
import { copyBaseImage } from '../fixtures/copy-images.ts';
import { canRunDockerd, makePrivateDockerd, type PrivateDockerd } from '../fixtures/dockerd.ts';
import { idleSpec, randomId, removeAll } from '../fixtures/engine.ts';
import { type Authority, filesOf, makeAuthority, openWayIn, tlsOptions } from '../fixtures/tls.ts';

function probe(endpoint: Endpoint): Promise<EngineProbe> {
  return probeEngine(endpoint, AbortSignal.timeout(60_000));
}

async function whyNot(endpoint: Endpoint): Promise<string> {
  const answer = await probe(endpoint);
  return answer.kind === 'fails' ? answer.reason : 'It answers.';
}

describe.skipIf(!canRunDockerd)('an engine behind TLS', () => {
  let dockerd: PrivateDockerd;
  let port: number;
  let closeWay: () => void;
  let authority: Authority;
  let ours: Required<TlsFiles>;
  const folder = mkdtempSync(join(tmpdir(), 'forgehold-tls-'));

  beforeAll(async () => {
    authority = makeAuthority(folder, 'right');
    ours = filesOf(authority, authority.issue('client', { use: 'clientAuth' }));
    dockerd = makePrivateDockerd('overlay2');
    await start('IP:127.0.0.1,DNS:localhost');
    await copyBaseImage(dockerd.endpoint.address);
    ({ port, close: closeWay } = await openWayIn(dockerd, folder));
  });
  afterAll(async () => {
    closeWay?.();
    await dockerd?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(names: string, days = 2): Promise<void> {
    await dockerd.start(...tlsOptions(authority.ca, authority.issue('server', { use: 'serverAuth', names, days })));
  }
  function at(tls: TlsFiles | undefined, host = '127.0.0.1'): Endpoint {
    return parseAddress(`tcp://${host}:${port}`, { origin: 'settings', platform: process.platform, tls });
  }

  it('does all that a local one does: containers, half-closed execs, events', async () => {
    const engine = createEngine({ installation: randomId(), endpoint: at(ours) });
    const events: string[] = [];
    engine.onEvent(({ action }) => events.push(action));
    try {
      const spec = await idleSpec(engine);
      const id = await engine.createContainer(spec);
      await engine.startContainer(id);
      const sum = await engine.exec(id, ['sh', '-c', 'wc -c'], { stdin: Buffer.alloc(300_000, 'x') });
      expect(sum).toMatchObject({ exitCode: 0, stdout: '300000\n' });
      expect(engine.state()).toMatchObject({ kind: 'connected', endpoint: `tcp://127.0.0.1:${port}` });
      expect(engine.hostAddresses()).toEqual(['127.0.0.1']);
      await expect.poll(() => events).toContain('start');
    } finally {
      await removeAll(engine);
    }
  });

  it('is known by its name or its address, as its certificate says', async () => {
    expect(await probe(at(ours))).toMatchObject({ kind: 'answers' });
    expect(await probe(at(ours, 'localhost'))).toMatchObject({ kind: 'answers' });
  });

  it("is refused when another authority signed, ours or the engine's", async () => {
    const other = makeAuthority(folder, 'other');
    expect(await whyNot(at({ ...ours, ca: other.ca }))).toMatch(/not signed by the CA/);
    expect(await whyNot(at(filesOf(authority, other.issue('stranger', { use: 'clientAuth' }))))).toMatch(/does not accept your client certificate/);
    expect(await whyNot(at({ ca: authority.ca }))).toMatch(/does not accept your client certificate/);
    // The system knows this authority no more than we do.
    const { ca: _, ...pair } = ours;
    expect(await whyNot(at(pair))).toMatch(/not signed by the CA/);
  });

  it('names the file that is missing, unreadable or no certificate', async () => {
    expect(await whyNot(at({ ...ours, key: join(folder, 'nowhere.pem') }))).toBe(
      `The engine's client key ${join(folder, 'nowhere.pem')} is not there. Put it there, or correct the engine's TLS files.`,
    );
    expect(await whyNot(at({ ...ours, ca: folder }))).toMatch(/CA certificate .* cannot be read \(EISDIR\)/);
    writeFileSync(join(folder, 'text.pem'), 'no certificate');
    expect(await whyNot(at({ ...ours, cert: join(folder, 'text.pem') }))).toMatch(/no PEM file/);
    const second = authority.issue('second', { use: 'clientAuth' });
    expect(await whyNot(at({ ...ours, key: second.key }))).toMatch(/do not belong together/);
  });

  it('is never spoken to in the clear', async () => {
    expect(await whyNot(at(undefined))).toMatch(/HTTPS/);
    expect(await whyNot(parseAddress('tcp://192.0.2.7:2376', { origin: 'settings', platform: 'linux' }))).toMatch(/^Without TLS/);
  });

  it('is found through a Docker context that Docker itself has made, and through DOCKER_HOST', async () => {
    const config = join(folder, 'docker');
    mkdirSync(config);
    const docker = (...argv: readonly string[]): void =>
      void execFileSync('docker', argv, { env: { PATH: process.env['PATH'], DOCKER_CONFIG: config }, stdio: 'pipe' });
    const host = `host=tcp://127.0.0.1:${port}`;
    docker('context', 'create', 'lab', '--docker', `${host},ca=${ours.ca},cert=${ours.cert},key=${ours.key}`);
    docker('context', 'create', 'blind', '--docker', `${host},skip-tls-verify=true`);
    docker('context', 'create', 'box', '--docker', 'host=ssh://me@box.example');
    const settings = { engine: '', engines: [] };
    const files = hostFiles({ DOCKER_CONFIG: config });
    expect(listEngines(settings, files).map(({ engineId }) => engineId)).toEqual(expect.arrayContaining(['context:blind', 'context:box', 'context:lab']));
    expect(await probe(findEngine('context:lab', settings, files).endpoint)).toMatchObject({ kind: 'answers' });
    expect(await whyNot(findEngine('context:blind', settings, files).endpoint)).toMatch(/does not verify/);
    docker('context', 'use', 'lab');
    expect(await probe(findDefault(settings, files))).toMatchObject({ kind: 'answers', address: `tcp://127.0.0.1:${port}` });
    docker('context', 'rm', '--force', 'lab');
    expect(await whyNot(findEngine('context:lab', settings, files).endpoint)).toMatch(/"lab" cannot be read/);

    const pems = join(folder, 'pems');
    mkdirSync(pems);
    for (const [name, from] of Object.entries(ours)) execFileSync('cp', [from, join(pems, `${name}.pem`)]);
    const variables = { DOCKER_HOST: `tcp://127.0.0.1:${port}`, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: pems };
    expect(await probe(findDefault(settings, hostFiles(variables)))).toMatchObject({ kind: 'answers' });
  });

  it('heals when its certificate is renewed after it ran out, or was for another host', async () => {
    const moved = { ...ours, ca: join(folder, 'moved-ca.pem') };
    execFileSync('cp', [ours.ca, moved.ca]);
    const engine = createEngine({ installation: randomId(), endpoint: at(moved) });
    const reason = (): string => {
      const state = engine.state();
      return state.kind === 'unreachable' ? state.reason : state.kind;
    };
    try {
      await expect.poll(reason).toBe('connected');
      await dockerd.stop();
      await start('IP:127.0.0.1', 0);
      await expect.poll(reason, { timeout: 30_000 }).toMatch(/certificate has expired/);
      await dockerd.stop();
      await start('DNS:elsewhere.example');
      await expect.poll(reason, { timeout: 30_000 }).toMatch(/certificate is for another host/);
      await dockerd.stop();
      // Our own files may be away for a while, too.
      renameSync(moved.ca, `${moved.ca}.away`);
      await start('IP:127.0.0.1');
      await expect.poll(reason, { timeout: 30_000 }).toMatch(/moved-ca.pem is not there/);
      renameSync(`${moved.ca}.away`, moved.ca);
      await expect.poll(reason, { timeout: 30_000 }).toBe('connected');
    } finally {
      engine.close();
    }
  });
});

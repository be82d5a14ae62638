import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Endpoint, parseAddress } from '../../electron/engine/endpoint.ts';
import { createEngine } from '../../electron/engine/engine.ts';
import { probeEngine } from '../../electron/engine/handshake.ts';
import type { Engine } from '../../electron/engine/types.ts';
import { findSocketFolder } from '../../electron/lib/socket-folder.ts';
import { copyBaseImage } from '../fixtures/copy-images.ts';
import { canRunDockerd, makePrivateDockerd, type PrivateDockerd } from '../fixtures/dockerd.ts';
import { idleSpec, randomId, removeAll } from '../fixtures/engine.ts';
import { canRunSshd, makeSshd, type Sshd } from '../fixtures/sshd.ts';

function sockets(): readonly string[] {
  const folder = findSocketFolder();
  return (existsSync(folder) ? readdirSync(folder) : []).filter((name) => name.startsWith('ssh-'));
}

/** The state in a word, or why it is not connected. */
function seen(engine: Engine): string {
  const state = engine.state();
  return state.kind === 'unreachable' ? state.reason : state.kind;
}

async function until(good: () => boolean): Promise<void> {
  await expect.poll(good, { timeout: 90_000, interval: 50 }).toBe(true);
}

describe.skipIf(!canRunDockerd || !canRunSshd)('an engine on another machine, over ssh', () => {
  let dockerd: PrivateDockerd;
  let sshd: Sshd;
  const { PATH: path, XDG_RUNTIME_DIR: runtime } = process.env;
  /** Sockets of ours only: other cores of this user may have theirs. */
  const own = mkdtempSync(join(tmpdir(), 'forgehold-run-'));
  const engines: Engine[] = [];

  beforeAll(async () => {
    process.env['XDG_RUNTIME_DIR'] = own;
    dockerd = makePrivateDockerd('overlay2');
    sshd = await makeSshd();
    await Promise.all([dockerd.start(), sshd.start()]);
    await copyBaseImage(dockerd.endpoint.address);
    process.env['PATH'] = `${sshd.bin}:${path}`;
  });
  afterEach(async () => {
    for (const engine of engines.splice(0)) engine.close();
    await until(() => sockets().length === 0);
  });
  afterAll(async () => {
    process.env['PATH'] = path;
    if (runtime === undefined) delete process.env['XDG_RUNTIME_DIR'];
    else process.env['XDG_RUNTIME_DIR'] = runtime;
    await sshd?.remove();
    await dockerd?.remove();
    rmSync(own, { recursive: true });
  });

  function address(): string {
    return `${sshd.address}${dockerd.endpoint.kind === 'socket' ? dockerd.endpoint.path : ''}`;
  }
  function at(where = address()): Endpoint {
    return parseAddress(where, { origin: 'settings', platform: process.platform });
  }
  function open(endpoint = at()): Engine {
    const engine = createEngine({ installation: randomId(), endpoint });
    engines.push(engine);
    return engine;
  }
  async function whyNot(where?: string): Promise<string> {
    const answer = await probeEngine(at(where), AbortSignal.timeout(60_000));
    return answer.kind === 'fails' ? answer.reason : 'It answers.';
  }

  it('does all that a local one does: containers, half-closed execs, events', async () => {
    const engine = open();
    const events: string[] = [];
    engine.onEvent(({ action }) => events.push(action));
    try {
      const id = await engine.createContainer(await idleSpec(engine));
      await engine.startContainer(id);
      const sum = await engine.exec(id, ['wc', '-c'], { stdin: Buffer.alloc(3_000_000, 'x') });
      expect(sum).toMatchObject({ exitCode: 0, stdout: '3000000\n' });
      await expect.poll(() => events).toContain('start');
      // The host that a wall must shut out is the other machine.
      expect(engine.hostAddresses()?.length).toBeGreaterThan(0);
      expect(engine.hostAddresses()).not.toContain('127.0.0.1');
    } finally {
      await removeAll(engine);
    }
  });

  it('is one ssh for all that is said, however many speak at once', async () => {
    const engine = open();
    await engine.info();
    const before = sshd.processes().length;
    await Promise.all(Array.from({ length: 50 }, () => engine.listContainers()));
    expect(sshd.processes().length).toBe(before);
    expect(sockets().length).toBe(1);
  });

  it("uses the user's own configuration: names, keys, what stands between", async () => {
    sshd.configureClient(
      'Host far-away',
      '  HostName 127.0.0.1',
      `  Port ${sshd.port}`,
      '  LocalForward 127.0.0.1:9 127.0.0.1:9',
      '  RemoteCommand uptime',
      '  SessionType none',
      'Host *',
    );
    expect(await whyNot(address().replace(`127.0.0.1:${sshd.port}`, 'far-away'))).toBe('It answers.');
    sshd.configureClient();
  });

  it('never answers a question that ssh would ask, and says what to do instead', async () => {
    sshd.configureClient('UserKnownHostsFile /dev/null');
    expect(await whyNot()).toMatch(/You have not met 127.0.0.1 yet. Log in once with "ssh -p \d+ \w+@127.0.0.1"/);
    sshd.configureClient('IdentityFile /nowhere', 'IdentityAgent none', 'PreferredAuthentications password');
    expect(await whyNot()).toMatch(/does not let you in without a question/);
    sshd.configureClient();
  });

  it('does not speak to a host whose key has changed', async () => {
    const engine = open();
    await until(() => seen(engine) === 'connected');
    await sshd.kill();
    sshd.changeHostKey();
    await sshd.start();
    await until(() => /is not the one you know/.test(seen(engine)));
    sshd.trustHostKey();
    await until(() => seen(engine) === 'connected');
    expect(await engine.listContainers()).toEqual([]);
  });

  it('says what is wrong at the other end', async () => {
    expect(await whyNot(`${sshd.address}/nowhere/docker.sock`)).toMatch(/there is no engine at \/nowhere\/docker.sock/);
    expect(await whyNot('ssh://no-such-host.invalid')).toBe("There is no host named no-such-host.invalid. Check the engine's address.");
    await sshd.kill();
    expect(await whyNot()).toMatch(/No ssh server answers on 127.0.0.1/);
    sshd.configure('AllowStreamLocalForwarding no');
    await sshd.start();
    const refused = await whyNot();
    await sshd.kill();
    sshd.configure();
    await sshd.start();
    expect(refused).toMatch(/does its ssh server forward sockets \(AllowStreamLocalForwarding\)/);
  });

  it('heals after its ssh, the ssh server and the engine were killed in turn', async () => {
    const engine = open();
    const kinds: string[] = [];
    engine.onState(({ kind }) => kinds.push(kind));
    await until(() => seen(engine) === 'connected');

    const [session] = sshd.sessions();
    process.kill(session!, 'SIGKILL');
    await until(() => kinds.length > 1 && seen(engine) === 'connected');

    await sshd.kill();
    await until(() => /No ssh server/.test(seen(engine)));
    await expect(engine.listContainers()).rejects.toMatchObject({ code: 'engine/unreachable' });
    await sshd.start();
    await until(() => seen(engine) === 'connected');

    await dockerd.kill();
    await until(() => /nothing answers at/.test(seen(engine)));
    const logins = sshd.processes().length;
    await sleep(2_000);
    // The log-in stands; only the engine is asked again.
    expect(sshd.processes().length).toBe(logins);
    await dockerd.start();
    await until(() => seen(engine) === 'connected');
    expect(await engine.listContainers()).toEqual([]);
  });

  it('notices a line that is cut silently, and goes on when it is back', async () => {
    const engine = open();
    await until(() => seen(engine) === 'connected');
    sshd.freeze();
    // Something is asked, as somebody does who opens a lid.
    await expect(engine.listContainers()).rejects.toMatchObject({ code: expect.stringMatching(/unreachable|timeout/) });
    await until(() => seen(engine) !== 'connected');
    sshd.thaw();
    await until(() => seen(engine) === 'connected');
    expect(await engine.listContainers()).toEqual([]);
  });

  it('leaves no ssh behind, however its core ends', async () => {
    const engine = open();
    await engine.info();
    const idle = sshd.processes().length;
    engine.close();
    await until(() => sshd.processes().length < idle);
    expect(sockets()).toEqual([]);
  });
});

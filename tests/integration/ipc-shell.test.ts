import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { attachToCore } from '../../electron/ipc/attach.ts';
import { findSocketAddress } from '../../electron/ipc/socket-address.ts';
import { takeCoreLock } from '../../electron/lib/core-lock.ts';
import { type SmallShell, endShell, logIn, makeTestFolder, removeTestFolder, shellEnd, startSmallShell } from '../support/small-shell.ts';

const run = promisify(execFile);
const cli = join(import.meta.dirname, '../../electron/cli.ts');
let folder = '';
let data = '';
const shells: SmallShell[] = [];

beforeEach(() => {
  folder = makeTestFolder();
  data = join(folder, 'data');
});
afterEach(async () => {
  for (const shell of shells.splice(0)) await endShell(shell, 'SIGKILL');
  removeTestFolder(folder);
});

async function start(options: Parameters<typeof startSmallShell>[1] = {}): Promise<SmallShell> {
  const shell = await startSmallShell(folder, options);
  shells.push(shell);
  return shell;
}

type Finished = { readonly status: number; readonly stdout: string; readonly stderr: string };

function forgehold(...argv: readonly string[]): Promise<Finished> {
  return startForgehold(argv, () => undefined);
}

/** `onOutput` gets what it prints while it runs. */
async function startForgehold(argv: readonly string[], onOutput: (text: string) => void): Promise<Finished> {
  const running = run(process.execPath, [cli, ...argv]);
  running.child.stdout?.on('data', onOutput);
  const result = await running.catch((error: unknown) => error as { code: number; stdout: string; stderr: string });
  return { status: 'code' in result ? result.code : 0, stdout: result.stdout, stderr: result.stderr };
}

function openSocket(port: number, cookie: string): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, { headers: { cookie, origin: `http://127.0.0.1:${port}` } });
    socket.once('open', () => resolve(socket)).once('error', reject);
  });
}

describe('one core per data folder', () => {
  it('answers on a private socket, and a second serve prints a fresh address of it', async () => {
    const first = await start();
    expect(statSync(join(data, 'core.sock')).mode & 0o777).toBe(0o600);
    expect(statSync(data).mode & 0o777).toBe(0o700);
    const second = await start();
    expect(second.pid).toBe(first.pid);
    expect(second.url).not.toBe(first.url);
    expect((await fetch(second.url, { redirect: 'manual' })).status).toBe(303);
    // It has said all that it has to say, and ends by itself.
    expect(await shellEnd(second)).toBe(0);
    expect(await endShell(first)).toBe(0);
  });

  it('of several that start at once, exactly one hosts', async () => {
    const started = await Promise.all([start(), start(), start(), start()]);
    expect(new Set(started.map((shell) => shell.pid)).size).toBe(1);
  });

  it('is free at once after kill -9, and open tabs find the same port and their session', async () => {
    const first = await start();
    const cookie = await logIn(first);
    (await openSocket(first.port, cookie)).close();
    expect(takeCoreLock(join(data, 'core.lock'))).toBeNull();
    await endShell(first, 'SIGKILL');
    const second = await start();
    expect(second.port).toBe(first.port);
    (await openSocket(second.port, cookie)).close();
  });

  it('ends after an unexpected error, loudly, but closes what it can and tells its clients; the next start has the folder', async () => {
    const first = await start();
    const client = await attachToCore(data);
    const reasons: string[] = [];
    client.on('app.closing', ({ reason }) => void reasons.push(reason));
    await expect(client.call('keys.forgetAll', {})).rejects.toThrow('in a moment');
    expect(await shellEnd(first)).toBe(1);
    expect(reasons).toEqual(['It met an unexpected error.']);
    expect(existsSync(join(data, 'closed'))).toBe(true);
    expect(readFileSync(join(data, 'logs/core.log'), 'utf8')).toContain('The core ends after an unexpected error');
    client.close();
    expect((await start()).pid).not.toBe(first.pid);
  });

  it('hands over to another version', async () => {
    const old = await start({ version: '1.0.0' });
    const client = await attachToCore(data);
    const reasons: string[] = [];
    client.on('app.closing', ({ reason }) => reasons.push(reason));
    const fresh = await start({ version: '2.0.0' });
    expect(fresh.pid).not.toBe(old.pid);
    await client.closed;
    expect(reasons).toHaveLength(1);
    const again = await attachToCore(data);
    expect(await again.call('app.info', {})).toMatchObject({ version: '2.0.0', pid: fresh.pid });
    again.close();
  });

  it('works where the path is too long for a socket', async () => {
    const long = join(folder, 'x'.repeat(120));
    const shell = await start({ data: long });
    const address = findSocketAddress(long);
    expect(Buffer.byteLength(address.path)).toBeLessThanOrEqual(100);
    expect(statSync(address.folder!).mode & 0o777).toBe(0o700);
    const client = await attachToCore(long);
    expect(await client.call('app.info', {})).toMatchObject({ pid: shell.pid });
    client.close();
  });

  it('refuses to ask in a shared folder that others could write', async () => {
    const runtime = join(folder, 'runtime');
    mkdirSync(join(runtime, 'forgehold'), { recursive: true });
    chmodSync(join(runtime, 'forgehold'), 0o777);
    const before = process.env['XDG_RUNTIME_DIR'];
    process.env['XDG_RUNTIME_DIR'] = runtime;
    try {
      await expect(attachToCore(join(folder, 'x'.repeat(120)))).rejects.toMatchObject({ code: 'ipc/foreign-folder' });
    } finally {
      if (before === undefined) delete process.env['XDG_RUNTIME_DIR'];
      else process.env['XDG_RUNTIME_DIR'] = before;
    }
  });
});

describe('the command line', () => {
  it('answers one JSON document, for errors too, and tells them apart by its status', async () => {
    const shell = await start();
    const info = await forgehold('call', 'app.info', '--data', data);
    expect(info.status).toBe(0);
    expect(JSON.parse(info.stdout)).toMatchObject({ pid: shell.pid });
    const wrong = await forgehold('call', 'workspaces.stop', '{"workspaceId":"X"}', '--data', data);
    expect(wrong.status).toBe(2);
    expect(JSON.parse(wrong.stdout)).toMatchObject({ error: { code: 'contract/invalid-input', details: { issues: [{ path: 'workspaceId' }] } } });
    for (const name of ['no.such', '__proto__', 'constructor']) {
      const unknown = await forgehold('call', name, '{}', '--data', data);
      expect([unknown.status, (JSON.parse(unknown.stdout) as { error: { code: string } }).error.code]).toEqual([2, 'contract/unknown']);
    }
    const broken = await forgehold('call', 'app.info', '{', '--data', data);
    expect([broken.status, broken.stdout]).toEqual([2, '']);
    expect(broken.stderr).toContain('no JSON');
    expect((await forgehold('nonsense')).status).toBe(2);
  });

  it('says what to do when no core runs', async () => {
    const { status, stdout } = await forgehold('call', 'app.info', '--data', data);
    expect(status).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'core/not-running' } });
  });

  it('describes every call, event and stream, with schemas', async () => {
    const { stdout } = await forgehold('call', '--list');
    const list = JSON.parse(stdout) as Record<'calls' | 'events' | 'streams', Record<string, { description: string; input?: { properties: object } }>>;
    expect(Object.keys(list.calls)).toEqual(expect.arrayContaining(['app.info', 'workspaces.create', 'terminals.send']));
    expect(Object.keys(list.events)).toContain('app.changed');
    expect(Object.keys(list.streams)).toContain('terminals.attach');
    expect(list.calls['workspaces.create']).toMatchObject({
      input: { required: ['projectId', 'agent'], properties: { mode: { enum: ['restricted', 'full', 'none', 'learning'] } } },
    });
    expect(list.calls['domains.add']).toMatchObject({ input: { required: ['pattern'], properties: { allowPrivate: { default: false } } } });
  });

  it('prints an address that works once, and watches until the core ends', async () => {
    const shell = await start();
    const { stdout } = await forgehold('url', '--data', data);
    expect((await fetch(stdout.trim(), { redirect: 'manual' })).status).toBe(303);
    const client = await attachToCore(data);
    let said = '';
    const watching = startForgehold(['watch', '--events', 'app.closing', '--data', data], (text) => (said += text));
    // This core says what it is told to; it listens once it has heard that.
    await expect.poll(() => client.call('domains.remove', { workspaceId: '0'.repeat(8), pattern: 'heard' }).then(() => said), { timeout: 60_000 }).not.toBe('');
    client.close();
    await endShell(shell);
    const { status, stdout: lines } = await watching;
    expect(status).toBe(1);
    const printed = lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    const [event, end] = printed.slice(-2);
    expect(printed[0]).toMatchObject({ name: 'app.closing', payload: { reason: 'heard' } });
    expect(event).toMatchObject({ name: 'app.closing', payload: { reason: expect.stringContaining('SIGTERM') } });
    expect(end).toMatchObject({ error: { code: 'connection/lost' } });
  });
});

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureSocketFolder, sweepSockets } from './socket-folder.ts';

let folder: string;
const servers: Server[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'forgehold-sockets-'));
});
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function listen(name: string): Promise<void> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => void server.listen(join(folder, name), resolve));
}

/** A socket whose process was killed. */
async function leave(name: string): Promise<void> {
  const script = `require('node:net').createServer().listen(process.argv[1], () => console.log('ready'))`;
  const child: ChildProcess = spawn(process.execPath, ['-e', script, join(folder, name)], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout!, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
}

describe('the folder of sockets', () => {
  const later = Date.now() + 3_600_000;

  it('is swept of what nobody listens on, and of nothing else', async () => {
    await leave('dead.sock');
    await listen('alive.sock');
    writeFileSync(join(folder, 'file.sock'), 'text');
    symlinkSync(join(folder, 'dead.sock'), join(folder, 'link.sock'));
    expect(await sweepSockets(folder, later)).toEqual(['dead.sock']);
    expect(readdirSync(folder).toSorted()).toEqual(['alive.sock', 'file.sock', 'link.sock']);
  });

  it('keeps a young socket: its owner may be about to listen', async () => {
    await leave('young.sock');
    expect(await sweepSockets(folder)).toEqual([]);
  });

  it('is nothing to sweep when it is not there, and refused when others may write to it', async () => {
    expect(await sweepSockets(join(folder, 'none'))).toEqual([]);
    chmodSync(folder, 0o770);
    await expect(sweepSockets(folder, later)).rejects.toMatchObject({ code: 'ipc/foreign-folder' });
    expect(() => ensureSocketFolder(folder)).toThrow(expect.objectContaining({ code: 'ipc/foreign-folder' }));
  });
});

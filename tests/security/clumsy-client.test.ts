import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { attachToCore } from '../../electron/ipc/attach.ts';
import type { Client } from '../../shared/contract/client.ts';
import { encodeFrame, encodeJson, frameType, maxFrameBytes, maxQueuedBytes } from '../../shared/contract/wire.ts';
import { type SmallShell, endShell, logIn, makeTestFolder, removeTestFolder, residentBytes, startSmallShell } from '../support/small-shell.ts';

// Clients that run wild or stop in the middle. They may lose their own connection; nobody else may notice.

/** Above what the core held at rest, in bytes: what two connections may queue, and some that the collector has not freed yet. */
const allowedGrowth = 2 * maxQueuedBytes + 64 * 1024 * 1024;

let folder = '';
let shell: SmallShell;
let cookie = '';
let bystander: Client;
let atRest = 0;

beforeAll(async () => {
  folder = makeTestFolder();
  shell = await startSmallShell(folder);
  cookie = await logIn(shell);
  bystander = await attachToCore(join(folder, 'data'));
});
afterAll(async () => {
  bystander.close();
  await endShell(shell);
  removeTestFolder(folder);
});
beforeEach(() => {
  atRest = residentBytes(shell.pid);
});

/** What a bystander notices: null when nothing. */
async function findHarm(): Promise<string | null> {
  const { pid } = await bystander.call('app.info', {});
  if (pid !== shell.pid) return 'another core answers';
  const growth = residentBytes(shell.pid) - atRest;
  return growth < allowedGrowth ? null : `the core grew by ${growth} bytes`;
}

async function openRaw(): Promise<Socket> {
  const socket = connect(join(folder, 'data', 'core.sock'));
  // How a connection ended is seen by its close.
  socket.on('error', () => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

function openWeb(): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const headers = { cookie, origin: `http://127.0.0.1:${shell.port}` };
    const socket = new WebSocket(`ws://127.0.0.1:${shell.port}/ws`, { headers, perMessageDeflate: false });
    socket.once('open', () => resolve(socket)).on('error', reject);
  });
}

function prefixed(frame: Uint8Array): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(frame.length);
  return Buffer.concat([size, frame]);
}

describe('a giant', () => {
  it('HTTP body of 300 MB is refused and never held', async () => {
    const socket = connect({ host: '127.0.0.1', port: shell.port });
    let answer = '';
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes: Buffer) => (answer += bytes.toString()));
    const size = 300 * 1024 * 1024;
    socket.write(`POST /ws HTTP/1.1\r\nHost: 127.0.0.1:${shell.port}\r\nCookie: ${cookie}\r\nContent-Type: text/plain\r\nContent-Length: ${size}\r\n\r\n`);
    const closed = once(socket, 'close');
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    let peak = 0;
    for (let sent = 0; sent < 300 && !socket.destroyed; sent += 1) {
      if (!socket.write(chunk)) await Promise.race([closed, new Promise((resolve) => socket.once('drain', resolve))]);
      peak = Math.max(peak, residentBytes(shell.pid));
    }
    socket.destroy();
    expect(answer).toMatch(/^HTTP\/1\.1 4/);
    expect(peak - atRest).toBeLessThan(allowedGrowth);
    expect(await findHarm()).toBeNull();
  });

  it('frame ends its own connection, by its length alone', async () => {
    const socket = await openRaw();
    const closed = once(socket, 'close');
    const size = Buffer.alloc(4);
    size.writeUInt32BE(300 * 1024 * 1024);
    socket.write(size);
    await closed;
    expect(await findHarm()).toBeNull();
  });

  it('WebSocket message ends its own connection', async () => {
    const socket = await openWeb();
    const closed = once(socket, 'close');
    socket.send(Buffer.alloc(maxFrameBytes + 1));
    await closed;
    expect(await findHarm()).toBeNull();
  });

  it('paste of 1 MB gets as far as its handler (control)', async () => {
    const pasted = bystander.call('terminals.paste', { terminalId: '0'.repeat(12), text: 'x'.repeat(1024 * 1024) });
    await expect(pasted).rejects.toMatchObject({ code: 'test/absent' });
  });

  it('terminal of 1e9 columns is refused at the door', async () => {
    const resized = bystander.call('terminals.resize', { terminalId: '0'.repeat(12), size: { cols: 1e9, rows: 1e9 } });
    await expect(resized).rejects.toMatchObject({ code: 'contract/invalid-input' });
  });
});

describe('garbage', () => {
  it('on the socket ends that connection', async () => {
    const http = Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    for (const bytes of [http, prefixed(Buffer.from([0])), prefixed(Buffer.alloc(64, 0xff)), prefixed(encodeFrame(frameType.call, 1, Buffer.from('{')))]) {
      const socket = await openRaw();
      const closed = once(socket.resume(), 'close');
      socket.write(bytes);
      await closed;
    }
    expect(await findHarm()).toBeNull();
  });

  it('on the WebSocket ends that connection, text included', async () => {
    for (const message of ['text', Buffer.from([99, 0, 0, 0, 1]), Buffer.from([])]) {
      const socket = await openWeb();
      const closed = once(socket, 'close');
      socket.send(message);
      await closed;
    }
    expect(await findHarm()).toBeNull();
  });

  it('as a name is refused: prototype names too', async () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'no.such', 'x'.repeat(100_000)])
      await expect(bystander.call(name as never, {} as never)).rejects.toMatchObject({ code: 'contract/unknown' });
    expect(await findHarm()).toBeNull();
  });
});

describe('silence', () => {
  it('of a second in the middle of a frame holds nobody up, and the frame still counts', async () => {
    const socket = await openRaw();
    const bytes = prefixed(encodeFrame(frameType.call, 1, encodeJson({ name: 'app.info' })));
    socket.write(bytes.subarray(0, 9));
    for (let turn = 0; turn < 10; turn += 1) {
      expect(await findHarm()).toBeNull();
      await pause(100);
    }
    const answered = once(socket, 'data');
    socket.write(bytes.subarray(9));
    const [answer] = (await answered) as [Buffer];
    expect(answer.toString()).toContain(`"pid":${shell.pid}`);
    socket.destroy();
  });

  it('of clients that leave in the middle of a frame or of a call costs nothing', async () => {
    const bytes = prefixed(encodeFrame(frameType.call, 1, encodeJson({ name: 'app.info' })));
    for (let turn = 0; turn < 100; turn += 1) {
      const socket = await openRaw();
      socket.write(turn % 2 === 0 ? bytes : bytes.subarray(0, 7));
      if (turn % 3 === 0) socket.end();
      else socket.destroy();
    }
    expect(await findHarm()).toBeNull();
  });
});

describe('a crowd', () => {
  it('of 60 calls at once is answered whole', async () => {
    const answers = await Promise.all(Array.from({ length: 60 }, () => bystander.call('app.info', {})));
    expect(answers.every(({ pid }) => pid === shell.pid)).toBe(true);
  });

  it('of 10,000 streams on one connection is refused beyond the bound, and the rest goes on', async () => {
    const wild = await attachToCore(join(folder, 'data'));
    let refused = 0;
    for (let index = 0; index < 10_000; index += 1) wild.open('terminals.attach', { terminalId: '0'.repeat(12) }).closed.catch(() => (refused += 1));
    await expect.poll(() => refused, { timeout: 30_000 }).toBeGreaterThan(9000);
    expect(await wild.call('app.info', {})).toMatchObject({ pid: shell.pid });
    expect(await findHarm()).toBeNull();
    wild.close();
  });

  it('of events ends the clients that never read, on both transports, and reaches the one that does', async () => {
    const deaf = await openRaw();
    // A frame whose answer proves that this client is known, and then no more reading.
    deaf.write(prefixed(encodeFrame(frameType.call, 1, encodeJson({ name: 'app.info' }))));
    await once(deaf, 'data');
    deaf.pause();
    const deafWeb = await openWeb();
    deafWeb.pause();
    let heard = 0;
    let peak = 0;
    const stop = bystander.on('app.closing', () => (heard += 1));
    const watching = setInterval(() => (peak = Math.max(peak, residentBytes(shell.pid))), 50);
    await bystander.call('domains.dismiss', { workspaceId: '0'.repeat(8), host: 'burst' });
    clearInterval(watching);
    stop();
    expect(heard).toBe(1000);
    expect(peak - atRest).toBeLessThan(allowedGrowth);
    // Reading again, the deaf find the end: they were disconnected, not kept waiting in the core's memory.
    const closed = Promise.all([once(deaf, 'close'), once(deafWeb, 'close')]);
    deaf.resume();
    deafWeb.resume();
    await closed;
    expect(await findHarm()).toBeNull();
  });
});

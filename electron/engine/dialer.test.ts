import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDialer, type Dialer } from './dialer.ts';

/** More than the buffers of a Unix socket take at once (208 kB on Linux), so that the end of the body has to wait. */
const body = Buffer.alloc(300_000, 'x');
const folder = mkdtempSync(join(tmpdir(), 'forgehold-dialer-'));
const path = join(folder, 'engine.sock');

/** As the engine does: once it has all that was announced it answers, and is gone. A thread of its own, so that it goes on while the client is held up. */
const engine = `
const { createServer } = require('node:net');
const { parentPort, workerData: { path, length } } = require('node:worker_threads');
createServer((socket) => {
  let head = '';
  let missing;
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    if (missing === undefined) {
      head += chunk.toString('latin1');
      const end = head.indexOf('\\r\\n\\r\\n');
      if (end !== -1) missing = length - (head.length - end - 4);
    } else missing -= chunk.length;
    if (missing === 0) socket.write('HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n', () => socket.destroy());
  });
}).listen(path, () => parentPort.postMessage('listening'));`;
let worker: Worker;
let dialer: Dialer;

beforeAll(async () => {
  worker = new Worker(engine, { eval: true, workerData: { path, length: body.length } });
  await once(worker, 'message');
  dialer = createDialer({ kind: 'socket', path, address: `unix://${path}`, origin: 'settings' });
});
afterAll(async () => {
  dialer.close();
  await worker.terminate();
  rmSync(folder, { recursive: true });
});

function upload(): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request({ agent: dialer.agent, method: 'PUT', path: '/', headers: { 'content-length': body.length } }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode));
    });
    sent.once('error', reject);
    sent.write(body);
    sent.end();
  });
}

test('an upload that the engine has taken and answered is never reported as lost', async () => {
  // Each answer holds the loop up for longer than the engine needs for another upload: what that client writes after its body comes too late.
  const nothing = new Int32Array(new SharedArrayBuffer(4));
  const uploads = Array.from({ length: 8 }, async () => {
    const statuses: (number | undefined)[] = [];
    for (let n = 0; n < 40; n++) {
      statuses.push(await upload());
      Atomics.wait(nothing, 0, 0, 2);
    }
    return statuses;
  });
  expect((await Promise.all(uploads)).flat()).toEqual(Array.from({ length: 320 }, () => 200));
});

import { request } from 'node:http';
import type { Duplex } from 'node:stream';
import { testEndpoint } from '../fixtures/engine.ts';

/** The engine's own API with nothing between: what a figure of ours is held against. */
export type RawDocker = {
  readonly create: (body: object) => Promise<string>;
  readonly start: (id: string) => Promise<unknown>;
  /** As `docker stop`: TERM, and KILL after 30 s. */
  readonly stop: (id: string) => Promise<unknown>;
  readonly remove: (id: string) => Promise<unknown>;
  readonly get: (path: string) => Promise<unknown>;
  /** Runs `true` and waits for its end. */
  readonly execTrue: (id: string) => Promise<void>;
  /** A shell on a terminal of its own; resolves when its prompt is there. */
  readonly execPrompt: (id: string) => Promise<void>;
};

export function createRawDocker(): RawDocker {
  const endpoint = testEndpoint();
  if (endpoint.kind !== 'socket') throw new Error(`The benches need an engine on a socket, not ${endpoint.address}.`);
  const socketPath = endpoint.path;
  const send = (method: string, path: string, body?: object): Promise<unknown> => sendRequest(socketPath, method, path, body);
  const startExec = async (id: string, body: object, tty: boolean): Promise<Duplex> => {
    const { Id } = (await send('POST', `/containers/${id}/exec`, { AttachStdout: true, Tty: tty, ...body })) as { readonly Id: string };
    return hijack(socketPath, `/exec/${Id}/start`, { Detach: false, Tty: tty });
  };
  return {
    create: async (body) => ((await send('POST', '/containers/create', body)) as { readonly Id: string }).Id,
    start: (id) => send('POST', `/containers/${id}/start`),
    stop: (id) => send('POST', `/containers/${id}/stop?t=30`),
    remove: (id) => send('DELETE', `/containers/${id}?force=true&v=true`),
    get: (path) => send('GET', path),
    async execTrue(id) {
      const stream = await startExec(id, { Cmd: ['true'] }, false);
      await new Promise<void>((resolve) => stream.resume().once('end', resolve));
      stream.destroy();
    },
    async execPrompt(id) {
      const stream = await startExec(id, { Cmd: ['bash'], AttachStdin: true, Env: ['TERM=xterm-256color'] }, true);
      await new Promise<void>((resolve) => {
        let text = '';
        stream.on('data', (chunk: Buffer) => {
          text += chunk.toString();
          if (/[$#] $/.test(text)) resolve();
        });
      });
      stream.destroy();
    },
  };
}

function sendRequest(socketPath: string, method: string, path: string, body?: object): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    const sent = request({ socketPath, method, path, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.once('end', () => {
        const text = Buffer.concat(chunks).toString();
        if ((answer.statusCode ?? 500) >= 400) reject(new Error(`${method} ${path}: ${answer.statusCode} ${text}`));
        else resolve(text === '' ? null : JSON.parse(text));
      });
    });
    sent.once('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function hijack(socketPath: string, path: string, body: object): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', connection: 'Upgrade', upgrade: 'tcp' };
    const sent = request({ socketPath, method: 'POST', path, headers });
    sent.once('upgrade', (_answer, socket: Duplex, head: Buffer) => {
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    sent.once('response', (answer) => reject(new Error(`POST ${path}: ${answer.statusCode}`)));
    sent.once('error', reject);
    sent.end(JSON.stringify(body));
  });
}

import { describe, expect, it, onTestFinished } from 'vitest';
import { type Client, createClient } from '../../shared/contract/client.ts';
import { type Connection, decodeFrame, decodeJson, encodeFrame, encodeJson, frameType } from '../../shared/contract/wire.ts';
import { AppError } from '../../shared/errors.ts';
import { createSmallCore } from '../../tests/support/small-core.ts';
import { createConnectionPair } from './memory-connection.ts';
import { type CallHandlers, type Router, type StreamHandlers, createRouter } from './router.ts';

type Setup = { readonly router: Router; readonly client: Client; readonly far: Connection; readonly bugs: unknown[] };

function start(given: { calls?: Partial<CallHandlers>; streams?: Partial<StreamHandlers> } = {}): Setup {
  const bugs: unknown[] = [];
  const core = createSmallCore('/data', given);
  const router = createRouter({ calls: core.calls as CallHandlers, streams: core.streams, onBug: (_, error) => bugs.push(error), checkOutputs: true });
  const [near, far] = createConnectionPair();
  router.serve(near);
  const client = createClient(far);
  onTestFinished(() => client.close());
  return { router, client, far, bugs };
}

function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'none',
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  );
}

/** Speaks frames by hand, as no well-behaved client would. */
function startRaw(): { send: (type: number, id: number, body: unknown) => void; answers: Map<number, unknown>; closed: () => boolean; near: Connection } {
  const core = createSmallCore('/data');
  const router = createRouter({ calls: core.calls as CallHandlers, streams: core.streams, onBug: () => {}, checkOutputs: true });
  const [near, far] = createConnectionPair();
  router.serve(near);
  const answers = new Map<number, unknown>();
  let closed = false;
  far.onFrame((bytes) => {
    const frame = decodeFrame(bytes)!;
    if (frame.type === frameType.answer || frame.type === frameType.end) answers.set(frame.id, decodeJson(frame.payload));
  });
  far.onClose(() => (closed = true));
  return { send: (type, id, body) => far.send(encodeFrame(type as never, id, encodeJson(body))), answers, closed: () => closed, near };
}

async function breathe(turns = 20): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1)
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
}

describe('a call', () => {
  it('is answered', async () => {
    const { client } = start();
    expect(await client.call('app.info', {})).toMatchObject({ pid: process.pid, dataFolder: '/data' });
  });

  it('says which part of its input is wrong', async () => {
    const { client } = start();
    const error = await client.call('workspaces.stop', { workspaceId: 'NOPE' }).catch((error: unknown) => error);
    expect(error).toMatchObject({ code: 'contract/invalid-input', details: { issues: [{ path: 'workspaceId' }] } });
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', '', 'no.such', 'terminals.attach'])('of the name %j is refused', async (name) => {
    const { client, bugs } = start();
    expect(await codeOf(client.call(name as never, {} as never))).toBe('contract/unknown');
    expect(bugs).toEqual([]);
  });

  it('rebuilds an expected error whole, and hides a bug, which is reported', async () => {
    const { client, bugs } = start({
      calls: {
        'projects.list': () => {
          throw new AppError('project/gone', 'It is gone.', { details: { path: '/x' } });
        },
        'agents.list': () => {
          throw new TypeError('inner');
        },
      },
    });
    await expect(client.call('projects.list', {})).rejects.toMatchObject({ code: 'project/gone', message: 'It is gone.', details: { path: '/x' } });
    expect(await codeOf(client.call('agents.list', {}))).toBe('app/bug');
    expect(bugs).toHaveLength(1);
  });

  it('with an output that breaks the contract is a bug outside production', async () => {
    const { client, bugs } = start({ calls: { 'projects.list': () => 'nonsense' as never } });
    expect(await codeOf(client.call('projects.list', {}))).toBe('app/bug');
    expect(bugs).toHaveLength(1);
  });

  it('is aborted when the caller cancels, and when the connection goes', async () => {
    const aborted: string[] = [];
    function wait(name: string) {
      return (_: unknown, { signal }: { signal: AbortSignal }): Promise<never> =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            aborted.push(name);
            reject(new AppError('test/aborted', 'Aborted.'));
          });
        });
    }
    const { client } = start({ calls: { 'projects.list': wait('cancelled'), 'agents.list': wait('dropped') } });
    const controller = new AbortController();
    const first = codeOf(client.call('projects.list', {}, { signal: controller.signal }));
    const second = codeOf(client.call('agents.list', {}));
    controller.abort();
    expect(await first).toBe('test/aborted');
    client.close();
    expect(await second).toBe('connection/lost');
    await breathe();
    expect(aborted).toEqual(['cancelled', 'dropped']);
    expect(await codeOf(client.call('app.info', {}))).toBe('connection/lost');
  });

  it('that is too large does not leave the client', async () => {
    const { client } = start();
    expect(await codeOf(client.call('terminals.paste', { terminalId: '0'.repeat(12), text: 'x'.repeat(33 * 1024 * 1024) }))).toBe('connection/too-large');
  });

  it('whose answer is too large fails instead', async () => {
    const lines = ['x'.repeat(33 * 1024 * 1024)];
    const screen = { terminalId: '0'.repeat(12), lines, cursor: { x: 0, y: 0, visible: true }, size: { cols: 80, rows: 24 } };
    const { client } = start({ calls: { 'terminals.screen': () => screen } });
    expect(await codeOf(client.call('terminals.screen', { terminalId: '0'.repeat(12) }))).toBe('connection/too-large');
  });
});

describe('events', () => {
  it('reach every client that listens, until it no longer does', async () => {
    const { router, client } = start();
    const seen: string[] = [];
    const stop = client.on('app.closing', ({ reason }) => seen.push(reason));
    router.publish('app.closing', { reason: 'one' });
    await breathe();
    stop();
    router.publish('app.closing', { reason: 'two' });
    await breathe();
    expect(seen).toEqual(['one']);
  });

  it('of a kind that the client does not know are passed over; one it cannot read ends the connection', async () => {
    const [near, far] = createConnectionPair();
    const client = createClient(far);
    client.on('app.closing', () => {});
    let closed = false;
    void client.closed.then(() => (closed = true));
    near.send(encodeFrame(frameType.event, 0, encodeJson({ name: 'later.thing', payload: 1 })));
    near.send(encodeFrame(frameType.event, 0, encodeJson({ name: '__proto__', payload: 1 })));
    await breathe();
    expect(closed).toBe(false);
    near.send(encodeFrame(frameType.event, 0, encodeJson({ name: 'app.closing', payload: 1 })));
    await breathe();
    expect(closed).toBe(true);
  });
});

describe('a stream', () => {
  const terminalId = '0123456789ab';

  it('carries bytes both ways and ends with its handler', async () => {
    const { client } = start();
    const channel = client.open('terminals.attach', { terminalId });
    const got: number[] = [];
    channel.onData((bytes) => void got.push(...bytes));
    await channel.write(Uint8Array.of(1, 2, 3));
    await breathe();
    expect(got).toEqual([1, 2, 3]);
    channel.end();
    await channel.closed;
  });

  it('fails with what its handler throws, and with a wrong input', async () => {
    const { client } = start({ streams: { 'terminals.attach': () => Promise.reject(new AppError('terminal/gone', 'Gone.')) } });
    expect(await codeOf(client.open('terminals.attach', { terminalId }).closed)).toBe('terminal/gone');
    expect(await codeOf(client.open('terminals.attach', { terminalId: 'x' }).closed)).toBe('contract/invalid-input');
    expect(await codeOf(client.open('constructor' as never, {} as never).closed)).toBe('contract/unknown');
  });

  it('fails when the connection goes', async () => {
    const { client } = start();
    const channel = client.open('terminals.attach', { terminalId });
    await breathe();
    client.close();
    expect(await codeOf(channel.closed)).toBe('stream/disconnected');
    expect(await codeOf(client.open('terminals.attach', { terminalId }).closed)).toBe('stream/disconnected');
  });

  it('is refused when a client holds hundreds, and the rest goes on', async () => {
    const { client } = start();
    const channels = Array.from({ length: 600 }, () => client.open('terminals.attach', { terminalId }));
    const first = await Promise.race(channels.map((channel) => codeOf(channel.closed)));
    expect(first).toBe('connection/busy');
    expect(await client.call('app.info', {})).toMatchObject({ pid: process.pid });
  });
});

describe('what is no frame of the protocol', () => {
  it.each([
    ['an unknown type', 99, 1, {}],
    ['a call without a name', frameType.call, 1, { input: {} }],
    ['a call that is a list', frameType.call, 1, []],
    ['a stream without a name', frameType.open, 1, null],
  ])('closes the connection: %s', async (_, type, id, body) => {
    const raw = startRaw();
    raw.send(type, id, body);
    await breathe();
    expect(raw.closed()).toBe(true);
  });

  it('is passed over when it belongs to a stream that has ended', async () => {
    const raw = startRaw();
    raw.send(frameType.data, 5, {});
    raw.send(frameType.credit, 5, {});
    raw.send(frameType.cancel, 5, {});
    raw.send(frameType.call, 6, { name: 'app.info' });
    await breathe();
    expect(raw.closed()).toBe(false);
    expect(raw.answers.get(6)).toMatchObject({ ok: true });
  });
});

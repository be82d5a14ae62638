import { expect, test } from 'vitest';
import { AppError } from '../errors.ts';
import { type LinkStatus, backoff, createLink } from './link.ts';
import { type Connection, decodeFrame, decodeJson, encodeFrame, encodeJson, frameType } from './wire.ts';

/** One end of a connection that the test holds the other end of. */
function connectionPair() {
  let onFrame: ((frame: Uint8Array) => void) | null = null;
  const closers: (() => void)[] = [];
  const sent: Uint8Array[] = [];
  const connection: Connection = {
    send: (frame) => void sent.push(frame),
    onFrame: (listener) => void (onFrame = listener),
    onClose: (listener) => void closers.push(listener),
    close: () => closers.forEach((close) => close()),
  };
  return {
    connection,
    sent,
    push: (frame: Uint8Array) => onFrame?.(frame),
    drop: () => closers.forEach((close) => close()),
  };
}

function closing(reason: string): Uint8Array {
  return encodeFrame(frameType.event, 0, encodeJson({ name: 'app.closing', payload: { reason } }));
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

/** A link whose connections and waits the test decides. */
function world() {
  const attempts: PromiseWithResolvers<Connection>[] = [];
  const waits: { readonly ms: number; readonly end: () => void }[] = [];
  const statuses: LinkStatus[] = [];
  const link = createLink({
    connect() {
      const attempt = Promise.withResolvers<Connection>();
      attempts.push(attempt);
      return attempt.promise;
    },
    sleep(ms, onWake) {
      return new Promise((resolve) => {
        waits.push({ ms, end: resolve });
        onWake(resolve);
      });
    },
  });
  link.onStatus((status) => statuses.push(status));
  return { link, attempts, waits, statuses };
}

test('the waits grow from a quarter of a second to five seconds', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 20].map(backoff)).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000, 5000]);
});

test('a lost connection is made again, listeners stay, and the generation tells them apart', async () => {
  const { link, attempts, waits, statuses } = world();
  const heard: string[] = [];
  link.client.on('app.closing', ({ reason }) => void heard.push(reason));
  const first = connectionPair();
  attempts[0]!.resolve(first.connection);
  await settle();
  first.push(closing('one'));
  first.drop();
  await settle();
  expect(link.status().kind).toBe('lost');
  waits[0]!.end();
  await settle();
  const second = connectionPair();
  attempts[1]!.resolve(second.connection);
  await settle();
  second.push(closing('two'));
  expect(heard).toEqual(['one', 'two']);
  expect(statuses.filter((status) => status.kind === 'live').map((status) => status.generation)).toEqual([1, 2]);
});

test('a listener that was taken away hears nothing on a later connection', async () => {
  const { link, attempts } = world();
  const heard: string[] = [];
  link.client.on('app.closing', ({ reason }) => void heard.push(reason))();
  const pair = connectionPair();
  attempts[0]!.resolve(pair.connection);
  await settle();
  pair.push(closing('late'));
  expect(heard).toEqual([]);
});

test('without a connection a call fails at once and a stream is closed', async () => {
  const { link } = world();
  await expect(link.client.call('app.info', {})).rejects.toMatchObject({ code: 'connection/lost' });
  await expect(link.client.open('terminals.attach', { terminalId: 'aaaaaaaaaaaa' }).closed).rejects.toMatchObject({ code: 'stream/disconnected' });
});

test('a call goes out on the present connection, and fails when that is lost', async () => {
  const { link, attempts } = world();
  const pair = connectionPair();
  attempts[0]!.resolve(pair.connection);
  await settle();
  const answer = link.client.call('settings.get', {});
  expect(decodeJson(decodeFrame(pair.sent[0]!)!.payload)).toEqual({ name: 'settings.get', input: {} });
  pair.drop();
  await expect(answer).rejects.toMatchObject({ code: 'connection/lost' });
});

test('a core that lets this browser in no more is told apart from one that is away', async () => {
  const { link, attempts, waits } = world();
  attempts[0]!.reject(new AppError('connection/signed-out', 'Not let in.'));
  await settle();
  expect(link.status()).toMatchObject({ kind: 'lost', signedOut: true });
  waits[0]!.end();
  await settle();
  attempts[1]!.reject(new AppError('connection/refused', 'Away.'));
  await settle();
  expect(link.status()).toMatchObject({ kind: 'lost', signedOut: false });
  link.close();
});

test('refused attempts are counted, and "try now" does not wait', async () => {
  const { link, attempts, waits, statuses } = world();
  attempts[0]!.reject(new Error('refused'));
  await settle();
  link.retryNow();
  await settle();
  attempts[1]!.reject(new Error('refused'));
  await settle();
  expect(waits.map((wait) => wait.ms)).toEqual([250, 500]);
  expect(statuses.map((status) => (status.kind === 'lost' ? status.attempt : null))).toEqual([1, 2]);
  link.close();
});

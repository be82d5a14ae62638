import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeSession, type TestSession } from '../fixtures/keychain.ts';
import { type LiveWorkspace, createLiveWorkspace } from '../fixtures/live-workspace.ts';

/** Keys that change while a workspace is paused, and a core that ends before it goes on: with a real keychain and a real engine. */

const agent = 'grafter';
let session: TestSession;
let live: LiveWorkspace;

beforeAll(async () => {
  session = makeSession();
  await session.startBus();
  await session.unlock();
  live = await createLiveWorkspace({
    agent,
    environment: session.environment,
    async before(core) {
      const program = { kind: 'image' as const, executable: 'cat' };
      await core.call('agents.define', { agent, title: 'Grafter', program, arguments: {}, keyNames: ['GRAFTER_KEY'] });
      await core.call('agents.setKey', { agent, apiKey: 'the-first' });
    },
  });
});
afterAll(async () => {
  await live?.end();
  await session?.end();
});

function keyInside(): string {
  const script = 'cat /run/forgehold/keys/* 2>/dev/null || true';
  return execFileSync('docker', ['exec', live.container, 'sh', '-c', script], { encoding: 'utf8' });
}

async function changeWhilePaused(apiKey: string | null): Promise<void> {
  const { workspaceId } = live;
  await live.core.call('workspaces.pause', { workspaceId });
  await live.core.call('agents.setKey', { agent, apiKey });
  await live.restart('paused');
  await live.core.call('workspaces.resume', { workspaceId });
}

test('a key that was set while it was paused is there when the next core lets it go on, and one that was forgotten is not', async () => {
  expect(keyInside()).toBe('the-first');
  await changeWhilePaused('the-second');
  expect(keyInside()).toBe('the-second');
  await changeWhilePaused(null);
  expect(keyInside()).toBe('');
});

test('what is locked away when it goes on leaves the key that it had, until the keychain is open', async () => {
  await live.core.call('agents.setKey', { agent, apiKey: 'the-third' });
  expect(keyInside()).toBe('the-third');
  const { workspaceId } = live;
  await live.core.call('workspaces.pause', { workspaceId });
  await live.core.call('agents.setKey', { agent, apiKey: 'the-fourth' });
  await session.lock();
  await live.restart('paused');
  await live.core.call('workspaces.resume', { workspaceId });
  expect(keyInside()).toBe('the-third');
  await session.unlock();
  await live.core.call('keys.unlock');
  await expect.poll(keyInside, { timeout: 30_000 }).toBe('the-fourth');
});

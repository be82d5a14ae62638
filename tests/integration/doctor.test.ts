import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Check } from '../../shared/model/doctor.ts';
import { forgehold } from '../fixtures/cli.ts';
import { makeDataFolder, removeDataFolder, startCore, type TestCore, until } from '../fixtures/core.ts';
import { canRunDockerd, makePrivateDockerd, type PrivateDockerd } from '../fixtures/dockerd.ts';

/** The doctor of a whole core whose engine is the test's own: away, there, and away again. */
const key = 'sk-ant-not-to-be-told-4711';
let data: string;
let core: TestCore;
let dockerd: PrivateDockerd;

beforeAll(async () => {
  if (!canRunDockerd) return;
  data = makeDataFolder();
  dockerd = makePrivateDockerd();
  const { endpoint } = dockerd;
  core = await startCore(data, { DOCKER_HOST: endpoint.kind === 'invalid' ? '' : endpoint.address, ANTHROPIC_API_KEY: key });
});
afterAll(async () => {
  if (!canRunDockerd) return;
  await core.stop();
  await dockerd.remove();
  removeDataFolder(data);
});

async function check(id: string): Promise<Check> {
  return (await core.call('doctor.run', { ids: [id] }))[0]!;
}

test.skipIf(!canRunDockerd)('an engine that is away is named with what to do; what needs it waits, everything else is checked all the same', async () => {
  await until(
    () => check('engine'),
    ({ state }) => state === 'bad',
    'the engine to be missed',
  );
  const checks = await core.call('doctor.run', {});
  const states = Object.fromEntries(checks.map(({ id, state }) => [id, state]));
  expect(states).toMatchObject({
    engine: 'bad',
    images: 'waiting',
    limits: 'waiting',
    wall: 'waiting',
    range: 'waiting',
    database: 'ok',
    settings: 'ok',
    'data-folder': 'ok',
    core: 'ok',
  });
  expect(checks.find(({ id }) => id === 'engine')).toMatchObject({ found: 'Does not answer', why: expect.stringContaining('nothing of theirs is lost') });
  expect(checks.filter(({ state, why }) => (state === 'warn' || state === 'bad') && !why)).toEqual([]);
  const { status, stdout } = await forgehold(['doctor'], { data });
  expect([status, stdout]).toEqual([1, expect.stringContaining('keep workspaces from working')]);
});

test.skipIf(!canRunDockerd)('no key is in what it tells, though the core has one', async () => {
  expect((await core.call('agents.list')).find(({ agent }) => agent === 'claude-code')?.keyPresent).toBe(true);
  const told = JSON.stringify(await core.call('doctor.run', {}));
  expect(told).toContain('live in memory');
  expect(told).not.toContain(key);
});

test.skipIf(!canRunDockerd)('an engine that comes is checked whole, and one that dies is missed', async () => {
  await dockerd.start();
  await until(
    () => check('engine'),
    ({ state }) => state === 'ok',
    'the engine to be there',
  );
  const checks = await core.call('doctor.run', { ids: ['engine', 'limits', 'clock', 'range', 'wall', 'images', 'disk'] });
  expect(checks.map(({ state }) => state)).not.toContain('waiting');
  expect(checks.find(({ id }) => id === 'engine')).toMatchObject({
    found: expect.stringContaining('API'),
    facts: { rootless: 'no', endpoint: expect.stringContaining('unix://') },
  });
  expect(checks.find(({ id }) => id === 'clock')).toMatchObject({ state: 'ok' });
  await dockerd.kill();
  await until(
    () => check('engine'),
    ({ state }) => state === 'bad',
    'the engine to be missed again',
  );
});

test.skipIf(!canRunDockerd)('a frozen engine holds up nobody: its checks say so, the others answer', async () => {
  await dockerd.start();
  await until(
    () => check('engine'),
    ({ state }) => state === 'ok',
    'the engine to be there',
  );
  dockerd.signal('SIGSTOP');
  try {
    const checks = await core.call('doctor.run', {});
    expect(checks.filter(({ id }) => ['database', 'settings', 'git', 'core'].includes(id)).map(({ state }) => state)).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect(checks.find(({ id }) => id === 'limits')?.state).not.toBe('ok');
  } finally {
    dockerd.signal('SIGCONT');
  }
});

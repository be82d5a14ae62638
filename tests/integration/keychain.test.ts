import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Agent } from '../../shared/model/agent.ts';
import type { Check } from '../../shared/model/doctor.ts';
import { forgehold } from '../fixtures/cli.ts';
import { makeDataFolder, removeDataFolder, startCore, type TestCore, until } from '../fixtures/core.ts';
import { makeSession, type TestSession } from '../fixtures/keychain.ts';

const execute = promisify(execFile);
const key = 'sk-kept-4711-not-to-be-found';
const account = 'codex/*';
let session: TestSession;
let data: string;
let cores: TestCore[];

beforeAll(async () => {
  session = makeSession();
  await session.startBus();
});
beforeEach(async () => {
  await session.unlock();
  data = makeDataFolder();
  cores = [];
});
afterEach(async () => {
  session.hangDialogs(false);
  for (const core of cores) await core.stop();
  removeDataFolder(data);
});
afterAll(() => session.end());

/** Of these tests none needs an engine. */
async function start(environment: NodeJS.ProcessEnv = {}, folder = data): Promise<TestCore> {
  const core = await startCore(folder, { DOCKER_HOST: 'unix:///nowhere/docker.sock', ...session.environment, ...environment });
  cores.push(core);
  return core;
}

function serviceOf(folder = data): string {
  return `Forgehold ${readFileSync(join(folder, 'installation'), 'utf8').trim()}`;
}

async function codex(core: TestCore): Promise<Agent> {
  return (await core.call('agents.list')).find(({ agent }) => agent === 'codex')!;
}

async function check(core: TestCore): Promise<Check> {
  return (await core.call('doctor.run', { ids: ['keychain'] }))[0]!;
}

async function filesWith(text: string, folder: string): Promise<string> {
  return execute('grep', ['-rlaF', text, folder]).then(
    ({ stdout }) => stdout,
    (error: { code: number }) => (error.code === 1 ? '' : Promise.reject(error as unknown as Error)),
  );
}

test('a key is in the keychain and in no file, and the next core reads it there, whether this one ended or was killed', async () => {
  const core = await start();
  expect(await core.call('agents.setKey', { agent: 'codex', apiKey: key })).toEqual({ kept: 'keychain', keychain: { kind: 'kept', title: 'GNOME Keyring' } });
  expect(await session.lookUp(serviceOf(), account)).toBe(key);
  await core.kill();
  const second = await start();
  expect(
    await until(
      () => codex(second),
      ({ keyPresent }) => keyPresent,
      'the key to be read',
    ),
  ).toMatchObject({ keyKept: 'keychain' });
  await second.stop();
  const third = await start();
  await until(
    () => codex(third),
    ({ keyPresent }) => keyPresent,
    'the key to be read again',
  );
  expect(await check(third)).toMatchObject({ state: 'ok', found: 'Keys are kept in GNOME Keyring' });
  expect(await filesWith('codex', data)).toContain('forgehold.db');
  expect(await filesWith(key, data)).toBe('');
  expect(await filesWith(key, session.home)).toBe('');
  await third.call('agents.setKey', { agent: 'codex', apiKey: null });
  expect(await session.lookUp(serviceOf(), account)).toBe('');
});

test('a locked keychain is said, opens no dialog at the start, and keeps new keys in memory until its owner unlocks it', async () => {
  const core = await start();
  await core.call('agents.setKey', { agent: 'codex', apiKey: key });
  await core.stop();
  await session.lock();
  const second = await start();
  const found = await until(
    () => check(second),
    ({ found }) => !found.includes('Not known'),
    'the keychain to be looked at',
  );
  expect(found).toMatchObject({ state: 'warn', found: 'GNOME Keyring is locked', fix: { id: 'keychain/unlock', label: 'Unlock' } });
  expect(await codex(second)).toMatchObject({ keyPresent: false, keyKept: 'unread' });
  // Nobody can see the dialog here: that is an answer, too.
  const { status, stdout } = await forgehold(['agent', 'key', 'claude-code'], { data, input: 'sk-ant-given-meanwhile\n' });
  expect([status, stdout]).toEqual([0, expect.stringContaining('in memory until Forgehold ends')]);
  expect(stdout).toContain('locked');
  expect((await second.call('agents.list')).find(({ agent }) => agent === 'claude-code')).toMatchObject({ keyPresent: true, keyKept: 'memory' });
  await session.unlock();
  expect(await second.call('doctor.fix', { id: 'keychain' })).toMatchObject({ state: 'ok', found: 'Keys are kept in GNOME Keyring' });
  expect(await codex(second)).toMatchObject({ keyPresent: true, keyKept: 'keychain' });
  expect(await session.lookUp(serviceOf(), 'claude-code/*')).toBe('sk-ant-given-meanwhile');
});

test('an unlock dialog that nobody answers holds up neither the core nor its end', async () => {
  const core = await start();
  await core.call('agents.setKey', { agent: 'codex', apiKey: key });
  await session.lock();
  session.hangDialogs(true);
  expect(await core.call('keys.unlock')).toMatchObject({ kind: 'kept' });
  expect(await core.call('agents.setKey', { agent: 'claude-code', apiKey: 'sk-ant-while-asking' })).toMatchObject({
    kept: 'memory',
    keychain: { kind: 'asking', why: expect.stringContaining('waits for you') },
  });
  expect(await check(core)).toMatchObject({ state: 'warn', found: 'GNOME Keyring waits for you', fix: { label: 'Ask again' } });
  await core.stop();
});

test('without a desktop session keys are in memory, and that is said', async () => {
  const core = await start({ DBUS_SESSION_BUS_ADDRESS: '' });
  const { stdout } = await forgehold(['agent', 'key', 'codex'], { data, input: `${key}\n` });
  expect(stdout).toContain('No keychain');
  expect(stdout).toContain('in memory until Forgehold ends');
  expect(await check(core)).toMatchObject({
    state: 'warn',
    found: 'No keychain: keys live in memory until Forgehold ends',
    why: expect.stringContaining('no session bus'),
  });
  expect(await codex(core)).toMatchObject({ keyPresent: true, keyKept: 'memory' });
  expect(await filesWith(key, data)).toBe('');
  await core.stop();
  expect(await codex(await start())).not.toHaveProperty('keyKept');
});

test('a keychain that comes later takes the keys that were given before it', async () => {
  const later = makeSession();
  try {
    const core = await start(later.environment);
    expect(await core.call('agents.setKey', { agent: 'codex', apiKey: key })).toMatchObject({ kept: 'memory', keychain: { kind: 'absent' } });
    await later.startBus();
    expect(await core.call('keys.keychain')).toMatchObject({ kind: 'absent', why: expect.stringContaining('No keychain answers') });
    await later.unlock();
    expect(await core.call('keys.keychain')).toMatchObject({ kind: 'kept' });
    expect(await later.lookUp(serviceOf(), account)).toBe(key);
    expect(await codex(core)).toMatchObject({ keyKept: 'keychain' });
    // It dies, and another comes.
    later.signal('SIGKILL');
    expect(await core.call('agents.setKey', { agent: 'codex', apiKey: 'sk-of-between' })).toMatchObject({ kept: 'memory', keychain: { kind: 'absent' } });
    await later.unlock();
    expect(await check(core)).toMatchObject({ state: 'ok' });
    expect(await later.lookUp(serviceOf(), account)).toBe('sk-of-between');
  } finally {
    await later.end();
  }
});

test('a keychain that hangs is said to be silent, and holds up nobody', async () => {
  session.signal('SIGSTOP');
  try {
    const core = await start();
    expect(await core.call('agents.setKey', { agent: 'codex', apiKey: key })).toMatchObject({ kept: 'memory' });
    const found = await until(
      () => check(core),
      ({ found }) => !found.includes('Not known'),
      'the keychain to be given up',
    );
    expect(found).toMatchObject({ state: 'warn', why: expect.stringContaining('does not answer') });
  } finally {
    session.signal('SIGCONT');
  }
});

test('two data folders do not see each other’s keys', async () => {
  const other = makeDataFolder();
  try {
    const [one, two] = [await start(), await start({}, other)];
    await one.call('agents.setKey', { agent: 'codex', apiKey: key });
    expect(await codex(two)).toMatchObject({ keyPresent: false });
    await two.call('agents.setKey', { agent: 'codex', apiKey: 'sk-of-the-other' });
    await two.call('keys.forgetAll');
    expect([await session.lookUp(serviceOf(), account), await session.lookUp(serviceOf(other), account)]).toEqual([key, '']);
  } finally {
    for (const core of cores.splice(0)) await core.stop();
    removeDataFolder(other);
  }
});

test('a key of the environment goes before the kept one, for this session, and is not written down', async () => {
  const core = await start();
  await core.call('agents.setKey', { agent: 'codex', apiKey: key });
  await core.stop();
  const second = await start({ OPENAI_API_KEY: 'sk-of-the-environment' });
  expect(await codex(second)).toMatchObject({ keyPresent: true, keyKept: 'environment' });
  await check(second);
  expect(await session.lookUp(serviceOf(), account)).toBe(key);
  expect(await filesWith('sk-of-the-environment', data)).toBe('');
  await second.stop();
  const third = await start();
  await until(
    () => codex(third),
    ({ keyKept }) => keyKept === 'keychain',
    'the kept key',
  );
});

test('what the keychain cannot give back is said, and stays until it is replaced', async () => {
  const core = await start();
  await core.call('agents.setKey', { agent: 'codex', apiKey: key });
  await core.stop();
  await session.corrupt(serviceOf(), account);
  const second = await start();
  await until(
    () => codex(second),
    ({ keyKept }) => keyKept === 'unreadable',
    'the key to be found out',
  );
  expect(await codex(second)).toMatchObject({ keyPresent: false });
  expect(await check(second)).toMatchObject({ state: 'warn', found: 'The key of Codex cannot be read' });
  expect(await second.call('agents.setKey', { agent: 'codex', apiKey: 'sk-again' })).toMatchObject({ kept: 'keychain' });
  await second.stop();
  const third = await start();
  await until(
    () => codex(third),
    ({ keyKept }) => keyKept === 'keychain',
    'the key given again',
  );
});

test('keys of an agent type that is taken away go with it, and so do all when all are forgotten', async () => {
  const core = await start();
  const definition = {
    agent: 'aider',
    title: 'Aider',
    program: { kind: 'image' as const, executable: 'aider' },
    arguments: {},
    keyNames: ['AIDER_KEY', 'OTHER_KEY'],
  };
  await core.call('agents.define', definition);
  await core.call('agents.setKey', { agent: 'aider', name: 'AIDER_KEY', apiKey: 'sk-aider' });
  await core.call('agents.setKey', { agent: 'codex', apiKey: key });
  expect(await session.lookUp(serviceOf(), 'aider/AIDER_KEY')).toBe('sk-aider');
  await core.call('agents.forget', { agent: 'aider' });
  await check(core);
  expect(await session.lookUp(serviceOf(), 'aider/AIDER_KEY')).toBe('');
  // A script says yes beforehand: nobody is there to be asked.
  const asked = await forgehold(['agent', 'forget-keys'], { data });
  expect([asked.status, asked.stderr]).toEqual([5, expect.stringContaining('--yes')]);
  expect(await session.lookUp(serviceOf(), account)).toBe(key);
  const { status, stdout } = await forgehold(['agent', 'forget-keys', '--yes'], { data });
  expect([status, stdout]).toEqual([0, 'Every API key is forgotten.\n']);
  expect(await session.lookUp(serviceOf(), account)).toBe('');
  expect(await codex(core)).toMatchObject({ keyPresent: false });
});

import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CoreLink, createCoreLink } from '../../electron/app/core-link.ts';
import { openDataFolder } from '../../electron/lib/data-folder.ts';
import { createLogger } from '../../electron/lib/logger.ts';
import { readAppVersion } from '../../electron/lib/places.ts';
import { forkNode } from '../../electron/vault/fork-helper.ts';
import type { CoreState } from '../../shared/model/shell.ts';
import { callCore, makeDataFolder, removeDataFolder, startCore, until } from '../fixtures/core.ts';

/** The desktop window's way to its core, as its main process goes it, on a runtime that can hold one. */

let data: string;
let ends: number;
let states: CoreState[];
const links: CoreLink[] = [];

beforeEach(() => {
  // These cores need no engine.
  process.env['DOCKER_HOST'] = 'unix:///nonexistent/docker.sock';
  data = makeDataFolder();
  ends = 0;
  states = [];
});
afterEach(async () => {
  for (const link of links.splice(0)) await link.close('The test ends.');
  delete process.env['DOCKER_HOST'];
  removeDataFolder(data);
});

function openLink(version = readAppVersion(), told = states): CoreLink {
  const folder = openDataFolder(data);
  const log = createLogger(folder.logs, { file: 'window.log' });
  const webRoot = join(data, 'nothing');
  const link = createCoreLink({ folder, version, log, webRoot, forkHelper: forkNode, onState: (state) => told.push(state), onOwnEnd: () => (ends += 1) });
  links.push(link);
  return link;
}

async function stateIs(kind: CoreState['kind']): Promise<CoreState> {
  const state = await until(
    () => states.at(-1),
    (last) => last?.kind === kind,
    `the state ${kind}`,
  );
  return state!;
}

test('without a core, one starts in the window’s process; scripts reach it', async () => {
  const link = openLink();
  expect(await stateIs('live')).toEqual({ kind: 'live', attached: false });
  expect(link.isOwn()).toBe(true);
  const own = await link.link.client.call('app.info', {});
  expect(own.pid).toBe(process.pid);
  expect(await callCore(data, 'app.info', {})).toMatchObject({ pid: process.pid, dataFolder: own.dataFolder });
});

test('the core in the window’s process ends when a script asks, and the window hears of it', async () => {
  openLink();
  await stateIs('live');
  await callCore(data, 'app.quit', {});
  await until(
    () => ends,
    (count) => count === 1,
    'the end',
  );
  expect(await stateIs('lost')).toMatchObject({ kind: 'lost' });
});

test('a window over a running core joins it, sees its changes, and finds it again after it was killed', async () => {
  const first = await startCore(data);
  const link = openLink();
  expect(await stateIs('live')).toEqual({ kind: 'live', attached: true });
  expect((await link.link.client.call('app.info', {})).pid).toBe(first.pid);
  await first.kill();
  await stateIs('lost');
  // Nothing took its place.
  await expect(callCore(data, 'app.info', {})).rejects.toMatchObject({ code: 'core/not-running' });
  const second = await startCore(data);
  await stateIs('live');
  expect((await link.link.client.call('app.info', {})).pid).toBe(second.pid);
  await second.stop();
  // Only the user's own wish starts one here.
  await stateIs('lost');
  link.retry();
  expect(await stateIs('live')).toEqual({ kind: 'live', attached: false });
});

test('a core of another version that takes the place is refused with a sentence, and not ended', async () => {
  const first = await startCore(data);
  openLink();
  await stateIs('live');
  await first.kill();
  await stateIs('lost');
  const newer: CoreState[] = [];
  const link = openLink('9.9.9', newer);
  await until(
    () => newer.at(-1),
    (last) => last?.kind === 'live',
    'the newer core',
  );
  await until(
    () => states.at(-1),
    (last) => last?.kind === 'lost' && last.message.includes('9.9.9 runs now'),
    'the sentence',
  );
  expect(link.isOwn()).toBe(true);
  expect((await link.link.client.call('app.info', {})).version).toBe('9.9.9');
});

import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type RequestOptions, type Server, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DownloadOptions, HttpExecutor, configureRequestOptions, configureRequestUrl } from 'builder-util-runtime';
import { AppImageUpdater } from 'electron-updater';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { UpdateState } from '../../shared/model/shell.ts';
import { toReleaseText } from '../../shared/release-text.ts';
import { createUpdates, type Updates } from './updates.ts';

/** electron-updater itself, over Node's HTTP instead of Chromium's, against a release that this machine serves. */

class NodeExecutor extends HttpExecutor<ReturnType<typeof request>> {
  override createRequest(options: RequestOptions, callback: (response: unknown) => void): ReturnType<typeof request> {
    return request(options, callback);
  }
  /** As electron-updater's own executor has it (electronHttpExecutor.ts). */
  download(url: URL, destination: string, options: DownloadOptions): Promise<string> {
    return options.cancellationToken.createPromise<string>((resolve, reject, onCancel) => {
      const target: RequestOptions = { headers: options.headers ?? undefined };
      configureRequestUrl(url, target);
      configureRequestOptions(target);
      const callback = (error: Error | null): void => (error ? reject(error) : resolve(destination));
      this.doDownload(target, { destination, options, onCancel, callback, responseHandler: null }, 0);
    });
  }
}

const image = Buffer.from('#!/bin/sh\necho a newer version\n'.repeat(20_000));
const sha512 = createHash('sha512').update(image).digest('base64');
const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const key = publicKey.export({ format: 'der', type: 'spki' }).toString('base64');

let folder: string;
let server: Server;
let served: Map<string, Buffer | string>;
let states: UpdateState[];
const before = process.env['APPIMAGE'];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'forgehold-updates-'));
  writeFileSync(join(folder, 'old.AppImage'), 'old');
  process.env['APPIMAGE'] = join(folder, 'old.AppImage');
  served = new Map([['/Forgehold.AppImage', image]]);
  states = [];
  server = createServer(({ url = '' }, response) => {
    const body = served.get(url.split('?', 1)[0]!);
    response.writeHead(body === undefined ? 404 : 200, { 'content-length': body?.length ?? 0 });
    response.end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  if (before === undefined) delete process.env['APPIMAGE'];
  else process.env['APPIMAGE'] = before;
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

function release(version: string, more: { readonly staging?: number; readonly signed?: string; readonly signature?: string } = {}): string {
  const files = [{ url: 'Forgehold.AppImage', sha512, size: image.length }];
  const text = more.signed ?? toReleaseText({ version, files });
  const signature = more.signature ?? sign(null, Buffer.from(text), privateKey).toString('base64');
  return JSON.stringify({ version, files, path: files[0]!.url, sha512, signature, ...(more.staging !== undefined && { stagingPercentage: more.staging }) });
}

function open(channel: 'off' | 'stable' | 'preview' = 'stable'): { readonly updates: Updates; readonly quits: number[] } {
  const quits: number[] = [];
  const updater = new AppImageUpdater(undefined, {
    ...{
      version: '1.0.0',
      name: 'Forgehold',
      isPackaged: true,
      appUpdateConfigPath: join(folder, 'app-update.yml'),
      userDataPath: folder,
      baseCachePath: folder,
    },
    ...{ whenReady: () => Promise.resolve(), relaunch: () => undefined, quit: () => void quits.push(1), onQuit: () => undefined },
  });
  updater.logger = null;
  updater.disableDifferentialDownload = true;
  writeFileSync(
    join(folder, 'app-update.yml'),
    `provider: generic\nurl: http://127.0.0.1:${(server.address() as AddressInfo).port}\nupdaterCacheDirName: forgehold-test\n`,
  );
  Object.assign(updater, { httpExecutor: new NodeExecutor() });
  return { updates: createUpdates({ updater, key, channel, onState: (state) => states.push(state) }), quits };
}

test('a signed newer version is found, fetched with its progress and then ready; nothing is fetched before it is asked for', async () => {
  served.set('/latest-linux.yml', release('1.1.0'));
  const { updates } = open();
  expect(await updates.check()).toEqual({ kind: 'available', version: '1.1.0' });
  expect(states.map(({ kind }) => kind)).toEqual(['current', 'checking', 'available']);
  expect(await updates.download()).toEqual({ kind: 'ready', version: '1.1.0' });
  expect(states.slice(3, -1).every(({ kind }) => kind === 'downloading')).toBe(true);
  expect(await updates.check()).toEqual({ kind: 'ready', version: '1.1.0' });
});

test('the same version, an older one, and one that is rolled out to nobody yet are no news', async () => {
  const { updates } = open();
  for (const text of [release('1.0.0'), release('0.9.0'), release('1.1.0', { staging: 0 })]) {
    served.set('/latest-linux.yml', text);
    expect(await updates.check()).toMatchObject({ kind: 'current', checkedAt: expect.stringMatching(/Z$/) as string });
  }
  served.set('/latest-linux.yml', release('1.1.0', { staging: 100 }));
  expect(await updates.check()).toEqual({ kind: 'available', version: '1.1.0' });
});

test('a version without a signature, with another key’s, or with that of another version is refused and cannot be fetched', async () => {
  const stranger = generateKeyPairSync('ed25519').privateKey;
  const files = [{ url: 'Forgehold.AppImage', sha512 }];
  const foreign = sign(null, Buffer.from(toReleaseText({ version: '1.1.0', files })), stranger).toString('base64');
  const { updates } = open();
  for (const text of [
    release('1.1.0', { signature: '' }),
    release('1.1.0', { signature: foreign }),
    release('1.1.0', { signed: toReleaseText({ version: '1.0.5', files }) }),
    release('1.1.0', { signed: toReleaseText({ version: '1.1.0', files: [{ url: 'Forgehold.AppImage', sha512: 'another' }] }) }),
  ]) {
    served.set('/latest-linux.yml', text);
    expect(await updates.check()).toMatchObject({ kind: 'failed', message: expect.stringContaining('is not signed') as string });
    await expect(updates.download()).rejects.toMatchObject({ code: 'update/none' });
    expect(() => updates.install()).toThrow('no newer version to install');
  }
});

test('a file that is not the signed one is not kept', async () => {
  served.set('/latest-linux.yml', release('1.1.0'));
  served.set('/Forgehold.AppImage', Buffer.from(image).fill('x', 0, 1));
  const { updates } = open();
  await updates.check();
  expect(await updates.download()).toMatchObject({ kind: 'failed', message: expect.stringContaining('sha512') as string });
  expect(() => updates.install()).toThrow('no newer version to install');
});

test('a server that fails is said in one line, and the next look is a new one', async () => {
  const { updates } = open();
  const failed = await updates.check();
  expect(failed).toMatchObject({ kind: 'failed' });
  expect(failed.kind === 'failed' && failed.message.split('\n')).toHaveLength(1);
  served.set('/latest-linux.yml', release('1.1.0'));
  expect(await updates.check()).toEqual({ kind: 'available', version: '1.1.0' });
});

test('previews come only to those who asked for them; switched off, or in a build without a key, nobody is asked', async () => {
  served.set('/latest-linux.yml', release('1.0.0'));
  served.set('/beta-linux.yml', release('1.2.0'));
  const { updates } = open();
  expect(await updates.check()).toMatchObject({ kind: 'current' });
  updates.setChannel('preview');
  expect(await updates.check()).toEqual({ kind: 'available', version: '1.2.0' });
  updates.setChannel('off');
  expect(await updates.check()).toEqual({ kind: 'off', reason: 'Looking for newer versions is switched off.' });
  const none = createUpdates({ updater: null, key: undefined, channel: 'stable', onState: () => undefined });
  expect(await none.check()).toEqual({ kind: 'off', reason: 'This build looks for no newer version.' });
});

import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { FuseV1Options } from '@electron/fuses';
import { expect, test } from 'vitest';
import { drawAppIcon } from '../icons/artwork.ts';
import { toIcns, toIco } from '../icons/containers.ts';
import { projectFolder } from '../setup/paths.mjs';
import { isLeftOut } from './contents.ts';
import { fuses, takeFuses } from './fuses.ts';
import { readSigning } from './signing.ts';
import { readUpdates } from './updates.ts';

test('the app gets bundles, resources and the keychain’s native part; no source, test, map or tool', () => {
  const shipped = [
    '/package.json',
    '/dist/desktop/main.js',
    '/dist/renderer/index.html',
    '/resources/seccomp/agent.json',
    '/resources/icons/tray/trayTemplate@2x.png',
  ];
  const native = [
    '/node_modules',
    '/node_modules/@napi-rs',
    '/node_modules/@napi-rs/keyring/index.js',
    '/node_modules/@napi-rs/keyring-linux-x64-gnu/keyring.linux-x64-gnu.node',
  ];
  expect([...shipped, ...native].filter(isLeftOut)).toEqual([]);
  const left = [
    '/electron/main.ts',
    '/dist/desktop/main.js.map',
    '/dist/desktop.inputs',
    '/node_modules/zod/index.js',
    '/tests/setup.ts',
    '/.git/config',
    '/out',
    '/resources/icons/icon.icns',
  ];
  expect(left.filter((file) => !isLeftOut(file))).toEqual([]);
});

test('a macOS build is signed and notarised, or neither: half a set of secrets ends it', () => {
  const whole = { APPLE_SIGNING_IDENTITY: 'Developer ID', APPLE_API_KEY: '/key.p8', APPLE_API_KEY_ID: 'ID', APPLE_API_ISSUER: 'issuer' };
  expect(readSigning({})).toEqual({});
  expect(readSigning(whole)).toMatchObject({ osxSign: { identity: 'Developer ID' }, osxNotarize: { appleApiKey: '/key.p8', appleApiKeyId: 'ID' } });
  for (const name of Object.keys(whole)) expect(() => readSigning({ ...whole, [name]: '' })).toThrow('all four; or none');
});

test('an app looks for updates only when it is built with a key and a place, never with one of them', () => {
  expect(readUpdates({})).toBeUndefined();
  const updates = readUpdates({ UPDATE_PUBLIC_KEY: 'a2V5', UPDATE_REPOSITORY: 'owner/name' });
  expect(readFileSync(updates!.file, 'utf8')).toContain('owner: owner\nrepo: name\n');
  rmSync(path.dirname(updates!.file), { recursive: true });
  expect(() => readUpdates({ UPDATE_PUBLIC_KEY: 'a2V5' })).toThrow('both; or neither');
  expect(() => readUpdates({ UPDATE_REPOSITORY: 'owner/name' })).toThrow('both; or neither');
});

test('an Electron that lacks the last fuses is given the others, each as decided', () => {
  const { [FuseV1Options.WasmTrapHandlers]: last, ...others } = fuses;
  expect(takeFuses(FuseV1Options.WasmTrapHandlers)).toEqual(others);
  expect(takeFuses(Infinity)).toBe(fuses);
  expect(last).toBe(true);
});

test('the committed icons are those of the artwork, in containers that say what they hold', () => {
  const icons = path.join(projectFolder, 'resources/icons');
  expect(readFileSync(path.join(icons, 'icon.svg'), 'utf8')).toBe(drawAppIcon(0.03));
  const pictures = [16, 24, 32, 48, 64, 128, 256, 512].map((side) => ({ side, png: readFileSync(path.join(icons, `linux/${side}x${side}.png`)) }));
  for (const { side, png } of pictures) expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([side, side]);
  const ico = toIco(pictures);
  expect(readFileSync(path.join(icons, 'icon.ico')).equals(ico)).toBe(true);
  const [offset, length] = [ico.readUInt32LE(6 + 12), ico.readUInt32LE(6 + 8)];
  expect(ico.subarray(offset, offset + length).equals(pictures[0]!.png)).toBe(true);
  const icns = toIcns([...pictures, { side: 1024, png: readFileSync(path.join(icons, 'icon.png')) }]);
  expect(icns.toString('latin1', 0, 4)).toBe('icns');
  expect(icns.readUInt32BE(4)).toBe(icns.length);
});

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import { createSettings } from './settings.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'forgehold-settings-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('begins with the defaults and keeps what is set for the next start', () => {
  expect(createSettings({ folder }).get().historyLines).toBe(10_000);
  createSettings({ folder }).set({ historyLines: 5000 });
  expect(createSettings({ folder }).get().historyLines).toBe(5000);
});

test('is readable by its owner alone', () => {
  createSettings({ folder }).set({ historyLines: 5000 });
  expect(statSync(join(folder, 'settings.json')).mode & 0o777).toBe(0o600);
});

test('refuses a value out of range and a relative CA bundle, and writes nothing', () => {
  const settings = createSettings({ folder });
  expect(() => settings.set({ historyLines: 5 })).toThrow(expect.objectContaining({ code: 'settings/invalid' }));
  expect(() => settings.set({ extraCaBundle: 'ca.pem' })).toThrow(expect.objectContaining({ code: 'settings/invalid' }));
  expect(createSettings({ folder }).get().historyLines).toBe(10_000);
});

test.each([
  ['broken JSON', '{"historyLines": ', 'settings/unreadable'],
  ['a value of the wrong kind', '{"historyLines": "many"}', 'settings/unreadable'],
  ['what a newer version wrote', '{"telemetry": true}', 'settings/newer'],
])('says what to do about a file with %s, and leaves it as it was', (_, content, code) => {
  const path = join(folder, 'settings.json');
  writeFileSync(path, content);
  expect(() => createSettings({ folder })).toThrow(expect.objectContaining({ code }));
  expect(readFileSync(path, 'utf8')).toBe(content);
});

test('tells its listeners', () => {
  const settings = createSettings({ folder });
  const seen: number[] = [];
  settings.onChange((value) => seen.push(value.historyLines));
  settings.set({ historyLines: 2000 });
  expect(seen).toEqual([2000]);
});

function refuseKeys(env: Readonly<Record<string, string>>): void {
  if (Object.hasOwn(env, 'MINE_KEY')) throw new AppError('workspace/key-in-layer', 'Keys go elsewhere.');
}

test('defaults with an API key never reach the disk', () => {
  const settings = createSettings({ folder, refuseKeys });
  settings.set({ defaults: { env: { EDITOR: 'vi' } } });
  const refused = expect.objectContaining({ code: 'workspace/key-in-layer' });
  expect(() => settings.set({ defaults: { env: { EDITOR: 'vi', MINE_KEY: 'not-for-the-disk' } } })).toThrow(refused);
  expect(settings.get().defaults).toEqual({ env: { EDITOR: 'vi' } });
  expect(readFileSync(join(folder, 'settings.json'), 'utf8')).not.toContain('not-for-the-disk');
});

test('a key that was written into the file by hand does not hold up another setting', () => {
  writeFileSync(join(folder, 'settings.json'), '{"defaults": {"env": {"MINE_KEY": "x"}}}');
  expect(createSettings({ folder, refuseKeys }).set({ historyLines: 5000 }).historyLines).toBe(5000);
});

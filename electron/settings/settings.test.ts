import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
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
  ['broken JSON', '{"historyLines": '],
  ['an unknown field', '{"telemetry": true}'],
])('says what to do about a file with %s, and leaves it as it was', (_, content) => {
  const path = join(folder, 'settings.json');
  writeFileSync(path, content);
  expect(() => createSettings({ folder })).toThrow(expect.objectContaining({ code: 'settings/unreadable' }));
  expect(readFileSync(path, 'utf8')).toBe(content);
});

test('tells its listeners', () => {
  const settings = createSettings({ folder });
  const seen: number[] = [];
  settings.onChange((value) => seen.push(value.historyLines));
  settings.set({ historyLines: 2000 });
  expect(seen).toEqual([2000]);
});

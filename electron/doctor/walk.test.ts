import { linkSync, mkdirSync, mkdtempSync, openSync, closeSync, ftruncateSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createWalker, type Walker } from './walk.ts';

const megabyte = 1024 * 1024;
let folder: string;
let walker: Walker;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'forgehold-walk-'));
  walker = createWalker();
});
afterEach(async () => {
  await walker.close();
  rmSync(folder, { recursive: true, force: true });
});

test('counts what lies on the disk: a hole is nothing, two names of one file are one file, a link is not followed', async () => {
  mkdirSync(join(folder, 'deep/er'), { recursive: true });
  writeFileSync(join(folder, 'deep/er/file'), Buffer.alloc(megabyte, 1));
  linkSync(join(folder, 'deep/er/file'), join(folder, 'second name'));
  const sparse = openSync(join(folder, 'sparse'), 'w');
  ftruncateSync(sparse, 500 * megabyte);
  closeSync(sparse);
  symlinkSync('/usr', join(folder, 'link'));
  symlinkSync(folder, join(folder, 'loop'));
  const bytes = (await walker.measure(folder, 30_000))!;
  expect(bytes).toBeGreaterThanOrEqual(megabyte);
  expect(bytes).toBeLessThan(1.5 * megabyte);
});

test('what is not there takes no room, and an answer in time or none', async () => {
  expect(await walker.measure(join(folder, 'absent'), 30_000)).toBe(0);
  expect(await walker.measure('/usr', 0)).toBe(null);
});

test('remembers for a while, and is told to forget', async () => {
  expect(await walker.measure(folder, 30_000)).toBeLessThan(megabyte);
  writeFileSync(join(folder, 'file'), Buffer.alloc(2 * megabyte, 1));
  expect(await walker.measure(folder, 30_000)).toBeLessThan(megabyte);
  walker.forget(folder);
  expect(await walker.measure(folder, 30_000)).toBeGreaterThan(megabyte);
});

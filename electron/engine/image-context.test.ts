import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ContextFile, hashContext, packContext, readContext } from './image-context.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'forgehold-context-'));
  await mkdir(path.join(folder, 'deep'));
  await writeFile(path.join(folder, 'Dockerfile'), 'FROM scratch\n');
  await writeFile(path.join(folder, 'deep/init'), '#!/bin/sh\n', { mode: 0o755 });
});
afterEach(() => rm(folder, { recursive: true }));

async function hashNow(base = 'debian:trixie-slim'): Promise<string> {
  return hashContext(await readContext(folder), base);
}

test('the hash depends on content, name, mode and base, and on nothing else', async () => {
  const before = await hashNow();
  expect(before).toMatch(/^[0-9a-f]{12}$/);
  expect(await hashNow()).toBe(before);
  expect(await hashNow('other:base')).not.toBe(before);
  await chmod(path.join(folder, 'deep/init'), 0o644);
  const withoutMode = await hashNow();
  expect(withoutMode).not.toBe(before);
  await writeFile(path.join(folder, 'deep/init'), '#!/bin/sh\n\n');
  expect(await hashNow()).not.toBe(withoutMode);
});

function file(name: string, content: string): ContextFile {
  return { name, content: Buffer.from(content), executable: false };
}

test('moving a byte from one file to the next changes the hash', () => {
  expect(hashContext([file('a', 'xy'), file('b', 'z')], 'base')).not.toBe(hashContext([file('a', 'x'), file('b', 'yz')], 'base'));
});

test('the tar holds every file at its path, with its mode', async () => {
  const seen: Record<string, number | undefined> = {};
  const entries = Readable.from([await packContext(await readContext(folder))]).pipe(extract());
  for await (const entry of entries) {
    seen[entry.header.name] = entry.header.mode;
    entry.resume();
  }
  expect(seen).toEqual({ Dockerfile: 0o644, 'deep/init': 0o755 });
});

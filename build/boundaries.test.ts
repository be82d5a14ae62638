import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { findViolations } from './rules/boundaries.ts';
import { parseModule } from './rules/imports.ts';
import { findTraces } from './rules/traces.ts';

const root = path.join(import.meta.dirname, '..');
/** Tracked and not ignored: what a commit would hold. */
const files = git('ls-files', '-z', '--cached', '--others', '--exclude-standard').split('\0').filter(Boolean);
const sources = files.filter((file) => /^(electron|renderer|shared)\/.*\.tsx?$/.test(file) && !file.endsWith('.d.ts'));

function git(...argv: readonly string[]): string {
  return execFileSync('git', argv, { cwd: root, encoding: 'utf8' });
}

function violationsOf(file: string, source: string): readonly string[] {
  return findViolations(parseModule(file, source));
}

function readTracked(file: string): string {
  try {
    return readFileSync(path.join(root, file), 'utf8');
  } catch (error) {
    // Deleted, but not committed yet.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

test('every source keeps to the import boundaries', () => {
  expect(sources.length).toBeGreaterThan(30);
  expect(sources.flatMap((file) => violationsOf(file, readTracked(file)))).toEqual([]);
});

test('no tracked file tells of the machine or the registry it came from', () => {
  const places = [root, path.dirname(git('rev-parse', '--path-format=absolute', '--git-common-dir').trim())];
  const texts = files.filter((file) => !/\.(png|woff2|ico|icns)$/.test(file));
  expect(texts.flatMap((file) => findTraces(file, readTracked(file), places))).toEqual([]);
});

describe('a planted violation is found', () => {
  test.each([
    ['shared/ that imports Node', 'shared/a.ts', "import { readFile } from 'node:fs'", 'shared/ knows'],
    ['shared/ that imports Node by its bare name', 'shared/a.ts', "import { readFile } from 'fs/promises'", 'shared/ knows'],
    ['shared/ that imports a library', 'shared/a.ts', "import { create } from 'zustand'", 'shared/ knows'],
    ['shared/ that imports a slice, if only its types', 'shared/a.ts', "import type { Engine } from '../electron/engine/types.ts'", 'shared/ knows'],
    ['the renderer that imports Node', 'renderer/ui/a.tsx', "import os from 'node:os'", 'no library of the renderer'],
    ['the renderer that imports a server library', 'renderer/a.ts', "import pino from 'pino'", 'no library of the renderer'],
    ['the renderer that imports a slice', 'renderer/lib/a.ts', "import { x } from '../../electron/ipc/router.ts'", 'renderer/ knows'],
    ['the renderer that re-exports a slice', 'renderer/lib/a.ts', "export const b = 1; export { x } from '../../electron/ipc/router.ts'", 'renderer/ knows'],
    ['the renderer that imports a slice on demand', 'renderer/lib/a.ts', "const x = await import('../../electron/ipc/router.ts')", 'renderer/ knows'],
    ['a slice that imports the renderer', 'electron/ipc/a.ts', "import type { x } from '../../renderer/app.tsx'", 'electron/ knows'],
    ['a slice that imports set-up', 'electron/ipc/a.ts', "import { x } from '../../build/setup/docker.ts'", 'electron/ knows'],
    ['a slice that imports a value of another', 'electron/network/a.ts', "import { createEngine } from '../engine/engine.ts'", 'slices meet'],
    ['a slice that mixes a value into its types', 'electron/network/a.ts', "import { type Engine, createEngine } from '../engine/engine.ts'", 'slices meet'],
    ['a slice that imports another for its effect', 'electron/network/a.ts', "import '../engine/engine.ts'", 'slices meet'],
    ['a slice that imports an entry point', 'electron/network/a.ts', "import { compose } from '../compose.ts'", 'entry points'],
    ['electron below the shell', 'electron/ipc/a.ts', "import { app } from 'electron'", 'imports electron'],
    ['electron in the core', 'electron/compose.ts', "import { app } from 'electron'", 'imports electron'],
    ['dockerode outside the engine', 'electron/network/a.ts', "import Docker from 'dockerode'", 'imports dockerode'],
    ['dockerode in a test outside the engine', 'electron/network/a.test.ts', "import Docker from 'dockerode'", 'imports dockerode'],
    ['a barrel', 'electron/network/all.ts', "export * from './a.ts'; export { b } from './b.ts'", 'barrel'],
    ['an index', 'renderer/ui/index.ts', 'export const a = 1', 'barrel'],
  ])('%s', (_, file, source, reason) => {
    expect(violationsOf(file, source)).toEqual([expect.stringContaining(reason)]);
  });

  test.each([
    ['a path of the machine', 'docs/a.md', 'see /checkouts/mine/x'],
    ['a lockfile with addresses', 'package-lock.json', '"resolved": "https://registry.example/x.tgz"'],
    ['a registry in .npmrc', '.npmrc', 'registry=https://registry.example'],
  ])('%s', (_, file, text) => {
    expect(findTraces(file, text, ['/checkouts/mine'])).toHaveLength(1);
  });
});

test.each([
  [
    'electron/network/a.ts',
    "import type { Engine } from '../engine/types.ts'; import { type Role } from '../engine/types.ts'; import { labels } from '../engine/names.ts'",
  ],
  ['electron/network/a.ts', "import { openDatabase } from '../lib/database.ts'; import { AppError } from '../../shared/errors.ts'"],
  ['electron/agents/pins.ts', "import pins from '../../resources/agents/tools.json' with { type: 'json' }"],
  ['electron/compose.ts', "import { createEngine } from './engine/engine.ts'"],
  ['electron/app/window.ts', "import { BrowserWindow } from 'electron'"],
  ['renderer/a.tsx', "import { useState } from 'react'; import { Terminal } from '@xterm/xterm'; import { call } from '../shared/contract/define.ts'"],
  ['shared/contract/index.ts', "export * from './app.ts'"],
])('what is allowed in %s is let through', (file, source) => {
  expect(violationsOf(file, source)).toEqual([]);
});

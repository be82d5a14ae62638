import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findInstalledCommand, installCommand, readCommandLine, toCommand } from './command-line.ts';

let home: string;
let path: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'forgehold-command-'));
  path = `${join(home, '.local/bin')}:/usr/bin:/bin`;
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

test('a command line begins with cli, after switches of Chromium; a folder or a link is for the window', () => {
  expect(readCommandLine(['--log-level=5', 'cli', 'status', '--json'])).toEqual(['status', '--json']);
  expect(readCommandLine(['cli'])).toEqual([]);
  expect(readCommandLine([])).toBeNull();
  expect(readCommandLine(['--data', '/x'])).toBeNull();
  expect(readCommandLine(['/home/robin/cli'])).toBeNull();
  expect(readCommandLine(['forgehold://project/cli', 'cli'])).toBeNull();
});

test('the installed command starts the program with its words as they were, wherever the program lies', async () => {
  const program = join(home, "it's an app", 'Forge hold');
  mkdirSync(join(home, "it's an app"));
  writeFileSync(program, '#!/bin/sh\nprintf "%s\\n" "$@"\n', { mode: 0o755 });
  const file = await installCommand({ command: toCommand(program, null), home, path });
  expect(file).toBe(join(home, '.local/bin/forgehold'));
  expect(statSync(file).mode & 0o777).toBe(0o755);
  const said = execFileSync('forgehold', ['terminal', 'send', 'two words', '$HOME "quoted"'], { env: { PATH: path }, encoding: 'utf8' });
  expect(said.split('\n').slice(-6, -1)).toEqual(['cli', 'terminal', 'send', 'two words', '$HOME "quoted"']);
  expect(findInstalledCommand({ path })).toBe(file);
});

test('an earlier command of the app is replaced; another program of that name is left alone', async () => {
  const file = await installCommand({ command: ['/old/program', 'cli'], home, path });
  await installCommand({ command: ['/bin/echo', 'new'], home, path });
  expect(execFileSync(file, { encoding: 'utf8' })).toBe('new\n');

  writeFileSync(file, '#!/bin/sh\necho mine\n');
  chmodSync(file, 0o755);
  await expect(installCommand({ command: ['/bin/echo'], home, path })).rejects.toMatchObject({ code: 'shell/command-taken' });
  expect(execFileSync(file, { encoding: 'utf8' })).toBe('mine\n');
  expect(findInstalledCommand({ path })).toBeNull();
});

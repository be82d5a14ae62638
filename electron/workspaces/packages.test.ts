import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ExecOptions } from '../engine/exec-types.ts';
import { installPackages } from './packages.ts';
import type { WorkspaceRecord } from './records.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'forgehold-packages-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Asked = { readonly argv: readonly string[]; readonly options: ExecOptions };

/** What is asked of the engine for a workspace whose variables are these. */
async function ask(env: Record<string, string>, names: readonly string[]): Promise<readonly Asked[]> {
  const asked: Asked[] = [];
  const exec = async (_: string, argv: readonly string[], options: ExecOptions = {}) => {
    asked.push({ argv, options });
    return { exitCode: 0, stdout: '', stderr: '' };
  };
  const record = { workspaceId: '12345678', effective: { systemPackages: true, env } } as unknown as WorkspaceRecord;
  await installPackages({ exec }, { record, isRunning: true, containerId: 'c' }, names);
  return asked;
}

test('root inherits none of the variables of the workspace: those may name files that the agent writes', async () => {
  const hostile = { LD_PRELOAD: '/project/evil.so', LD_DEBUG: 'all', APT_CONFIG: '/project/apt.conf', PERL5LIB: '/project', PATH: '/project', EDITOR: 'vi' };
  const asked = await ask(hostile, ['sqlite3']);
  expect(asked).toHaveLength(3);
  // As the engine starts it: the container's variables, those of the exec over them.
  const show = join(folder, 'show');
  writeFileSync(show, '#!/bin/sh\nexec /usr/bin/env\n');
  chmodSync(show, 0o755);
  for (const { argv, options } of asked) {
    expect(options.user).toBe('0:0');
    expect(Object.entries({ ...hostile, ...options.env }).filter(([name, value]) => name.startsWith('LD_') && value !== '')).toEqual([]);
    const program = argv.findIndex((word) => word.startsWith('/') && word !== '/usr/bin/env');
    const [first = '', ...before] = argv.slice(0, program);
    const seen = execFileSync(first, [...before, show], { env: { ...hostile, ...options.env }, encoding: 'utf8' });
    const names = seen.split('\n').flatMap((line) => (line.includes('=') ? [line.slice(0, line.indexOf('='))] : []));
    expect(names.filter((name) => !['PWD', '_', 'SHLVL'].includes(name)).toSorted()).toEqual(['DEBIAN_FRONTEND', 'HOME', 'LANG', 'PATH']);
    expect(seen.split('\n').filter((line) => line.includes('/project') && !line.startsWith('PWD='))).toEqual([]);
  }
});

test.each(['-o=Dpkg::Pre-Invoke::=id', '../x', 'a b', 'x;id', ''])('%j is no package, and nothing is asked', async (name) => {
  await expect(ask({}, ['sqlite3', name])).rejects.toMatchObject({ code: 'packages/bad-name' });
});

import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkScript, explainInstall, needs } from './image-needs.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'forgehold-needs-'));
  for (const name of ['bin', 'other', 'bin/folder']) mkdirSync(join(folder, name));
  for (const name of ['bin/git', 'other/tmux', 'bin/plain', 'other/my tool']) writeFileSync(join(folder, name), '');
  for (const name of ['bin/git', 'other/tmux', 'other/my tool']) chmodSync(join(folder, name), 0o755);
});
afterAll(() => rmSync(folder, { recursive: true }));

function check(...programs: readonly string[]): readonly string[] {
  const families = [`apt=${folder}/bin/git`, `apk=${folder}/nothing`];
  const argv = ['-c', checkScript, 'sh', ...families, '--', `${folder}/bin:${folder}/other`, ...programs];
  return execFileSync('/bin/sh', argv, { encoding: 'utf8', env: {} }).trim().split('\n');
}

describe('the look into an image', () => {
  it('finds programs on the path and at their place, and names those that are missing', () => {
    expect(check('git', 'tmux', 'my tool', `${folder}/bin/git`, 'python3', `${folder}/lib/loader.so`)).toEqual([
      'family apt',
      'missing python3',
      `missing ${folder}/lib/loader.so`,
      'done',
    ]);
  });

  it('takes no folder and no plain file for a program', () => {
    expect(check('folder', 'plain')).toEqual(['family apt', 'missing folder', 'missing plain', 'done']);
  });

  it('knows how to add each, by the family of the image', () => {
    const tmux = needs.find(({ program }) => program === 'tmux')!;
    const python = needs.find(({ program }) => program.endsWith('python3'))!;
    expect(explainInstall(tmux, 'dnf')).toBe('Add to its Dockerfile: RUN dnf install -y tmux');
    expect(explainInstall(python, 'pacman')).toContain('--noconfirm python');
    expect(explainInstall(tmux, null)).toContain('its own package manager');
  });
});

import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDataFolder } from './data-folder.ts';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'forgehold-data-')));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('openDataFolder', () => {
  it('makes a private folder and keeps its installation id', () => {
    const data = openDataFolder(join(folder, 'a', 'data'));
    expect(statSync(data.root).mode & 0o777).toBe(0o700);
    expect(data.installation).toMatch(/^[0-9a-f]{12}$/);
    expect(openDataFolder(data.root).installation).toBe(data.installation);
  });

  it('closes a folder that was open to others', () => {
    mkdirSync(join(folder, 'open'), { mode: 0o755 });
    expect(statSync(openDataFolder(join(folder, 'open')).root).mode & 0o777).toBe(0o700);
  });

  it('gives one id to processes that start at once', async () => {
    const script = `import { openDataFolder } from ${JSON.stringify(new URL('data-folder.ts', import.meta.url).href)}; process.stdout.write(openDataFolder(process.argv[1]).installation);`;
    const run = promisify(execFile);
    const started = Array.from({ length: 6 }, () => run(process.execPath, ['--input-type=module', '-e', script, join(folder, 'data')]));
    const ids = (await Promise.all(started)).map((result) => result.stdout);
    expect(new Set(ids).size).toBe(1);
    expect(ids[0]).toMatch(/^[0-9a-f]{12}$/);
  }, 30_000);

  it('is the same under a symbolic link', () => {
    const data = openDataFolder(join(folder, 'data'));
    symlinkSync(data.root, join(folder, 'link'));
    expect(openDataFolder(join(folder, 'link')).root).toBe(data.root);
  });

  it('refuses a file, and an id that was damaged', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => openDataFolder(join(folder, 'file'))).toThrow(expect.objectContaining({ code: 'data/unusable' }));
    const data = openDataFolder(join(folder, 'data'));
    writeFileSync(join(data.root, 'installation'), 'x');
    expect(() => openDataFolder(data.root)).toThrow(expect.objectContaining({ code: 'data/unusable' }));
  });

  it('makes folder names of any project name', () => {
    const data = openDataFolder(join(folder, 'data'));
    const place = (name: string): string => data.gitDir({ projectId: '0123456789ab', name }, 'deadbeef').slice(data.root.length);
    expect(place('my project/..')).toBe('/git/my-project-..-012345/deadbeef');
    expect(place('..')).toBe('/git/project-012345/deadbeef');
    expect(place('日本')).toBe('/git/project-012345/deadbeef');
  });
});

import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { confirmProjectPath, explainForbidden } from './project-path.ts';

let outer: string;
beforeEach(() => {
  outer = realpathSync(mkdtempSync(join(tmpdir(), 'forgehold-outer-')));
  mkdirSync(join(outer, 'inner'));
});
afterEach(() => rmSync(outer, { recursive: true, force: true }));

test('a folder that is still itself is confirmed', async () => {
  await expect(confirmProjectPath(join(outer, 'inner'))).resolves.toBeUndefined();
});

test('a folder that became a link, or lies below one, is refused: it leads to what nobody added', async () => {
  renameSync(join(outer, 'inner'), join(outer, 'elsewhere'));
  symlinkSync('/etc', join(outer, 'inner'));
  await expect(confirmProjectPath(join(outer, 'inner'))).rejects.toMatchObject({ code: 'project/moved', details: { now: realpathSync('/etc') } });
  await expect(confirmProjectPath(join(outer, 'inner/ssl'))).rejects.toMatchObject({ code: 'project/moved' });
});

test('a folder that is gone is said to be away', async () => {
  await expect(confirmProjectPath(join(outer, 'gone'))).rejects.toMatchObject({ code: 'project/away' });
});

test("the folder of Forgehold's own sockets is no project, nor is what holds it", () => {
  const around = { home: '/home/ada', data: '/home/ada/.forgehold', sockets: '/srv/tmp/forgehold-1000' };
  expect(explainForbidden('/srv/tmp/forgehold-1000', around)).toMatch(/Forgehold itself/);
  expect(explainForbidden('/srv/tmp', around)).toMatch(/Forgehold itself/);
  expect(explainForbidden('/srv/tmp/other', around)).toBeNull();
});

import { expect, test } from 'vitest';
import { AppError, toWireError } from './errors.ts';
import { explainTrouble } from './trouble.ts';

function nodeError(code: string): Error {
  return Object.assign(new Error(`${code}: write`), { code });
}

test('a full disk is named, wherever below it was noticed', () => {
  for (const error of [
    nodeError('ENOSPC'),
    nodeError('EDQUOT'),
    new Error('outer', { cause: nodeError('ENOSPC') }),
    Object.assign(new Error('full'), { errcode: 13 }),
  ])
    expect(explainTrouble(error)).toMatchObject({ code: 'data/disk-full', message: expect.stringContaining('forgehold disk') });
});

test("the engine's full disk is found in a build's log and in a program's error output", () => {
  const build = new AppError('engine/build-failed', 'A step failed.', { details: { log: ['Step 1', 'tar: write: No space left on device'] } });
  expect(explainTrouble(build)).toMatchObject({ code: 'engine/disk-full', cause: build });
  const tool = new AppError('tools/install-failed', 'no', { details: { stderr: 'cp: no space left on device' } });
  expect(explainTrouble(tool)).toMatchObject({ code: 'engine/disk-full' });
});

test('a locked, a damaged and a read-only database are told apart, by extended codes too', () => {
  const codes = [5, 6, 261, 8, 1032, 11, 26, 10].map((errcode) => (explainTrouble(Object.assign(new Error('x'), { errcode })) as AppError).code);
  const [locked, corrupt] = ['database/locked', 'database/corrupt'];
  expect(codes).toEqual([locked, locked, locked, 'data/read-only', 'data/read-only', corrupt, corrupt, 'data/unwritable']);
});

test('what is no trouble of the machine stays as it is', () => {
  const bug = new TypeError('x is not a function');
  expect(explainTrouble(bug)).toBe(bug);
  const app = new AppError('project/unknown', 'There is no such project.', { details: { said: 'no space left on device' } });
  expect(explainTrouble(app)).toBe(app);
  expect(explainTrouble(undefined)).toBe(undefined);
});

test('on the wire, trouble is a sentence and a bug is not', () => {
  expect(toWireError(explainTrouble(nodeError('EROFS'))).code).toBe('data/read-only');
  expect(toWireError(explainTrouble(new Error('x'))).code).toBe('app/bug');
});

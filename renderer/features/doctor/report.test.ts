import { expect, test } from 'vitest';
import type { Check } from '../../../shared/model/doctor.ts';
import { groupChecks, summarise, writeReport } from './report.ts';

function check(id: string, state: Check['state'], group: Check['group'] = 'engine'): Check {
  return { id, group, title: id, state, found: 'found', ...(state === 'bad' && { why: 'It does not run.', facts: { Tried: 'a socket' } }) };
}

test('the summary says how much is wrong, and whether it can wait', () => {
  expect(summarise([check('a', 'ok'), check('b', 'ok')])).toBe('All is well. 2 of 2 passed.');
  expect(summarise([check('a', 'ok'), check('b', 'warn')])).toBe('1 thing to look at, which can wait. 1 of 2 passed.');
  expect(summarise([check('a', 'bad'), check('b', 'warn'), check('c', 'waiting')])).toBe('1 problem stops your workspaces, 1 can wait. 0 of 3 passed.');
  expect(summarise([check('a', 'bad'), check('b', 'bad')])).toBe('2 problems stop your workspaces. 0 of 2 passed.');
});

test('a report tells what was tried', () => {
  expect(writeReport([check('docker', 'bad'), check('git', 'ok')], '1.2.3')).toBe(
    'Forgehold 1.2.3, doctor\n[FAILED] docker: found\n    It does not run.\n    Tried: a socket\n[ok] git: found\n',
  );
});

test('checks stand in their groups', () => {
  expect(
    groupChecks([check('a', 'ok', 'agents'), check('b', 'ok', 'engine'), check('c', 'ok', 'agents')]).map(({ group, checks }) => [group, checks.length]),
  ).toEqual([
    ['engine', 1],
    ['agents', 2],
  ]);
});

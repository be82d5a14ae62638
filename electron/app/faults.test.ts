import { expect, test } from 'vitest';
import { readArguments, takeOwn } from './arguments.ts';
import { createFaultAnswer, type FaultFacts, judgeFault, toNextStart } from './faults.ts';

const withCore: FaultFacts = { ownsCore: true, isEnding: false, afterFault: false, upFor: 5000 };

test('a window over the core of another process goes on', () => {
  expect(judgeFault({ ...withCore, ownsCore: false })).toBe('go-on');
  expect(judgeFault({ ...withCore, ownsCore: false, afterFault: true })).toBe('go-on');
});

test('a core in the process is not gone on with: the app starts again, and gives up when that failed at once', () => {
  expect(judgeFault(withCore)).toBe('restart');
  expect(judgeFault({ ...withCore, afterFault: true })).toBe('give-up');
  expect(judgeFault({ ...withCore, afterFault: true, upFor: 3_600_000 })).toBe('restart');
});

test('a flood of faults makes one start, and says its end once', () => {
  for (const [afterFault, wanted] of [
    [false, ['start', 'end']],
    [true, ['say', 'end']],
  ] as const) {
    const done: string[] = [];
    const answer = createFaultAnswer({
      facts: () => ({ ...withCore, afterFault, isEnding: done.includes('end') }),
      startAgain: () => void done.push('start'),
      sayEnd: () => void done.push('say'),
      end: () => void done.push('end'),
    });
    for (let fault = 0; fault < 5; fault += 1) answer();
    expect(done).toEqual(wanted);
  }
});

test('the next start has the same data folder and switches, knows why it is, and opens nothing again', () => {
  const argv = ['--user-data-dir=/p', '/app', '--data', '/d e', '--background', 'forgehold://project/1', '/code', '--', '-odd'];
  const next = toNextStart(argv, { data: '/d e' }, '/app');
  expect(next).toEqual(['--user-data-dir=/p', '/app', '--data=/d e', '--after-fault']);
  expect(readArguments(takeOwn(['electron', ...next], true), '/')).toEqual({ data: '/d e', background: false, afterFault: true, asked: [] });
  // Each start after a fault says so once.
  expect(toNextStart(next, { data: '/d e' }, '/app')).toEqual(next);
  expect(toNextStart(['/code'], { data: null }, null)).toEqual(['--after-fault']);
});

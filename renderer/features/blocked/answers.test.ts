import { expect, test } from 'vitest';
import type { Answer } from '../../../shared/model/domain.ts';
import { answerKeys, pressedKey } from './answers.ts';

function keysOf(can: 'yes' | 'private' | 'no'): Record<string, Answer> {
  const given: Record<string, Answer> = {};
  let last = '';
  for (const [key, run] of Object.entries(answerKeys(can, (answer) => (given[last] = answer)))) {
    last = key;
    run();
  }
  return given;
}

test('each answer has a letter, and the silent denial needs Shift', () => {
  expect(keysOf('yes')).toEqual({ o: 'once', s: 'session', p: 'project', a: 'always', d: 'deny', '⇧d': 'deny-silently' });
});

test('where no rule would help only denying is left', () => {
  expect(keysOf('no')).toEqual({ d: 'deny', '⇧d': 'deny-silently' });
});

test('a letter is the same with the caps lock on, and another with Shift held', () => {
  expect(pressedKey({ key: 'D', shiftKey: false })).toBe('d');
  expect(pressedKey({ key: 'D', shiftKey: true })).toBe('⇧d');
  expect(pressedKey({ key: 'Escape', shiftKey: false })).toBe('Escape');
});

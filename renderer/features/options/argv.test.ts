import { array, assert, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { joinWords, splitWords } from './argv.ts';

test('a line is split as a shell splits it, and nothing is expanded', () => {
  expect(splitWords(`  run --name "two words" 'a "b"' it\\'s $HOME *  `)).toEqual({ words: ['run', '--name', 'two words', 'a "b"', "it's", '$HOME', '*'] });
  expect(splitWords(`a"b c"d '' "\\"\\\\n\\n"`)).toEqual({ words: ['ab cd', '', '"\\n\\n'] });
  expect(splitWords('')).toEqual({ words: [] });
});

test('what is not closed is said', () => {
  expect(splitWords(`say 'hi`)).toEqual({ problem: `A quotation mark ' is not closed.` });
  expect(splitWords('say \\')).toEqual({ problem: 'It ends in a backslash.' });
});

test('any words survive being shown and read again', () => {
  assert(
    property(array(string({ unit: 'binary' })), (words) => {
      expect(splitWords(joinWords(words))).toEqual({ words });
    }),
  );
});

import { expect, test } from 'vitest';
import { readOptions, secretNames } from './option-flags.ts';

const secrets = secretNames([{ keyName: 'OPENAI_API_KEY', keyNames: ['OPENAI_API_KEY', 'CODEX_API_KEY'] }, { keyName: 'OLD_KEY' }, {}]);

test.each([{ env: ['CODEX_API_KEY=sk-1'] }, { env: ['EDITOR=vi', 'OLD_KEY=sk-1'] }, { options: '{"env":{"OPENAI_API_KEY":"sk-1"}}' }])(
  'a key in the command line is refused, under each of its names: %j',
  (given) => {
    expect(() => readOptions(given, secrets)).toThrow(/can be read by every process/);
  },
);

test('other variables may stand there', () => {
  expect(readOptions({ env: ['EDITOR=vi'], options: '{"env":{"PAGER":"cat"}}' }, secrets)).toEqual({ env: { EDITOR: 'vi', PAGER: 'cat' } });
});

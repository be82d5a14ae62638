import { expect, it } from 'vitest';
import { addRuleLines, readRuleLines } from './rule-lines.ts';
import { draftRule } from './rule.ts';

it('a line is a name, denied with a mark, with a note behind it', () => {
  const text = 'a.example.com\r\n\n  # only a comment\n!*.ads.example.com # noise\ndb.example.com:5432#base\n!\n';
  expect(readRuleLines(text)).toMatchObject([
    { line: 1, pattern: 'a.example.com' },
    { line: 4, pattern: '*.ads.example.com', verdict: 'deny', note: 'noise' },
    { line: 5, pattern: 'db.example.com:5432', note: 'base' },
    { line: 6, pattern: '', verdict: 'deny' },
  ]);
});

it('what cannot be a rule is answered by its line, and the rest is added at once', async () => {
  const place = { scope: 'global', owner: '' } as const;
  const calls: number[] = [];
  const wall = {
    draftRule: (_: object, input: Parameters<typeof draftRule>[0]) => draftRule(input, place),
    addRules: async (_: object, inputs: readonly Parameters<typeof draftRule>[0][]) => {
      calls.push(inputs.length);
      return inputs.map((input) => draftRule(input, place));
    },
  };
  const { added, refused } = await addRuleLines(wall, {}, 'ok.example.com\n10.0.0.1\n*.example.com:22\n!bad.example.com', {
    addedBy: 'user',
    allowPrivate: false,
  });
  expect(added.map(({ pattern, verdict }) => [pattern, verdict])).toEqual([
    ['ok.example.com', 'allow'],
    ['bad.example.com', 'deny'],
  ]);
  expect(refused).toMatchObject([
    { line: 2, text: '10.0.0.1' },
    { line: 3, text: '*.example.com:22' },
  ]);
  expect(refused.every(({ reason }) => /[.]$/.test(reason))).toBe(true);
  expect(calls).toEqual([2]);
});

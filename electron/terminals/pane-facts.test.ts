import { expect, test } from 'vitest';
import { parsePaneFacts } from './pane-facts.ts';

function titleOf(title: string): string | undefined {
  return parsePaneFacts(`%1|@1|0|||80|24|0123456789ab|main|agent|1700000000000|${title}`)?.title;
}

test('a title is what the program wrote, without what would not be seen', () => {
  expect(titleOf('\u2733 Fix a|b')).toBe('\u2733 Fix a|b');
  expect(titleOf('a\u202eb\u0007c')).toBe('abc');
});

test('a question about images, which tmux takes for a title, is none', () => {
  expect(titleOf('Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA')).toBe('');
  expect(titleOf('Go on; then stop')).toBe('Go on; then stop');
});

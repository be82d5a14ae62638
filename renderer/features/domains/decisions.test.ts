import { expect, test } from 'vitest';
import type { Decision } from '../../../shared/model/domain.ts';
import { countNew, fitsFilter, mergeDecisions, mostDecisions } from './decisions.ts';

function decision(seq: number, more: Partial<Decision> = {}): Decision {
  return {
    seq,
    workspaceId: '01234567',
    time: new Date(Date.UTC(2026, 0, 1) + seq * 1000).toISOString(),
    host: 'a.example',
    port: 443,
    protocol: 'tls',
    verdict: 'allowed',
    reason: 'rule',
    ...more,
  };
}

test('newest first, whatever the order they arrive in', () => {
  expect(mergeDecisions([decision(2)], [decision(1), decision(3)]).map((item) => item.seq)).toEqual([3, 2, 1]);
  const atOnce = [3, 1, 2].map((seq) => decision(seq, { time: '2026-01-01T00:00:00Z' }));
  expect(mergeDecisions([], atOnce).map((item) => item.seq)).toEqual([3, 2, 1]);
});

test('the end of a connection adds its bytes to the line that is there', () => {
  const merged = mergeDecisions([decision(2), decision(1)], [decision(1, { bytesUp: 10, bytesDown: 90 })]);
  expect(merged).toHaveLength(2);
  expect(merged[1]).toMatchObject({ seq: 1, bytesUp: 10, bytesDown: 90 });
});

test('two workspaces count for themselves', () => {
  const merged = mergeDecisions([decision(1)], [decision(1, { workspaceId: '89abcdef', host: 'b.example' })]);
  expect(merged.map((item) => item.host)).toEqual(['a.example', 'b.example']);
});

test('nothing new is the same list, and the oldest go beyond the limit', () => {
  const known = [decision(1)];
  expect(mergeDecisions(known, [])).toBe(known);
  const many = Array.from({ length: mostDecisions + 5 }, (_, at) => decision(at + 1));
  const merged = mergeDecisions([], many);
  expect([merged.length, merged[0]!.seq, merged.at(-1)!.seq]).toEqual([mostDecisions, mostDecisions + 5, 6]);
});

test('the filter takes a part of host, program or worktree, and leaves out what is refused silently unless it is asked for', () => {
  const all = { blocked: false, search: '', quiet: false };
  const silent = decision(1, { verdict: 'blocked', reason: 'denied', quiet: true, program: 'Next build', worktree: 'prices' });
  expect([fitsFilter(silent, all), fitsFilter(silent, { ...all, quiet: true })]).toEqual([false, true]);
  expect([fitsFilter(decision(1), all), fitsFilter(decision(1), { ...all, blocked: true })]).toEqual([true, false]);
  const found = ['A.EX', 'next', ' PRICES ', 'pears'].map((search) => fitsFilter(silent, { ...all, quiet: true, search }));
  expect(found).toEqual([true, true, true, false]);
});

test('while it stands still new connections are counted, and not what else becomes known of those that are there', () => {
  expect(countNew([decision(1)], [decision(1, { bytesUp: 1 }), decision(2), decision(2, { bytesUp: 1 }), decision(3)])).toBe(2);
});

import { expect, test } from 'vitest';
import type { Decision } from '../../../shared/model/domain.ts';
import { mergeDecisions, mostDecisions } from './decisions.ts';

function decision(seq: number, more: Partial<Decision> = {}): Decision {
  return {
    seq,
    workspaceId: '01234567',
    time: '2026-01-01T00:00:00Z',
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
});

test('the end of a connection adds its bytes to the line that is there', () => {
  const merged = mergeDecisions([decision(2), decision(1)], [decision(1, { bytesUp: 10, bytesDown: 90 })]);
  expect(merged).toHaveLength(2);
  expect(merged[1]).toMatchObject({ seq: 1, bytesUp: 10, bytesDown: 90 });
});

test('nothing new is the same list, and the oldest go beyond the limit', () => {
  const known = [decision(1)];
  expect(mergeDecisions(known, [])).toBe(known);
  const many = Array.from({ length: mostDecisions + 5 }, (_, at) => decision(at + 1));
  const merged = mergeDecisions([], many);
  expect([merged.length, merged[0]!.seq, merged.at(-1)!.seq]).toEqual([mostDecisions, mostDecisions + 5, 6]);
});

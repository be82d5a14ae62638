import type { Decision } from '../../../shared/model/domain.ts';

/** What the feed keeps; older ones are in the core. */
export const mostDecisions = 1000;

/** Newest first, each number once: a later message about the same connection (its bytes at the end) takes the place of the earlier. */
export function mergeDecisions(known: readonly Decision[], more: readonly Decision[]): readonly Decision[] {
  if (more.length === 0) return known;
  const bySeq = new Map(known.map((decision) => [decision.seq, decision]));
  for (const decision of more) bySeq.set(decision.seq, { ...bySeq.get(decision.seq), ...decision });
  return [...bySeq.values()].sort((a, b) => b.seq - a.seq).slice(0, mostDecisions);
}

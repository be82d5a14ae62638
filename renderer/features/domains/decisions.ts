import type { Decision } from '../../../shared/model/domain.ts';

/** What the feed keeps; older ones are in the core. */
export const mostDecisions = 1000;

/** What the feed shows. */
export type DecisionFilter = { readonly blocked: boolean; /** A part of host, program or worktree. */ readonly search: string; readonly quiet: boolean };

export function decisionKey({ workspaceId, seq }: Decision): string {
  return `${workspaceId}:${seq}`;
}

export function fitsFilter(decision: Decision, { blocked, search, quiet }: DecisionFilter): boolean {
  if ((blocked && decision.verdict !== 'blocked') || (!quiet && decision.quiet)) return false;
  const wanted = search.trim().toLowerCase();
  return wanted === '' || [decision.host, decision.program, decision.worktree].some((part) => part?.toLowerCase().includes(wanted));
}

/** Newest first, each once: a later message about the same connection (its bytes at the end) takes the place of the earlier. */
export function mergeDecisions(known: readonly Decision[], more: readonly Decision[]): readonly Decision[] {
  if (more.length === 0) return known;
  const byKey = new Map(known.map((decision) => [decisionKey(decision), decision]));
  for (const decision of more) byKey.set(decisionKey(decision), { ...byKey.get(decisionKey(decision)), ...decision });
  return [...byKey.values()].sort(newestFirst).slice(0, mostDecisions);
}

/** Of one workspace by number; what several did at once, by name, so that rows do not change places. */
function newestFirst(a: Decision, b: Decision): number {
  if (a.time !== b.time) return a.time < b.time ? 1 : -1;
  return a.workspaceId === b.workspaceId ? b.seq - a.seq : a.workspaceId.localeCompare(b.workspaceId);
}

/** How many of these are new to the feed, and not only more about what is there. */
export function countNew(known: readonly Decision[], waiting: readonly Decision[]): number {
  const there = new Set(known.map(decisionKey));
  return new Set(waiting.map(decisionKey).filter((key) => !there.has(key))).size;
}

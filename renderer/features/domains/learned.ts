import { plural } from '../../../shared/format.ts';
import type { Learned, LearningReview } from '../../../shared/model/domain.ts';

/** A line as it stands in the review: ticked or not, and as wide as the user made it. */
export type LearnedLine = Learned & { readonly ticked: boolean; /** As it was proposed. */ readonly original: string };

/** What the user changed, by the proposed pattern. */
export type LearnedChanges = Readonly<Record<string, { readonly ticked?: boolean; readonly widened?: boolean }>>;

export function applyChanges(learned: readonly Learned[], changes: LearnedChanges): readonly LearnedLine[] {
  return learned.map((item) => {
    const { ticked = item.proposed, widened = false } = changes[item.pattern] ?? {};
    const pattern = widened ? (widen(item) ?? item.pattern) : item.pattern;
    return { ...item, original: item.pattern, pattern, ticked: item.covered || ticked };
  });
}

/** `*.domain` for the names below it; null when that would be a whole top-level domain, or ports other than those of the web, which a suffix cannot have. */
export function widen({ pattern, ports }: Pick<Learned, 'pattern' | 'ports'>): string | null {
  if (ports.some((port) => port !== 80 && port !== 443)) return null;
  const parent = pattern.replace(/^\*\./, '').split('.').slice(1);
  return parent.length >= 2 ? `*.${parent.join('.')}` : null;
}

export type LearnedGroup = { readonly program: string; readonly lines: readonly LearnedLine[] };

/** By the program that asked, in the order of the proposal; those that nobody could name come last. */
export function groupLearned(lines: readonly LearnedLine[]): readonly LearnedGroup[] {
  const groups = [...Map.groupBy(lines, (line) => line.program ?? '')].map(([program, own]) => ({ program, lines: own }));
  return groups.toSorted((a, b) => Number(a.program === '') - Number(b.program === ''));
}

export type Accepted = { pattern: string; ports: number[]; allowPrivate: boolean };

/** The rules that accepting adds: what is ticked and not let out already, each once. */
export function acceptedOf(lines: readonly LearnedLine[]): readonly Accepted[] {
  const chosen = lines.filter((line) => line.ticked && !line.covered);
  const byPattern = new Map<string, Accepted>();
  for (const { pattern, ports, needsPrivate } of chosen) {
    const known = byPattern.get(pattern);
    const all = known ? mergePorts(known.ports, ports) : [...ports];
    byPattern.set(pattern, { pattern, ports: all, allowPrivate: needsPrivate || (known?.allowPrivate ?? false) });
  }
  return [...byPattern.values()];
}

/** No ports are those of the web. */
function mergePorts(a: readonly number[], b: readonly number[]): number[] {
  if (a.length === 0 && b.length === 0) return [];
  const web = [80, 443];
  return [...new Set([...(a.length === 0 ? web : a), ...(b.length === 0 ? web : b)])].sort((one, other) => one - other);
}

export function countHosts(learned: readonly Learned[]): number {
  return new Set(learned.flatMap((item) => item.hosts)).size;
}

/** "41 minutes": how long it learned. */
export function learningTime({ since, until, running }: LearningReview, now: number): string {
  const end = running ? Math.min(now, Date.parse(until)) : Date.parse(until);
  const minutes = Math.max(1, Math.round((end - Date.parse(since)) / 60_000));
  return minutes < 120 ? plural(minutes, 'minute') : plural(Math.round(minutes / 60), 'hour');
}

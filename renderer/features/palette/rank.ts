import { type Match, fuzzyMatch } from '../../lib/fuzzy.ts';
import type { Entry } from './types.ts';

export type Ranked = { readonly entry: Entry; readonly ranges: Match['ranges'] };
export type RankedGroup = { readonly group: string; readonly items: readonly Ranked[] };

/** More than anybody reads; a longer query finds the rest. */
const most = 80;
const mostRecent = 5;

/** `>` only commands, `@` only terminals, `#` only workspaces and projects. */
const prefixes: Readonly<Record<string, RegExp>> = { '>': /^(?:command|section):/, '@': /^terminal:/, '#': /^(?:workspace|project):/ };

/** What fits the query, in groups: the best group first, in each the best entry first. Without a query what was used lately leads, then all in the given order. */
export function rankEntries(entries: readonly Entry[], query: string, recent: readonly string[]): RankedGroup[] {
  const prefix = prefixes[query[0] ?? ''];
  const among = prefix ? entries.filter((entry) => prefix.test(entry.id)) : entries;
  const words = (prefix ? query.slice(1) : query).trim();
  return words === '' ? unfiltered(among, prefix ? [] : recent) : filtered(among, words, recent);
}

function unfiltered(entries: readonly Entry[], recent: readonly string[]): RankedGroup[] {
  const used = recent
    .flatMap((id) => entries.find((entry) => entry.id === id) ?? [])
    .filter((entry) => !('unavailable' in entry.plan))
    .slice(0, mostRecent)
    .map((entry) => ({ ...entry, group: 'Used lately' }));
  const rest = entries.filter((entry) => !used.some((item) => item.id === entry.id));
  return grouped([...used, ...rest].slice(0, most).map((entry) => ({ entry, ranges: [] })));
}

function filtered(entries: readonly Entry[], words: string, recent: readonly string[]): RankedGroup[] {
  const found = entries.flatMap((entry, order) => {
    const match = matchEntry(entry, words);
    if (!match) return [];
    const used = recent.indexOf(entry.id);
    const bonus = (used >= 0 ? 10 - Math.min(used, 9) : 0) - ('unavailable' in entry.plan ? 15 : 0);
    return [{ entry, ranges: match.ranges, score: match.score + bonus, order }];
  });
  return grouped(found.sort((a, b) => b.score - a.score || a.order - b.order).slice(0, most));
}

/** By its title, and with less weight by the words around it. */
function matchEntry(entry: Entry, words: string): Match | null {
  const byTitle = fuzzyMatch(words, entry.title);
  if (byTitle) return byTitle;
  const around = fuzzyMatch(words, `${entry.title} ${entry.detail ?? ''} ${entry.words ?? ''}`);
  if (!around) return null;
  const ranges = around.ranges.flatMap(([from, to]) => (from < entry.title.length ? [[from, Math.min(to, entry.title.length)] as const] : []));
  return { score: around.score / 2 - 10, ranges };
}

function grouped(ranked: readonly Ranked[]): RankedGroup[] {
  return [...Map.groupBy(ranked, ({ entry }) => entry.group)].map(([group, items]) => ({ group, items }));
}

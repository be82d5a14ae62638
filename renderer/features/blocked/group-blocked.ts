import type { Blocked } from '../../../shared/model/domain.ts';

/** From so many names below one domain on, they are one line. */
const together = 5;

export type BlockedGroup = { /** `*.domain` of all of them. */ readonly pattern: string; readonly names: readonly Blocked[] };
export type GroupedBlocked = { readonly groups: readonly BlockedGroup[]; readonly single: readonly Blocked[] };

/** What a flood is made of: many names below one domain stand together, the largest first; the others alone, in the order they have. */
export function groupBlocked(hosts: readonly Blocked[]): GroupedBlocked {
  const byParent = Map.groupBy(hosts, ({ host }) => parentOf(host));
  const groups = [...byParent]
    .flatMap(([parent, names]) => (parent !== null && names.length >= together ? [{ pattern: `*.${parent}`, names }] : []))
    .sort((a, b) => b.names.length - a.names.length || a.pattern.localeCompare(b.pattern, 'en'));
  const grouped = new Set(groups.flatMap((group) => group.names));
  return { groups, single: hosts.filter((host) => !grouped.has(host)) };
}

/** The domain a name is below; null where that would be a whole top-level domain. */
function parentOf(host: string): string | null {
  const labels = host.split('.').slice(1);
  return labels.length >= 2 ? labels.join('.') : null;
}

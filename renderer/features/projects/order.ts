import type { Row } from './rows.ts';

export const sorts = { used: 'Last used', name: 'Name', state: 'State', added: 'Added' } as const;
export type Sort = keyof typeof sorts;

export function readSort(text: string): Sort | null {
  return text in sorts ? (text as Sort) : null;
}

/** What the eye looks for first: what needs its owner, then what is on its way, runs, stands still, is not there. */
function rank({ telling, workspace }: Row): number {
  if (telling.attention) return 0;
  if (!workspace) return 4;
  const { kind } = workspace.state;
  if (kind === 'running') return 2;
  return kind === 'paused' || kind === 'stopped' || kind === 'unknown' ? 3 : 1;
}

/** Rows of one project stay together, in the order their workspaces were made. */
type Group = { readonly projectId: string; readonly rows: readonly Row[] };

function compare(sort: Sort, a: Group, b: Group): number {
  const [first, second] = [a.rows[0]!.project, b.rows[0]!.project];
  const byName = first.name.localeCompare(second.name, undefined, { numeric: true, sensitivity: 'base' });
  switch (sort) {
    case 'used':
      return Date.parse(second.usedAt) - Date.parse(first.usedAt) || byName;
    case 'name':
      return byName;
    case 'state':
      return Math.min(...a.rows.map(rank)) - Math.min(...b.rows.map(rank)) || byName;
    case 'added':
      return 0;
  }
}

/**
 * The projects in order. Those that are in `last` keep their order, whatever happened to them since: a list does not move under a
 * hand. A new one comes before the first that it would stand before.
 */
export function orderProjects(rows: readonly Row[], sort: Sort, last: readonly string[]): readonly string[] {
  const groups = [...Map.groupBy(rows, (row) => row.project.projectId)].map(([projectId, own]): Group => ({ projectId, rows: own }));
  if (last.length === 0) return groups.toSorted((a, b) => compare(sort, a, b)).map((group) => group.projectId);
  const byId = new Map(groups.map((group) => [group.projectId, group]));
  const order = last.filter((id) => byId.has(id));
  for (const group of groups) {
    if (order.includes(group.projectId)) continue;
    const at = sort === 'added' ? -1 : order.findIndex((id) => compare(sort, group, byId.get(id)!) < 0);
    order.splice(at < 0 ? order.length : at, 0, group.projectId);
  }
  return order;
}

export function sortRows(rows: readonly Row[], order: readonly string[]): readonly Row[] {
  const places = new Map(order.map((id, at) => [id, at]));
  return rows.toSorted((a, b) => (places.get(a.project.projectId) ?? 0) - (places.get(b.project.projectId) ?? 0));
}

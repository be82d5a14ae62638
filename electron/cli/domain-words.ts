import { AppError } from '../../shared/errors.ts';
import type { Rule } from '../../shared/model/domain.ts';
import { ruleScopeSchema, type RuleScope } from '../../shared/model/domain.ts';
import type { Snapshot } from '../../shared/model/snapshot.ts';
import { findProject, findWorkspace } from './names.ts';
import { UsageError } from './output.ts';
import type { Cell } from './table.ts';

export type Owner = { readonly workspaceId?: string; readonly projectId?: string };

const minutesIn = { m: 1, h: 60, d: 24 * 60 } as const;

/** `10m`, `2h`, `30d` → minutes. */
export function toMinutes(text: string): number {
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (count === undefined || Number(count) === 0) throw new UsageError(`"${text}" is no time. Give minutes, hours or days, such as 10m, 2h or 30d.`);
  return Number(count) * minutesIn[unit as keyof typeof minutesIn];
}

export function toScope(text: unknown): RuleScope {
  const parsed = ruleScopeSchema.safeParse(text);
  if (!parsed.success) throw new UsageError(`The scope is ${ruleScopeSchema.options.join(', ')}.`);
  return parsed.data;
}

/** Whose list it is: of the workspace that is named; for a project, of the project that is named or of the workspace's. */
export function findOwner(snapshot: Snapshot, scope: RuleScope, wanted: string | undefined): Owner {
  if (scope === 'global') return {};
  return scope === 'project' ? { projectId: findProjectOf(snapshot, wanted) } : { workspaceId: findWorkspace(snapshot, wanted).workspaceId };
}

function findProjectOf(snapshot: Snapshot, wanted: string | undefined): string {
  try {
    return findProject(snapshot, wanted).projectId;
  } catch (error) {
    const isName = wanted !== undefined && error instanceof AppError && error.code === 'cli/not-found';
    if (!isName) throw error;
    return findWorkspace(snapshot, wanted).projectId;
  }
}

/** Where a rule holds, in words. */
export function describePlace(
  { scope, workspaceId, projectId }: Pick<Rule, 'scope' | 'workspaceId' | 'projectId'>,
  { projects, workspaces }: Snapshot,
): string {
  if (scope === 'global') return 'every workspace';
  if (scope === 'project') return `every workspace of ${projects.find((one) => one.projectId === projectId)?.name ?? projectId}`;
  return workspaces.find((one) => one.workspaceId === workspaceId)?.name ?? `${workspaceId}`;
}

export const ruleTitles = ['NAME', '', 'PORTS', 'SCOPE', 'BY', 'HITS', 'ENDS', 'NOTE', 'ID'] as const;

export function toRuleRow({ pattern, verdict, ports, http, scope, addedBy, preset, hits = 0, expiresAt, note = '', allowPrivate, quiet, id }: Rule): Cell[] {
  const narrow = http === undefined ? '' : `${http.methods.join(',') || 'any'} ${http.pathPrefix}`;
  const more = [narrow, allowPrivate ? 'private addresses too' : '', quiet ? 'quiet' : '', note].filter(Boolean).join('; ');
  return [
    pattern,
    verdict === 'allow' ? { text: 'allowed', style: 'good' } : { text: 'denied', style: 'bad' },
    ...[ports.join(','), scope, preset === undefined ? addedBy : `${addedBy} ${preset}`, String(hits), expiresAt === undefined ? '' : until(expiresAt), more],
    { text: id, style: 'dim' },
  ];
}

/** `in 9 min`. */
export function until(time: string, now = Date.now()): string {
  const minutes = Math.max(0, Math.ceil((Date.parse(time) - now) / 60_000));
  if (minutes < 120) return `in ${minutes} min`;
  return minutes < 48 * 60 ? `in ${Math.round(minutes / 60)} h` : `in ${Math.round(minutes / 1440)} d`;
}

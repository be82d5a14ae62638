import type { CallInput } from '../../../shared/contract/index.ts';
import type { HttpRule, Rule, RuleScope } from '../../../shared/model/domain.ts';

/** What the form of a rule holds, as it is typed. */
export type RuleDraft = {
  readonly pattern: string;
  readonly ports: string;
  readonly verdict: Rule['verdict'];
  readonly scope: RuleScope;
  /** Of a rule of scope `project`, where no workspace says so. */
  readonly projectId: string;
  /** Minutes, as a choice; empty: for good. */
  readonly minutes: string;
  readonly note: string;
  readonly allowPrivate: boolean;
  readonly quiet: boolean;
  readonly methods: HttpRule['methods'];
  /** Empty: every path. */
  readonly path: string;
};

export type RuleInput = CallInput<'domains.add'>;
export type DraftField = 'pattern' | 'ports' | 'path';
export type ReadDraft = { readonly input: RuleInput } | { readonly field: DraftField; readonly problem: string };

export function blankDraft(scope: RuleScope, projectId: string): RuleDraft {
  return {
    ...{ pattern: '', ports: '', verdict: 'allow', scope, projectId, minutes: '', note: '' },
    ...{ allowPrivate: false, quiet: false, methods: [], path: '' },
  };
}

/** A rule to be changed. What is left of its time stays unless another is chosen. */
export function draftOf(rule: Rule, projectId: string): RuleDraft {
  return {
    ...{ pattern: rule.pattern, ports: rule.ports.join(', '), verdict: rule.verdict, scope: rule.scope, projectId: rule.projectId ?? projectId },
    ...{ minutes: rule.expiresAt === undefined ? '' : 'left', note: rule.note ?? '', allowPrivate: rule.allowPrivate, quiet: rule.quiet },
    ...{ methods: rule.http?.methods ?? [], path: rule.http && rule.http.pathPrefix !== '/' ? rule.http.pathPrefix : '' },
  };
}

/** Ports as they are typed: numbers between commas or spaces. Null: that is no list of ports. */
export function parsePorts(text: string): readonly number[] | null {
  const parts = text.split(/[\s,]+/).filter(Boolean);
  const ports = parts.map(Number);
  if (parts.some((part) => !/^\d{1,5}$/.test(part)) || ports.some((port) => port < 1 || port > 65_535)) return null;
  return [...new Set(ports)].sort((a, b) => a - b);
}

/** `expiresAt`: when the rule that is changed goes by itself. The domain is for the core to judge. */
export function readDraft(draft: RuleDraft, workspaceId: string | null, expiresAt: string | undefined, now: number): ReadDraft {
  if (draft.pattern.trim() === '') return { field: 'pattern', problem: 'Type a domain, such as api.example.com or *.example.com.' };
  const ports = parsePorts(draft.ports);
  if (ports === null) return { field: 'ports', problem: 'Ports are numbers from 1 to 65535, such as 443, 8443.' };
  if (ports.length > 16) return { field: 'ports', problem: 'At most 16 ports.' };
  if (draft.path !== '' && !draft.path.startsWith('/')) return { field: 'path', problem: 'A path begins with /, such as /v1.' };
  const minutes = draft.minutes === 'left' && expiresAt ? Math.max(1, Math.round((Date.parse(expiresAt) - now) / 60_000)) : Number(draft.minutes);
  const { pattern, verdict, scope, allowPrivate, quiet, methods, path } = draft;
  const owner = workspaceId !== null ? (scope === 'global' ? {} : { workspaceId }) : scope === 'project' ? { projectId: draft.projectId } : {};
  return {
    input: {
      ...{ ...owner, pattern: pattern.trim(), verdict, scope, ports: [...ports], allowPrivate: verdict === 'allow' && allowPrivate },
      quiet: verdict === 'deny' && quiet,
      ...(minutes > 0 && { minutes }),
      ...(draft.note.trim() !== '' && { note: draft.note.trim() }),
      ...((methods.length > 0 || path !== '') && { http: { methods, pathPrefix: path === '' ? '/' : path } }),
    },
  };
}

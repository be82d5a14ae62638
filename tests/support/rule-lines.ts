import { createHash } from 'node:crypto';
import type { LiveState } from '../../electron/ipc/live-state.ts';
import { parseTarget } from '../../electron/network/pattern.ts';
import type { CallRequest } from '../../shared/contract/index.ts';
import { AppError } from '../../shared/errors.ts';
import type { Rule, RuleScope } from '../../shared/model/domain.ts';
import type { Workspace } from '../../shared/model/workspace.ts';

export type Owner = { readonly workspaceId?: string | undefined; readonly projectId?: string | undefined };
export type RuleInput = Omit<CallRequest<'domains.add'>, 'pattern'>;
type Refused = { line: number; text: string; reason: string };

export function workspaceOf(live: LiveState, workspaceId: string | undefined): Workspace {
  const workspace = live.snapshot().workspaces.find((item) => item.workspaceId === workspaceId);
  if (!workspace) throw new AppError('workspace/unknown', 'There is no such workspace.');
  return workspace;
}

function ownerOf(live: LiveState, scope: RuleScope, { workspaceId, projectId }: Owner): Owner {
  if (scope === 'global') return {};
  if (scope === 'project') return { projectId: projectId ?? workspaceOf(live, workspaceId).projectId };
  return { workspaceId: workspaceOf(live, workspaceId).workspaceId };
}

/** As the core makes it: the same rule has the same id, whatever else is said of it. Throws as the core does for what is no domain. */
export function readRule(live: LiveState, written: string, input: RuleInput, addedBy: Rule['addedBy'] = 'user'): Rule {
  const { pattern, port } = parseTarget(written);
  const ports = port === null ? [...input.ports].sort((a, b) => a - b) : [port];
  if (pattern.startsWith('*.') && ports.some((item) => item !== 80 && item !== 443))
    throw new AppError('domain/port', 'Ports other than 80 and 443 need one exact name: the way there is set up for each name.');
  const owner = ownerOf(live, input.scope, input);
  const { verdict, scope, http, minutes, note, allowPrivate, quiet } = input;
  const identity = JSON.stringify([scope, owner, verdict, pattern, ports, http]);
  return {
    ...{ id: createHash('sha256').update(identity).digest('hex').slice(0, 12), verdict, pattern, ports, allowPrivate, quiet, scope, ...owner, addedBy },
    ...{ ...(http && { http }), ...(note !== undefined && { note }) },
    ...(minutes !== undefined && { expiresAt: new Date(Date.now() + minutes * 60_000).toISOString() }),
    addedAt: new Date().toISOString(),
  };
}

/** One rule a line, as `domains.addMany` takes it. */
export function readLines(live: LiveState, text: string, input: RuleInput): { added: Rule[]; refused: Refused[] } {
  const added: Rule[] = [];
  const refused: Refused[] = [];
  for (const [at, whole] of text.split('\n').entries()) {
    const [line = '', note] = whole.split('#').map((part) => part.trim());
    if (line === '') continue;
    const verdict = line.startsWith('!') ? 'deny' : input.verdict;
    try {
      added.push(readRule(live, line.replace(/^!/, ''), { ...input, verdict, ...(note && { note }) }));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      refused.push({ line: at + 1, text: line, reason: error.message });
    }
  }
  return { added, refused };
}

import { AppError } from '../../shared/errors.ts';
import type { TerminalKind } from '../../shared/model/terminal.ts';
import type { Session } from '../agents/types.ts';
import type { Launch } from '../terminals/types.ts';
import type { Entry } from './book.ts';
import type { WorkspacesOptions } from './types.ts';
import { workingFolder } from './working-folder.ts';

export type LaunchRequest = {
  readonly worktree: string;
  readonly kind: TerminalKind;
  /** Default: the last one goes on. */ readonly session?: Session | undefined;
};

/** How a terminal's program is started in a workspace. Throws `workspace/not-running`, `worktree/unknown`. */
export function launchIn({ registry, tools }: Pick<WorkspacesOptions, 'registry' | 'tools'>, { record, state }: Entry, request: LaunchRequest): Launch {
  const { worktree, kind, session = 'resume' } = request;
  const { workspaceId } = record;
  if (state.kind === 'paused') throw new AppError('workspace/paused', 'This workspace is paused. Resume it first.', { details: { workspaceId } });
  if (state.kind !== 'running') throw new AppError('workspace/not-running', 'This workspace does not run. Start it first.', { details: { workspaceId } });
  if (worktree !== 'main') throw new AppError('worktree/unknown', `This workspace has no worktree "${worktree}".`, { details: { workspaceId, worktree } });
  const agent = kind === 'shell' ? 'shell' : record.agent;
  const { skipPermissions, model, extraArguments, agentVersion } = record.effective;
  return registry.definition(agent).launch({
    tools,
    version: agentVersion,
    workingDir: workingFolder(record),
    options: { skipPermissions, extraArguments, ...(model === '' ? {} : { model }) },
    session,
  });
}

import { AppError } from '../../shared/errors.ts';
import type { AgentContainer } from '../agents/types.ts';
import type { Engine } from '../engine/types.ts';
import type { WorkspaceRecord } from './records.ts';

/** Where terminals begin, in the container. */
export function workingFolder({ project, effective }: WorkspaceRecord): string {
  return effective.workingFolder || project.path;
}

/** Folders that the agent may be started in, and shall trust. */
export function workingFolders(record: WorkspaceRecord): readonly string[] {
  return [...new Set([record.project.path, workingFolder(record)])];
}

/** tmux begins elsewhere without a word when a folder is not there. @throws workspace/no-working-folder */
export async function requireWorkingFolder(engine: Pick<Engine, 'exec'>, { containerId, user }: AgentContainer, record: WorkspaceRecord): Promise<void> {
  const folder = record.effective.workingFolder;
  if (folder === '') return;
  const { exitCode } = await engine.exec(containerId, ['/bin/sh', '-c', 'cd -- "$1"', 'sh', folder], { user });
  if (exitCode === 0) return;
  throw new AppError(
    'workspace/no-working-folder',
    `The container has no folder ${folder} that the agent may enter. Choose another working folder, or mount one there.`,
    { details: { workingFolder: folder } },
  );
}

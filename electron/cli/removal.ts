import { AppError } from '../../shared/errors.ts';
import { formatBytes } from '../../shared/format-bytes.ts';
import type { Removal } from '../../shared/model/removal.ts';
import { confirm } from './ask.ts';
import type { Options } from './leaf.ts';
import { visible } from './safe-text.ts';

/** Says what goes and what stays. */
export function describeRemoval({ workspaces, work, keeps }: Removal): string {
  const lines: string[] = [];
  for (const { name, containers, networks, volumes, folders, runningTerminals } of workspaces) {
    const running = runningTerminals > 0 ? `, ${runningTerminals} agent terminal${runningTerminals === 1 ? '' : 's'} running` : '';
    lines.push(`Workspace ${name}${running}. Removes:`);
    for (const [kind, names] of [
      ['container', containers],
      ['network', networks],
      ['volume', volumes],
    ] as const)
      for (const one of names) lines.push(`  ${kind} ${one}`);
    for (const { path, bytes } of folders) lines.push(`  folder ${path}${bytes === undefined ? '' : ` (${formatBytes(bytes)})`}`);
  }
  for (const { kind, worktree, branch, commits = [], files = [], reason } of work) {
    const what =
      kind === 'unpushed' ? 'Commits that lie nowhere else' : kind === 'uncommitted' ? 'Changes that are not committed' : 'Work that could not be looked at';
    lines.push(`! ${what}, in ${worktree}${branch ? ` on ${branch}` : ''}${reason ? `: ${reason}` : ''}`);
    for (const { id, subject } of commits) lines.push(`    ${id} ${subject}`);
    for (const file of files) lines.push(`    ${file}`);
  }
  for (const kept of keeps) lines.push(`Stays: ${kept}`);
  return `${lines.map(visible).join('\n')}\n`;
}

/** Asks before something goes, the more so when work would be lost. @throws AppError `cli/needs-discard`, `cli/needs-confirmation` */
export async function agreeToRemoval(removal: Removal, what: string, options: Options): Promise<void> {
  if (options['yes'] !== true) process.stderr.write(describeRemoval(removal));
  if (removal.work.length > 0 && options['discard'] !== true) {
    const message = `${visible(what)} holds work that lies nowhere else. Bring it over first, or give --discard to lose it. Nothing was done.`;
    throw new AppError('cli/needs-discard', message, { details: { work: removal.work } });
  }
  if (options['yes'] !== true) await confirm(`Remove ${visible(what)}?`, '--yes');
}

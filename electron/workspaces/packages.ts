import { AppError } from '../../shared/errors.ts';
import type { ExecOptions, ExecResult } from '../engine/exec-types.ts';
import type { Engine } from '../engine/types.ts';
import type { WorkspaceRecord } from './records.ts';

/** Downloads and maintainer scripts of hundreds of packages. Milliseconds. */
const timeoutMs = 1_800_000;
/** Of its output, the end that is answered. */
const outputBytes = 65_536;

export type Installation = { readonly exitCode: number; readonly output: string };

/**
 * Installs Debian packages in a running container, as root, through its wall. A call instead of a root shell: there is then no terminal
 * of root's that the agent, who shares the container, could type into, and what was asked for can be read in one line.
 *
 * @throws packages/not-allowed, packages/bad-name, packages/no-apt, workspace/not-running
 */
export async function installPackages(
  engine: Pick<Engine, 'exec'>,
  { record, isRunning, containerId }: { readonly record: WorkspaceRecord; readonly isRunning: boolean; readonly containerId: string | undefined },
  names: readonly string[],
  signal?: AbortSignal,
): Promise<Installation> {
  const details = { workspaceId: record.workspaceId };
  if (!record.effective.systemPackages)
    throw new AppError('packages/not-allowed', 'This workspace does not allow system packages. Switch that on, and recreate it.', { details });
  if (!isRunning || containerId === undefined) throw new AppError('workspace/not-running', 'This workspace does not run. Start it first.', { details });
  // Debian Policy 5.6.1, and a version or an architecture as apt takes them. One that begins with a dash would be an option.
  const wrong = names.find((name) => !/^[a-z0-9][a-z0-9+.-]+(?::[a-z0-9-]+)?(?:=[A-Za-z0-9.+:~-]+)?$/.test(name));
  if (wrong !== undefined)
    throw new AppError('packages/bad-name', `${JSON.stringify(wrong)} is no name of a Debian package. Give names such as "sqlite3".`, {
      details: { name: wrong },
    });
  const options: ExecOptions = { user: '0:0', workingDir: '/', env: withoutLoader(record.effective.env), timeoutMs, ...(signal && { signal }) };
  const asRoot = (...argv: readonly string[]): Promise<ExecResult> => engine.exec(containerId, [...cleanStart, ...argv], options);
  const present = await asRoot('/bin/sh', '-c', 'test -x /usr/bin/apt-get');
  if (present.exitCode !== 0)
    throw new AppError('packages/no-apt', 'The image of this workspace has no apt-get. Add the packages to the image itself.', { details: { containerId } });
  const updated = await asRoot('/usr/bin/apt-get', 'update', '-q');
  if (updated.exitCode !== 0) return answer(updated.exitCode, [updated]);
  const installed = await asRoot('/usr/bin/apt-get', 'install', '-q', '-y', '--no-install-recommends', '--', ...names);
  return answer(installed.exitCode, [updated, installed]);
}

/**
 * A program in a container inherits the container's variables, and those may come from a project's file: `APT_CONFIG`, `PERL5LIB` or
 * `LD_PRELOAD` would make root run a file that the agent may write. Nothing of them is passed on, and nothing the agent may write is on root's path.
 */
const cleanStart = [
  ...['/usr/bin/env', '-i', 'HOME=/root', 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
  ...['DEBIAN_FRONTEND=noninteractive', 'LANG=C.UTF-8'],
];

/** `env` itself is loaded before it takes anything away: what the loader obeys is empty, which means nothing to it (ld.so(8)). */
function withoutLoader(env: Readonly<Record<string, string>>): Record<string, string> {
  const names = ['LD_PRELOAD', 'LD_AUDIT', 'LD_LIBRARY_PATH', ...Object.keys(env).filter((name) => name.startsWith('LD_') || name === 'GLIBC_TUNABLES')];
  return Object.fromEntries(names.map((name) => [name, '']));
}

function answer(exitCode: number, results: readonly { readonly stdout: string; readonly stderr: string }[]): Installation {
  return {
    exitCode,
    output: results
      .map(({ stdout, stderr }) => stdout + stderr)
      .join('')
      .slice(-outputBytes),
  };
}

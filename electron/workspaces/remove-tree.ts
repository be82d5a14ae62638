import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Minutes, not hours: a home can hold a million files on a slow disk, and nobody waits longer. Milliseconds. */
const removalTimeoutMs = 600_000;

/**
 * Removes a folder that an agent could write; follows no link. An agent may have taken its own rights from a folder (they are given
 * back, since the host's user owns it), or have nested folders deeper than a path can say: the system's own tools go step by step.
 */
export async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true, maxRetries: 2 });
  } catch (error) {
    if (!['EACCES', 'EPERM', 'ENAMETOOLONG'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    const options = { timeout: removalTimeoutMs };
    await run('chmod', ['-R', 'u+rwx', '--', path], options).catch(() => {
      // What could not be changed is what the removal itself then names.
    });
    await run('rm', ['-rf', '--', path], options);
  }
}

import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Whether a workspace's git dir may hold work of its own: objects, or linked worktrees. Only names of files are looked at, no git runs:
 * the agent can write here (design.md section 8). Whatever is not as it was made counts as "may".
 */
export async function mayHoldWork(gitDir: string): Promise<boolean> {
  try {
    return await lookAt(gitDir);
  } catch (error) {
    // The agent may have taken away the right to read, or a folder goes while it is looked at.
    if (typeof (error as NodeJS.ErrnoException).code === 'string') return true;
    throw error;
  }
}

async function lookAt(gitDir: string): Promise<boolean> {
  if ((await kindOf(gitDir)) === 'none') return false;
  if (await hasEntries(join(gitDir, 'worktrees'))) return true;
  if (await hasObjects(join(gitDir, 'objects'))) return true;
  return modulesMayHoldWork(join(gitDir, 'modules'), 0);
}

/** Below `modules` a submodule's name may be a path of several folders. */
async function modulesMayHoldWork(folder: string, depth: number): Promise<boolean> {
  const kind = await kindOf(folder);
  if (kind !== 'folder') return kind === 'other';
  for (const entry of await list(folder)) {
    if (!entry.isDirectory()) continue;
    const inner = join(folder, entry.name);
    if (depth > 16) return true;
    const isGitDir = (await kindOf(join(inner, 'objects'))) !== 'none';
    if (await (isGitDir ? lookAt(inner) : modulesMayHoldWork(inner, depth + 1))) return true;
  }
  return false;
}

/** A new git dir borrows all it has. */
async function hasObjects(folder: string): Promise<boolean> {
  const kind = await kindOf(folder);
  if (kind !== 'folder') return kind === 'other';
  const entries = await list(folder);
  if (entries.some(({ name }) => name !== 'info' && name !== 'pack')) return true;
  return hasEntries(join(folder, 'pack'));
}

async function hasEntries(folder: string): Promise<boolean> {
  const kind = await kindOf(folder);
  return kind === 'other' || (kind === 'folder' && (await list(folder)).length > 0);
}

async function kindOf(path: string): Promise<'none' | 'folder' | 'other'> {
  try {
    return (await lstat(path)).isDirectory() ? 'folder' : 'other';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'none' : 'other';
  }
}

async function list(folder: string): Promise<readonly Dirent[]> {
  return readdir(folder, { withFileTypes: true });
}

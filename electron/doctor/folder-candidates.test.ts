import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DataFolder } from '../lib/data-folder.ts';
import { findFolderCandidates, listOwnFolders } from './folder-candidates.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'forgehold-folders-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

async function removeTree(path: string): Promise<void> {
  rmSync(path, { recursive: true });
}

async function find(isKnown: (workspaceId: string) => boolean = () => false) {
  const folder = { root, downloads: join(root, 'downloads'), logs: join(root, 'logs') } as DataFolder;
  return findFolderCandidates({ folder, removeTree } as never, await listOwnFolders(folder), isKnown, async () => 0);
}

function make(workspaceId: string, files: readonly string[]): void {
  for (const file of [`workspaces/${workspaceId}/home/x`, `git/project-1/${workspaceId}/HEAD`, ...files]) {
    mkdirSync(join(root, file, '..'), { recursive: true });
    writeFileSync(join(root, file), '');
  }
}

test('neither home nor git dir may go while changes in a worktree may lie there that were never committed', async () => {
  make('aaaaaaaa', []);
  make('bbbbbbbb', ['git/project-1/bbbbbbbb/worktrees/feature/HEAD']);
  make('cccccccc', ['git/project-1/cccccccc/objects/ab/cdef']);
  expect((await find()).map(({ id }) => id).toSorted()).toEqual(['git:aaaaaaaa', 'home:aaaaaaaa']);
});

test('what came to belong to a workspace between the list and the removal stays', async () => {
  make('aaaaaaaa', []);
  const known = new Set<string>();
  const found = await find((workspaceId) => known.has(workspaceId));
  known.add('aaaaaaaa');
  for (const candidate of found) expect(await candidate.remove()).toBe(false);
  expect(existsSync(join(root, 'workspaces/aaaaaaaa/home/x'))).toBe(true);
});

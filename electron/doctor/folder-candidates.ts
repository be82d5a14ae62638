import type { Dirent } from 'node:fs';
import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataFolder } from '../lib/data-folder.ts';
import type { Candidate, DiskOptions } from './disk.ts';

/** A download this old is not under way any more: the largest takes minutes. */
const staleDownloadMs = 6 * 3600 * 1000;
const workspaceName = /^[0-9a-f]{8}$/;
/** Entries of a git dir that are looked at for work; what holds more is left alone. */
const entriesTried = 20_000;

type OwnFolder = { readonly path: string; readonly workspaceId: string };
/** Folders below the data folder that belong to one workspace each, by the id they are named by. Drafts are git dirs that never became one. */
export type OwnFolders = { readonly workspaces: readonly OwnFolder[]; readonly git: readonly OwnFolder[]; readonly drafts: readonly OwnFolder[] };

export async function listOwnFolders(folder: DataFolder): Promise<OwnFolders> {
  const inner = await list(join(folder.root, 'workspaces'));
  const projects = (await list(join(folder.root, 'git'))).filter((entry) => entry.isDirectory());
  const nested = await Promise.all(projects.map((project) => list(join(project.parentPath, project.name))));
  const all = nested.flat().filter((entry) => entry.isDirectory());
  return {
    workspaces: inner.filter((entry) => entry.isDirectory() && workspaceName.test(entry.name)).map(toFolder),
    git: all.filter(({ name }) => workspaceName.test(name)).map(toFolder),
    drafts: all.filter(({ name }) => /^[0-9a-f]{8}\.draft$/.test(name)).map(toFolder),
  };
}

function toFolder({ parentPath, name }: Dirent): OwnFolder {
  return { path: join(parentPath, name), workspaceId: name.slice(0, 8) };
}

export async function findFolderCandidates(
  { folder, removeTree }: DiskOptions,
  own: OwnFolders,
  isKnown: (workspaceId: string) => boolean,
  measure: (path: string) => Promise<number | null>,
): Promise<readonly Candidate[]> {
  async function stray(kind: string, what: string, why: string, { path, workspaceId }: OwnFolder): Promise<Candidate> {
    const remove = async (): Promise<boolean> => {
      // A workspace of that id may have come since.
      if (isKnown(workspaceId) || (await lstat(path).catch(() => null)) === null) return false;
      await removeTree(path);
      return true;
    };
    return { id: `${kind}:${workspaceId}`, label: `${what} of a removed workspace (${workspaceId})`, bytes: (await measure(path)) ?? 0, why, remove };
  }
  const unknown = (one: OwnFolder): boolean => !isKnown(one.workspaceId);
  const empty = await Promise.all(own.git.filter(unknown).map(async (one) => ((await mayHoldWork(one.path)) ? [] : [one])));
  const emptyPaths = new Set(empty.flat().map(({ path }) => path));
  // A worktree with changes that were never committed may lie in the home; its git dir knows of it.
  const withWork = new Set(own.git.filter((one) => unknown(one) && !emptyPaths.has(one.path)).map(({ workspaceId }) => workspaceId));
  const homes = own.workspaces.filter((one) => unknown(one) && !withWork.has(one.workspaceId));
  return (
    await Promise.all([
      Promise.all(homes.map((one) => stray('home', 'Home folder', 'Its workspace was removed, and the removal was cut short.', one))),
      Promise.all(empty.flat().map((one) => stray('git', 'Git folder', 'It holds no commit of its own; its workspace is gone.', one))),
      Promise.all(own.drafts.filter(unknown).map((one) => stray('draft', 'Unfinished git folder', 'The workspace it was made for never came to be.', one))),
      findStaleDownloads(folder),
      findOldLogs(folder),
    ])
  ).flat();
}

/** Whether the git dir has objects of its own, commits that may lie nowhere else, or linked worktrees, whose changes lie elsewhere. Only names are looked at; git is not run where an agent could write. */
async function mayHoldWork(gitDir: string): Promise<boolean> {
  const waiting: string[] = [gitDir];
  let seen = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const inObjects = /\/objects(?:\/(?:pack|[0-9a-f]{2}))?$/.test(next);
    const entries = await list(next, null);
    if (entries === null || (seen += entries.length) > entriesTried) return true;
    if (entries.length > 0 && next.endsWith('/worktrees')) return true;
    for (const entry of entries) {
      if (entry.isDirectory()) waiting.push(join(next, entry.name));
      else if (inObjects) return true;
    }
  }
  return false;
}

async function findStaleDownloads({ downloads }: DataFolder): Promise<readonly Candidate[]> {
  const why = 'A download that was broken off. It is fetched again when it is needed.';
  // A folder for each engine in use.
  const folders = (await list(downloads)).filter((entry) => entry.isDirectory()).map(({ name }) => join(downloads, name));
  const found = (await Promise.all([downloads, ...folders].map((folder) => describeFiles(folder, () => true)))).flat();
  return found.filter(({ age }) => age > staleDownloadMs).map((one) => fileCandidate('download', 'Download', why, one));
}

/** `core.log.1` and older; the present one stays. */
async function findOldLogs({ logs }: DataFolder): Promise<readonly Candidate[]> {
  const found = await describeFiles(logs, (name) => /\.log\.\d+$/.test(name));
  return found.map((one) => fileCandidate('log', 'Older log', 'The present log stays; older ones only help to look into what is long past.', one));
}

type Described = { readonly path: string; readonly name: string; readonly bytes: number; /** Milliseconds. */ readonly age: number };

async function describeFiles(folder: string, isWanted: (name: string) => boolean): Promise<readonly Described[]> {
  const files = (await list(folder)).filter((entry) => entry.isFile() && isWanted(entry.name));
  const described = await Promise.all(
    files.map(async ({ name }): Promise<readonly Described[]> => {
      const path = join(folder, name);
      const found = await lstat(path).catch(() => null);
      return found === null ? [] : [{ path, name, bytes: found.blocks * 512, age: Date.now() - found.mtimeMs }];
    }),
  );
  return described.flat();
}

function fileCandidate(kind: string, what: string, why: string, { path, name, bytes }: Described): Candidate {
  const remove = async (): Promise<boolean> => {
    if ((await lstat(path).catch(() => null)) === null) return false;
    await rm(path, { force: true });
    return true;
  };
  return { id: `${kind}:${name}`.slice(0, 200), label: `${what} ${name}`, bytes, why, remove };
}

/** Empty, or `otherwise`, when it is not there or cannot be read. */
async function list(path: string): Promise<readonly Dirent[]>;
async function list<T>(path: string, otherwise: T): Promise<readonly Dirent[] | T>;
async function list(path: string, otherwise: unknown = []): Promise<unknown> {
  return readdir(path, { withFileTypes: true }).catch(() => otherwise);
}

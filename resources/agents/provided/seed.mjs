/**
 * Seeds the agent's home. Runs in the agent's container as the agent's user: whatever the agent has planted in its home,
 * this reaches no further than the agent itself. Reads one JSON document from its input:
 * { agent, workingDirs: folders it is started in, git: { name?, email? }, provided: folder of all that the app put here,
 *   userFolder: the user's copied files in it, folder: where they are seen, below the home; absent when the agent sees none,
 *   copied: names among them that the agent may change: each gets a copy instead of a link }
 */
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const { agent, workingDirs, git, provided, userFolder, folder: seenIn, copied = [] } = JSON.parse(readFileSync(0, 'utf8'));
const home = process.env.HOME;

function writeWhole(file, text) {
  const partial = `${file}.forge-${process.pid}`;
  writeFileSync(partial, text, { mode: 0o600 });
  renameSync(partial, file);
}

/** The file's object, or none when it is absent or no JSON: an agent may have died while writing. */
function readObject(file) {
  try {
    const value = JSON.parse(readFileSync(file, 'utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return {};
    throw error;
  }
}

/**
 * No dialog stands before the prompt. Undocumented; checked by a test against each pinned version.
 * Trust in / is trust in all folders below, but not in the root of a git work tree: that is asked for by its own path.
 */
function seedClaudeCode() {
  const file = path.join(home, '.claude.json');
  const now = readObject(file);
  const projects = now.projects ?? {};
  const wanted = {
    ...now,
    theme: now.theme ?? 'dark',
    hasCompletedOnboarding: true,
    bypassPermissionsModeAccepted: true,
    projects: { ...projects, ...Object.fromEntries(['/', ...workingDirs].map((dir) => [dir, { ...projects[dir], hasTrustDialogAccepted: true }])) },
  };
  if (JSON.stringify(wanted) !== JSON.stringify(now)) writeWhole(file, JSON.stringify(wanted, null, 2));
}

/** A value of git's configuration. */
function quote(text) {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** The user's name and mail, unless the agent's home says otherwise already. */
function seedGit() {
  const file = path.join(home, '.gitconfig');
  if (existsSync(file) || !(git.name || git.email)) return;
  const lines = ['[user]', ...(git.name ? [`\tname = ${quote(git.name)}`] : []), ...(git.email ? [`\temail = ${quote(git.email)}`] : [])];
  writeFileSync(file, `${lines.join('\n')}\n`, { flag: 'wx' });
}

/** `<home>/.claude/commands` → the user's, and so on. Links of ours are made anew; what the agent put in such a place itself stays. */
function linkUserFiles() {
  const folder = path.join(home, seenIn);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(folder)) {
    const link = path.join(folder, name);
    if (lstatSync(link).isSymbolicLink() && readlinkSync(link).startsWith(`${provided}/`)) rmSync(link);
  }
  for (const name of readdirSync(userFolder).filter((one) => !copied.includes(one))) {
    const link = path.join(folder, name);
    if (lstatSync(link, { throwIfNoEntry: false }) === undefined) symlinkSync(path.join(userFolder, name), link);
  }
}

/** Files below a folder, by their relative paths. */
function listFiles(folder, below = '') {
  return readdirSync(path.join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const name = path.join(below, entry.name);
    return entry.isDirectory() ? listFiles(folder, name) : [name];
  });
}

function hashOf(file) {
  const stats = lstatSync(file, { throwIfNoEntry: false });
  return stats?.isFile() ? createHash('sha256').update(readFileSync(file)).digest('hex') : stats === undefined ? null : 'other';
}

/** What the copy then is, by its hash; undefined: there is none, and none is missed. `source` null: it is not offered any more. */
function copyOne(file, source, last) {
  if (hashOf(file) !== (last ?? null)) return last;
  if (source === null) {
    rmSync(file, { force: true });
    return undefined;
  }
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  writeWhole(file, readFileSync(source));
  if ((lstatSync(source).mode & 0o100) !== 0) chmodSync(file, 0o700);
  return hashOf(file);
}

/** A copy is renewed, or taken away, as long as it is what was put there last; what the agent has changed or removed is the agent's. */
function copyUserFiles() {
  const folder = path.join(home, seenIn);
  const memory = path.join(home, '.local/state/forgehold/copies.json');
  const last = readObject(memory);
  const offered = listFiles(userFolder).filter((name) => copied.includes(name.split('/')[0]));
  const next = {};
  for (const name of new Set([...Object.keys(last), ...offered])) {
    // The agent may have written the memory: nothing in it leads out of the folder.
    if (name.split('/').includes('..') || path.isAbsolute(name)) continue;
    try {
      const put = copyOne(path.join(folder, name), offered.includes(name) ? path.join(userFolder, name) : null, last[name]);
      if (put !== undefined) next[name] = put;
    } catch (error) {
      // A place that the agent has made something else of is the agent's: it must still start.
      if (error.code === undefined) throw error;
      process.stderr.write(`${name} was not copied: ${error.message}\n`);
    }
  }
  mkdirSync(path.dirname(memory), { recursive: true });
  writeWhole(memory, JSON.stringify(next));
}

seedGit();
if (agent === 'claude-code') seedClaudeCode();
if (seenIn !== undefined) {
  linkUserFiles();
  copyUserFiles();
}

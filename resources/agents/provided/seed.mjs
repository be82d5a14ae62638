/**
 * Seeds the agent's home. Runs in the agent's container as the agent's user: whatever the agent has planted in its home,
 * this reaches no further than the agent itself. Reads one JSON document from its input:
 * { agent, workingDirs: folders it is started in, git: { name?, email? }, provided: folder of all that the app put here,
 *   userFolder: the user's copied files in it }
 */
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const { agent, workingDirs, git, provided, userFolder } = JSON.parse(readFileSync(0, 'utf8'));
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
  const folder = path.join(home, { 'claude-code': '.claude', codex: '.codex' }[agent]);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(folder)) {
    const link = path.join(folder, name);
    if (lstatSync(link).isSymbolicLink() && readlinkSync(link).startsWith(`${provided}/`)) rmSync(link);
  }
  for (const name of readdirSync(userFolder)) {
    const link = path.join(folder, name);
    if (lstatSync(link, { throwIfNoEntry: false }) === undefined) symlinkSync(path.join(userFolder, name), link);
  }
}

seedGit();
if (agent === 'claude-code') seedClaudeCode();
if (agent !== 'shell') linkUserFiles();

import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { containerName } from '../../electron/engine/names.ts';
import type { Workspace } from '../../shared/model/workspace.ts';
import { createTestEngine } from '../fixtures/engine.ts';
import { makeTestPlace, openWorkspaceService, type WorkspaceService } from '../fixtures/workspace-service.ts';

/**
 * The agent does its worst with git in its container; then the user runs plain git in the project on the host, as anyone does.
 * Each attack has a control: the same commands in a plain copy of the project on the host, where they do run.
 */
const place = makeTestPlace();
const canary = join(place.root, 'canary');
const home = join(place.root, 'home');
const library = join(place.root, 'library');
const plain = join(place.root, 'plain');
const linked = join(place.root, 'linked');

let service: WorkspaceService;

type Attack = {
  readonly name: string;
  /** Run by `sh` in the project's folder; `$CANARY` is the file that shows that something ran. */
  readonly script: string;
  /** What the user runs besides status, diff and commits. */
  readonly also?: readonly (readonly string[])[];
};

const attacks: readonly Attack[] = [
  { name: 'a hook', script: `printf '#!/bin/sh\\ntouch "%s"\\n' "$CANARY" > .git/hooks/pre-commit; chmod +x .git/hooks/pre-commit` },
  {
    name: 'a hooks folder in the project',
    script: `mkdir -p hooks; printf '#!/bin/sh\\ntouch "%s"\\n' "$CANARY" > hooks/pre-commit; chmod +x hooks/pre-commit; git config core.hooksPath hooks`,
  },
  { name: 'a file system monitor', script: `git config core.fsmonitor "touch '$CANARY'; false"` },
  {
    name: 'a filter',
    script: `echo '* filter=evil' > .gitattributes; git config filter.evil.clean "touch '$CANARY'; cat"; for file in *.txt; do echo more >> "$file"; done`,
  },
  { name: 'an external diff', script: `git config diff.external "touch '$CANARY'; true"; echo more >> a.txt` },
  {
    name: 'a text conversion',
    script: `echo '* diff=evil' > .gitattributes; git config diff.evil.textconv "touch '$CANARY'; cat"; echo more >> a.txt`,
  },
  {
    name: 'a configuration of the worktree',
    script: `git config extensions.worktreeConfig true; git config --worktree core.fsmonitor "touch '$CANARY'; false"`,
  },
  {
    name: 'an included file',
    script: `git config --file evil.config core.fsmonitor "touch '$CANARY'; false"; git config include.path ../evil.config`,
  },
  { name: 'an alias', script: `git config alias.st "!touch '$CANARY'"`, also: [['st']] },
  { name: 'an editor', script: `git config core.editor "touch '$CANARY'; true"`, also: [['commit', '--allow-empty']] },
  {
    name: 'a signing program',
    script: `printf '#!/bin/sh\\ntouch "%s"\\n' "$CANARY" > sign; chmod +x sign; git config gpg.program "$PWD/sign"; git config commit.gpgSign true`,
  },
  {
    name: 'a common folder',
    script: `cp -r .git evil; git --git-dir=evil config core.fsmonitor "touch '$CANARY'; false"; echo ../evil > .git/commondir`,
  },
  {
    name: 'another git dir in its place',
    script: `cp -r .git evil; git --git-dir=evil config core.fsmonitor "touch '$CANARY'; false"; mv .git old && mv evil .git`,
  },
  {
    name: 'a link in its place',
    script: `cp -r .git evil; git --git-dir=evil config core.fsmonitor "touch '$CANARY'; false"; rm -rf .git; ln -s evil .git`,
  },
  {
    name: 'the git dir of a submodule',
    script: `cp -r .git/modules/library evil; git --git-dir=evil config core.worktree "$PWD/library"; git --git-dir=evil config core.fsmonitor "touch '$CANARY'; false"; rm -f library/.git; echo "gitdir: ../evil" > library/.git`,
  },
];

function git(cwd: string, ...args: string[]): string {
  return execFileSync('git', ['-c', 'protocol.file.allow=always', ...args], { cwd, env: userEnvironment(), encoding: 'utf8' }).trim();
}
function userEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], HOME: home, GIT_EDITOR: undefined, EDITOR: 'true' };
}
/** What the user does: whatever git answers, we look for the canary only. */
function useGit(folder: string, also: Attack['also'] = []): void {
  const commands = [['status'], ['diff'], ['commit', '-q', '-a', '-m', 'mine'], ['commit', '-q', '--allow-empty', '-m', 'mine'], ...also];
  for (const command of commands) spawnSync('git', command, { cwd: folder, env: userEnvironment(), timeout: 30_000 });
}
/** On the host the attack is made by a stranger's shell in the same folder. */
function attackOnHost(folder: string, script: string): void {
  spawnSync('sh', ['-c', script], { cwd: folder, env: { ...userEnvironment(), CANARY: canary } });
}
async function attackInside(workspace: Workspace, script: string): Promise<void> {
  await service.engine.exec(containerName('agent', workspace.projectId, workspace.workspaceId), ['sh', '-c', script], { env: { CANARY: canary } });
}
async function createWorkspace(folder: string): Promise<Workspace> {
  const project = await service.projects.create(folder);
  return service.workspaces.create({ projectId: project.projectId, agent: 'shell', mode: 'none', env: {}, skipPermissions: false, extraArguments: [] });
}
function copyOf(folder: string, name: string): string {
  const copy = join(place.root, 'control', name.replaceAll(' ', '-'));
  cpSync(folder, copy, { recursive: true });
  return copy;
}

beforeAll(async () => {
  for (const folder of [home, place.project, library, plain]) mkdirSync(folder, { recursive: true });
  writeFileSync(join(home, '.gitconfig'), '[user]\n\tname = Ada\n\temail = ada@example.com\n[init]\n\tdefaultBranch = main\n');
  for (const folder of [library, place.project]) {
    git(folder, 'init', '-q');
    for (const name of ['a.txt', 'b.txt']) writeFileSync(join(folder, name), `${name}\n`);
    git(folder, 'add', '-A');
    git(folder, 'commit', '-q', '-m', 'begin');
  }
  git(place.project, 'submodule', '--quiet', 'add', library, 'library');
  git(place.project, 'commit', '-q', '-m', 'library');
  git(place.project, 'worktree', 'add', '-q', linked);
  service = await openWorkspaceService(place.data);
});
afterAll(async () => {
  for (const project of await service.projects.list()) await service.projects.remove(project.projectId, { discard: true });
  await service.close();
  const { engine, cleanUp } = createTestEngine(undefined, service.folders.installation);
  await engine.info();
  await cleanUp();
  place.remove();
});
afterEach(() => rmSync(canary, { force: true }));

describe('what the agent writes never runs when the user runs git', () => {
  let workspace: Workspace;
  let pristine: string;
  beforeAll(async () => {
    pristine = copyOf(place.project, 'pristine');
    workspace = await createWorkspace(place.project);
  });

  it.each(attacks)('$name', async ({ name, script, also }) => {
    const control = copyOf(pristine, name);
    attackOnHost(control, script);
    useGit(control, also);
    expect(existsSync(canary)).toBe(true);
    rmSync(canary);

    await attackInside(workspace, script);
    useGit(place.project, also);
    expect(existsSync(canary)).toBe(false);
    git(place.project, 'reset', '-q', '--hard');
    git(place.project, 'clean', '-xdffq');
  });

  it('leaves the git of the user as it was', () => {
    expect(git(place.project, 'config', '--local', '--list')).not.toContain('canary');
    expect(git(place.project, 'fsck', '--strict')).toBe('');
    expect(git(place.project, 'status', '--porcelain')).toBe('');
  });
});

describe('a folder without git', () => {
  it('gets none from the agent that the user (or a shell prompt) would run', async () => {
    const script = `git init -q; git config core.fsmonitor "touch '$CANARY'; false"`;
    const control = copyOf(plain, 'plain');
    attackOnHost(control, script);
    useGit(control);
    expect(existsSync(canary)).toBe(true);
    rmSync(canary);
    await attackInside(await createWorkspace(plain), `${script}; rm -rf .git; mv .git x; rmdir .git`);
    useGit(plain);
    expect(existsSync(canary)).toBe(false);
    expect(readdirSync(join(plain, '.git'))).toEqual([]);
  });
});

describe('a linked worktree of the user', () => {
  it('keeps the file that leads to its repository', async () => {
    const script = `git init -q evil; git --git-dir=evil/.git config core.worktree "$PWD"; git --git-dir=evil/.git config core.fsmonitor "touch '$CANARY'; false"; rm -f .git; echo "gitdir: evil/.git" > .git`;
    const control = copyOf(linked, 'linked');
    attackOnHost(control, script);
    useGit(control);
    expect(existsSync(canary)).toBe(true);
    rmSync(canary);
    const workspace = await createWorkspace(linked);
    await attackInside(workspace, script);
    useGit(linked);
    expect(existsSync(canary)).toBe(false);
    expect(git(linked, 'rev-parse', '--git-common-dir')).toBe(join(place.project, '.git'));
  });
});

describe('what remains, and is told in the documentation', () => {
  it('a repository inside the project runs nothing from the root, but does when the user goes into it', async () => {
    const workspace = service.workspaces.list().find((one) => one.projectId === service.workspaces.list()[0]!.projectId)!;
    await attackInside(workspace, `git init -q nested; git -C nested config core.fsmonitor "touch '$CANARY'; false"`);
    useGit(place.project);
    expect(existsSync(canary)).toBe(false);
    useGit(join(place.project, 'nested'));
    expect(existsSync(canary)).toBe(true);
    rmSync(join(place.project, 'nested'), { recursive: true });
  });
});

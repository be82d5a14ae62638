import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { containerName } from '../../electron/engine/names.ts';
import type { Wall } from '../../electron/network/types.ts';
import type { CreateRequest } from '../../electron/workspaces/admit.ts';
import type { AppError } from '../../shared/errors.ts';
import type { Project } from '../../shared/model/project.ts';
import type { Workspace } from '../../shared/model/workspace.ts';
import { until } from '../fixtures/core.ts';
import { gitHost, type GitServer, type Manner, mirrorHost, startGitServer } from '../fixtures/git-server.ts';
import { listObjects, makeTestPlace, openWorkspaceService, type WorkspaceService } from '../fixtures/workspace-service.ts';

const place = makeTestPlace();
let service: WorkspaceService;
let server: GitServer;

function request(project: Project, changes: Partial<CreateRequest> = {}): CreateRequest {
  return { projectId: project.projectId, agent: 'shell', ...changes };
}
function agentOf(workspace: Pick<Workspace, 'projectId' | 'workspaceId'>): string {
  return containerName('agent', workspace.projectId, workspace.workspaceId);
}
async function inside(workspace: Workspace, line: string): Promise<string> {
  const { path } = await service.projects.get(workspace.projectId);
  const user = `${process.getuid!()}:${process.getgid!()}`;
  const result = await service.engine.exec(agentOf(workspace), ['bash', '-c', line], { workingDir: path, user });
  if (result.exitCode !== 0) throw new Error(`${line}: ${result.stderr}${result.stdout}`);
  return result.stdout.trim();
}
function objectsOf(workspaceId: string): Promise<readonly string[]> {
  return listObjects(service.engine).then((all) => all.flatMap((one) => (one.workspaceId === workspaceId ? [`${one.kind} ${one.name}`] : [])));
}
function stepOf(
  workspaceId: string,
  id: string,
): { readonly state: string; readonly detail?: string | undefined; readonly progress?: number | undefined } | undefined {
  const state = service.workspaces.get(workspaceId).state;
  return 'steps' in state ? state.steps.find((step) => step.id === id) : undefined;
}
/** The error of a creation that must fail, and the workspace that it leaves. */
async function fail(project: Project, changes: Partial<CreateRequest> = {}): Promise<{ readonly error: AppError; readonly workspace: Workspace }> {
  const error = await service.workspaces.create(request(project, changes)).then(
    () => Promise.reject(new Error('It was made')),
    (reason: unknown) => reason as AppError,
  );
  return { error, workspace: service.workspaces.list(project.projectId).at(-1)! };
}
function clone(manner: Manner, repository: string): Promise<Project> {
  return service.projects.clone({ url: server.url(manner, repository), keep: 'named' });
}
/** As the user allows a server of his own network. */
async function allow({ workspaceId }: Workspace, host: string): Promise<void> {
  await service.parts.wall.addRule(workspaceId, host, { allowPrivate: true, addedBy: 'user' });
}

/** False: the server's private address is refused, as it is for every user at first. */
let trustPrivate = true;

/** The service, with a wall that knows the test's server as the user's own. */
async function open(): Promise<void> {
  service = await openWorkspaceService(place.data);
  const { wall } = service.parts;
  const addRules = wall.addRules.bind(wall);
  const trusting: Wall['addRules'] = (owner, inputs) =>
    addRules(
      owner,
      inputs.map((input) => ({ ...input, allowPrivate: input.allowPrivate || (input.addedBy === 'project' && trustPrivate) })),
    );
  Object.assign(wall, { addRules: trusting });
  await service.settled();
}

beforeAll(async () => {
  await open();
  server = await startGitServer(service.folders.installation);
});
afterAll(async () => {
  for (const { projectId } of await service.projects.list()) await service.projects.remove(projectId, { discard: true });
  await service.close();
  await server.cleanUp();
  place.remove();
});

describe('a project that is a URL', () => {
  let project: Project;
  let workspace: Workspace;

  it('is one project under every spelling, and known without asking its server', async () => {
    project = await clone('plain', 'orchard.git');
    expect(project).toMatchObject({ kind: 'clone', name: 'orchard', path: '/workspaces/orchard', present: true, git: true, keep: 'named' });
    expect((await service.projects.clone({ url: `HTTP://GIT.orchard.example:80/plain/orchard/`, keep: 'named' })).projectId).toBe(project.projectId);
    expect(await server.heard()).toEqual([]);
  });

  it('is cloned inside the wall, as the agent, with nothing of it on the host', async () => {
    workspace = await service.workspaces.create(request(project));
    const shown = service.changes.flatMap(({ workspace: one }) => (one?.state.kind === 'creating' ? one.state.steps.filter(({ id }) => id === 'clone') : []));
    expect(new Set(shown.map(({ label }) => label))).toEqual(new Set(['Clone orchard']));
    expect(await inside(workspace, 'git log --format=%s; git status --porcelain; git branch -r; stat -c %u . .git README.md | sort -u')).toBe(
      `Plant apples\nBegin\n  origin/HEAD -> origin/main\n  origin/harvest\n  origin/main\n${process.getuid!()}`,
    );
    const { folders, volumes } = await service.workspaces.inspect(workspace.workspaceId);
    expect(folders.filter((folder) => existsSync(folder))).toEqual([]);
    expect(existsSync(service.folders.workspace(workspace.workspaceId))).toBe(false);
    const ids = `${workspace.projectId}-${workspace.workspaceId}`;
    expect(volumes).toEqual(expect.arrayContaining([`forge-home-${ids}`, `forge-work-${ids}`]));
    expect(await inside(workspace, 'echo $HOME; touch ~/x; stat -c %U ~; grep -E "^(CapEff|CapBnd)" /proc/self/status | cut -f2')).toBe(
      `/home/agent\n${process.getuid!() === 0 ? 'root' : 'agent'}\n0000000000000000\n0000000000000000`,
    );
  });

  it('has its server among the allowed domains, and fetches and pushes there', async () => {
    expect(service.parts.wall.rules(workspace.workspaceId)).toContainEqual(expect.objectContaining({ pattern: gitHost, addedBy: 'project' }));
    await server.run('cd /srv/work/orchard && echo pears >> fruit.txt && git commit -qam "Plant pears" && git push -q /srv/git/orchard.git main');
    const identity = 'git -c user.name=Ada -c user.email=ada@orchard.example';
    expect(
      await inside(workspace, `git pull -q && echo plums >> fruit.txt && ${identity} commit -qam "Plant plums" && git push -q && git remote -v | head -1`),
    ).toBe(`origin\t${server.url('plain', 'orchard.git')} (fetch)`);
    expect(await server.run('git -C /srv/git/orchard.git log --format=%s main')).toBe('Plant plums\nPlant pears\nPlant apples\nBegin\n');
  });

  it('keeps the clone when its container stops, is made anew, or its core restarts', async () => {
    const heard = await server.heard();
    await inside(workspace, 'echo mine > note.txt; echo mine > ~/note.txt');
    await service.workspaces.stop(workspace.workspaceId);
    await service.engine.removeContainer(agentOf(workspace));
    await service.workspaces.start(workspace.workspaceId);
    expect(await inside(workspace, 'cat note.txt ~/note.txt')).toBe('mine\nmine');
    const before = await service.engine.inspectContainer(agentOf(workspace));
    expect((await service.workspaces.recreate(workspace.workspaceId)).state.kind).toBe('running');
    expect((await service.engine.inspectContainer(agentOf(workspace)))!.id).not.toBe(before!.id);
    expect(await inside(workspace, 'cat note.txt ~/note.txt')).toBe('mine\nmine');
    await service.close();
    await open();
    await until(
      () => service.workspaces.get(workspace.workspaceId).state.kind,
      (kind) => kind === 'running',
      'the workspace to be found again',
    );
    expect(await inside(workspace, 'cat note.txt')).toBe('mine');
    expect(await server.heard()).toEqual(heard);
  });

  it('has a clone of its own beside that of another workspace', async () => {
    const other = await service.workspaces.duplicate(workspace.workspaceId, 'Second');
    expect(await inside(other, 'ls; ls -A ~ | grep note || true; git log -1 --format=%s')).toBe('README.md\nfruit.txt\nPlant plums');
    await service.workspaces.remove(other.workspaceId);
    expect(await inside(workspace, 'cat note.txt')).toBe('mine');
  });

  it('says what goes with it, and that its server keeps the rest', async () => {
    const { workspaces, work, keeps } = await service.workspaces.removal(workspace.workspaceId);
    const ids = `${workspace.projectId}-${workspace.workspaceId}`;
    expect(workspaces).toMatchObject([{ volumes: expect.arrayContaining([`forge-home-${ids}`, `forge-work-${ids}`]) }]);
    expect(keeps).toEqual([project.url]);
    expect(work).toEqual([{ workspaceId: workspace.workspaceId, kind: 'uncommitted', worktree: 'main', files: ['note.txt'] }]);
  });

  it('goes with everything it had', async () => {
    await service.workspaces.remove(workspace.workspaceId, { discard: true });
    expect(await objectsOf(workspace.workspaceId)).toEqual([]);
    expect(await service.projects.get(project.projectId)).toMatchObject({ kind: 'clone' });
  });
});

describe('a clone that fails', () => {
  it('says so in words for each cause, and keeps its workspace, stopped, for another try', async () => {
    const cases: readonly (readonly [Manner, string, string, RegExp])[] = [
      ['private', 'orchard', 'clone/needs-login', /wants a login/],
      ['gone', 'orchard', 'clone/not-found', /has no repository/],
      ['plain', 'nowhere', 'clone/not-found', /has no repository/],
      ['forbidden', 'orchard', 'clone/failed', /403/],
      ['dies', 'big', 'clone/cut-off', /broke before all had come/],
    ];
    await Promise.all(
      cases.map(async ([manner, repository, code, words]) => {
        const project = await clone(manner, repository);
        const { error, workspace } = await fail(project);
        expect(error).toMatchObject({ code, message: expect.stringMatching(words) });
        expect(workspace.state).toMatchObject({ kind: 'failed', error: { code } });
        expect(stepOf(workspace.workspaceId, 'clone')).toMatchObject({ state: 'failed', detail: error.message });
        expect((await service.engine.inspectContainer(agentOf(workspace)))!.status).toBe('exited');
        await service.projects.remove(project.projectId);
        expect(await objectsOf(workspace.workspaceId)).toEqual([]);
      }),
    );
  });

  it('is tried again where it failed, and never looks complete before it is', async () => {
    const project = await clone('dies', 'big');
    const { workspace } = await fail(project);
    await service.close();
    await open();
    expect(service.workspaces.get(workspace.workspaceId).state).toMatchObject({ kind: 'failed', error: { code: 'clone/cut-off' } });
    await expect(service.workspaces.start(workspace.workspaceId)).rejects.toMatchObject({ code: 'clone/cut-off' });
    await server.heal();
    expect((await service.workspaces.start(workspace.workspaceId)).state.kind).toBe('running');
    expect(await inside(workspace, 'git status --porcelain; ls | wc -l; ls -A /workspaces; git fsck 2>&1 | grep -v "^Checking" || true')).toBe('40\nbig');
    await server.ail();
    await service.projects.remove(project.projectId);
  });

  it('names the host it was sent on to, which is blocked as any other, and goes on when that is allowed', async () => {
    const project = await clone('away', 'orchard.git');
    const { error, workspace } = await fail(project);
    expect(error).toMatchObject({ code: 'clone/blocked', details: { hosts: [mirrorHost] }, message: expect.stringContaining(`sends git on to ${mirrorHost}`) });
    expect(service.parts.wall.blocked(workspace.workspaceId)).toContainEqual(expect.objectContaining({ host: mirrorHost, reason: 'not-listed' }));
    await allow(workspace, mirrorHost);
    await service.workspaces.start(workspace.workspaceId);
    expect(await inside(workspace, 'git log -1 --format=%s')).not.toBe('');
    await service.projects.remove(project.projectId);
  });

  it('over https is asked for a certificate that the workspace trusts', async () => {
    const project = await service.projects.clone({ url: server.url('plain', 'orchard.git').replace('http:', 'https:'), keep: 'named' });
    const { error } = await fail(project);
    expect(error).toMatchObject({ code: 'clone/certificate', message: expect.stringContaining('extra CA bundle') });
    // The control: with an owner who looks away, TLS goes through the gateway.
    const workspace = await service.workspaces.create(request(project, { env: { GIT_SSL_NO_VERIFY: '1' } }));
    expect(await inside(workspace, 'git log --format=%s | tail -1; git remote get-url origin')).toBe(`Begin\n${project.url}`);
    await service.projects.remove(project.projectId);
  });

  it('asks for a private address by name, and for a mode that lets something out', async () => {
    trustPrivate = false;
    try {
      const project = await clone('plain', 'orchard.git');
      const { error, workspace } = await fail(project);
      expect(error).toMatchObject({ code: 'clone/blocked', message: expect.stringContaining('"private addresses too"') });
      await allow(workspace, gitHost);
      expect((await service.workspaces.start(workspace.workspaceId)).state.kind).toBe('running');
      const closed = await fail(project, { mode: 'none' });
      expect(closed.error).toMatchObject({ code: 'clone/blocked', message: expect.stringContaining('mode') });
      await allow(closed.workspace, gitHost);
      await service.parts.wall.setMode(closed.workspace.workspaceId, 'restricted');
      expect((await service.workspaces.start(closed.workspace.workspaceId)).state.kind).toBe('running');
      await service.projects.remove(project.projectId);
    } finally {
      trustPrivate = true;
    }
  });
});

describe('a clone on its way', () => {
  it('tells how far it is, and is cancelled without a trace', async () => {
    const project = await clone('slow', 'big.git');
    const making = service.workspaces.create(request(project)).catch((error: unknown) => error as AppError);
    const { workspaceId } = await until(
      () => service.workspaces.list(project.projectId)[0],
      (one) => one !== undefined && /^Receiving objects: \d+ %, [\d.]+ [KM]iB$/.test(stepOf(one.workspaceId, 'clone')?.detail ?? ''),
      'its progress',
    ).then((one) => one!);
    const first = stepOf(workspaceId, 'clone')!.progress!;
    await until(
      () => stepOf(workspaceId, 'clone')!.progress!,
      (progress) => progress > first && progress < 1,
      'more of it',
    );
    await service.workspaces.cancel(workspaceId);
    expect(await making).toMatchObject({ code: 'workspace/cancelled' });
    expect(await objectsOf(workspaceId)).toEqual([]);
    expect(service.workspaces.list(project.projectId)).toEqual([]);
    await service.projects.remove(project.projectId);
  });

  it('is stopped where it was tried again, and can be tried once more', async () => {
    const project = await clone('slow', 'big.git');
    const { workspace } = await fail(project, { mode: 'none' });
    const { workspaceId } = workspace;
    await service.parts.wall.setMode(workspaceId, 'restricted');
    const starting = service.workspaces.start(workspaceId).catch((error: unknown) => error as AppError);
    await until(
      () => stepOf(workspaceId, 'clone')?.detail ?? '',
      (detail) => detail.startsWith('Receiving'),
      'its progress',
    );
    expect((await service.workspaces.stop(workspaceId)).state).toEqual({ kind: 'stopped' });
    expect(await starting).toMatchObject({ code: 'workspace/cancelled' });
    expect((await service.workspaces.removal(workspaceId)).work).toEqual([]);
    await server.run('touch /srv/quick');
    expect((await service.workspaces.start(workspaceId)).state.kind).toBe('running');
    expect(await inside(workspace, 'ls | wc -l; ls -A /workspaces')).toBe('40\nbig');
    await server.run('rm /srv/quick');
    await service.projects.remove(project.projectId);
  });

  it('that its core left behind goes, as any creation that was', async () => {
    const project = await clone('slow', 'big.git');
    const making = service.workspaces.create(request(project)).catch((error: unknown) => error as AppError);
    await until(
      () => service.workspaces.list(project.projectId).map(({ workspaceId }) => stepOf(workspaceId, 'clone')?.state)[0],
      (state) => state === 'running',
      'its begin',
    );
    await service.close();
    expect(await making).toMatchObject({ code: 'workspace/cancelled' });
    await open();
    expect(service.workspaces.list(project.projectId)).toEqual([]);
    await service.projects.remove(project.projectId);
  });

  it('brings twenty thousand refs, and names in any script', async () => {
    const [many, named] = await Promise.all(
      ['refs.git', '%C3%84pfel%20%26%20Birnen.git'].map(async (repository) => {
        const project = await clone('plain', repository);
        return { project, workspace: await service.workspaces.create(request(project)) };
      }),
    );
    expect(await inside(many!.workspace, 'git tag | wc -l')).toBe('20000');
    expect(named!.project).toMatchObject({ name: 'Äpfel & Birnen', path: '/workspaces/Apfel-Birnen' });
    expect(await inside(named!.workspace, 'pwd; git log --format=%s; git fetch')).toBe('/workspaces/Apfel-Birnen\nPlant apples\nBegin');
    for (const { project } of [many!, named!]) await service.projects.remove(project.projectId);
  });
});

describe('work that lies nowhere else', () => {
  const git = 'git -c user.name=Ada -c user.email=ada@orchard.example';
  let project: Project;
  let workspace: Workspace;

  it('is shown by branch, worktree and stash before a clone goes, and is lost only when that was said', async () => {
    project = await clone('plain', 'orchard.git');
    workspace = await service.workspaces.create(request(project));
    const { workspaceId } = workspace;
    expect((await service.workspaces.removal(workspaceId)).work).toEqual([]);
    await inside(
      workspace,
      `set -e
      echo 1 > a; git add a; ${git} commit -qm "Pushed"; git push -q origin HEAD:refs/heads/pushed
      git checkout -q -b grafting; echo 2 > b; git add b; ${git} commit -qm $'Graft \\e[31mred\\e[0m'
      git checkout -q --detach; echo 3 > c; git add c; ${git} commit -qm "On no branch"
      git worktree add -q ~/pruning grafting~1 2>/dev/null; echo 4 > ~/pruning/d
      git worktree add -q /tmp/outside grafting~1 2>/dev/null; echo 5 > /tmp/outside/e
      echo 6 >> fruit.txt; ${git} stash -q; echo 7 > $'new\\nfile'
      mkdir ../other; touch ../other/file`,
    );
    const work = [
      { workspaceId, kind: 'unpushed', worktree: 'main', branch: 'grafting', commits: [{ id: expect.stringMatching(/^[0-9a-f]{7,}$/), subject: 'Graft red' }] },
      { workspaceId, kind: 'stashed', worktree: 'main', commits: [expect.objectContaining({ subject: expect.stringContaining('WIP on') })] },
      { workspaceId, kind: 'uncommitted', worktree: 'main', files: ['newfile'] },
      { workspaceId, kind: 'unpushed', worktree: 'main', commits: [expect.objectContaining({ subject: 'On no branch' })] },
      { workspaceId, kind: 'uncommitted', worktree: 'outside', files: ['e'] },
      { workspaceId, kind: 'uncommitted', worktree: 'pruning', files: ['d'] },
      { workspaceId, kind: 'uncommitted', worktree: 'beside the clone', files: ['other'] },
    ];
    const running = (await service.workspaces.removal(workspaceId)).work;
    expect(running).toEqual(expect.arrayContaining(work));
    expect(running).toHaveLength(work.length);
    // What it plants now runs where it can do nothing, or not at all.
    await inside(
      workspace,
      `printf '[core]\\n\\tfsmonitor = touch /workspaces/ran\\n[filter "x"]\\n\\tclean = touch /workspaces/ran\\n' >> .git/config; echo '* filter=x' > .git/info/attributes`,
    );
    await service.workspaces.stop(workspaceId);
    const stopped = (await service.workspaces.removal(workspaceId)).work;
    expect(stopped).toContainEqual({ workspaceId, kind: 'unknown', worktree: 'outside', reason: expect.stringContaining('does not run') });
    expect(stopped).toHaveLength(work.length);
    await expect(service.workspaces.remove(workspaceId)).rejects.toMatchObject({ code: 'workspace/unpushed-work' });
    await expect(service.projects.remove(project.projectId)).rejects.toMatchObject({ code: 'workspace/unpushed-work' });
    await service.workspaces.start(workspaceId);
    expect(await inside(workspace, 'ls -A .. | sort')).toBe('orchard\nother');
  });

  it('that cannot be told is said to be unknown', async () => {
    const { workspaceId } = workspace;
    await inside(workspace, 'rm -rf .git');
    expect((await service.workspaces.removal(workspaceId)).work).toContainEqual(expect.objectContaining({ kind: 'unknown', worktree: 'main' }));
    await service.workspaces.remove(workspaceId, { discard: true });
    expect(await objectsOf(workspaceId)).toEqual([]);
    await service.projects.remove(project.projectId);
  });

  it('keeps a temporary clone, which goes otherwise when its workspace stops', async () => {
    const temporary = await service.projects.clone({ url: server.url('plain', 'empty.git'), keep: 'temporary' });
    expect(temporary.keep).toBe('temporary');
    const made = await service.workspaces.create(request(temporary));
    const { workspaceId } = made;
    await inside(made, 'echo kept > ~/note');
    expect((await service.workspaces.restart(workspaceId)).state.kind).toBe('running');
    expect(await service.workspaces.stop(workspaceId)).toMatchObject({ state: { kind: 'stopped' } });
    const ids = `${made.projectId}-${workspaceId}`;
    expect(await objectsOf(workspaceId)).not.toContain(`volume forge-work-${ids}`);
    await service.close();
    await open();
    expect(service.workspaces.get(workspaceId).state).toEqual({ kind: 'stopped' });
    await service.workspaces.start(workspaceId);
    expect(await inside(made, `cat ~/note; touch seed; git add seed; ${git} commit -qm Sow`)).toBe('kept');
    const reason = expect.stringMatching(/kept.*not pushed on main \(1\)/);
    expect((await service.workspaces.stop(workspaceId)).state).toEqual({ kind: 'stopped', reason });
    expect(await objectsOf(workspaceId)).toContain(`volume forge-work-${ids}`);
    await service.workspaces.start(workspaceId);
    expect(await inside(made, 'git log --format=%s; git push -q')).toBe('Sow');
    expect((await service.workspaces.stop(workspaceId)).state).toEqual({ kind: 'stopped' });
    expect(await objectsOf(workspaceId)).not.toContain(`volume forge-work-${ids}`);
    await service.projects.remove(temporary.projectId);
    expect(await objectsOf(workspaceId)).toEqual([]);
  });
});

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { containerName } from '../../electron/engine/names.ts';
import type { AppError } from '../../shared/errors.ts';
import type { Project } from '../../shared/model/project.ts';
import type { Workspace } from '../../shared/model/workspace.ts';
import { makeDataFolder, removeDataFolder, startCore } from '../fixtures/core.ts';
import { type GitServer, startGitServer } from '../fixtures/git-server.ts';
import { removeInstallation } from '../fixtures/installation.ts';
import { makeTestPlace, openWorkspaceService, type WorkspaceService } from '../fixtures/workspace-service.ts';

/** Repositories and servers that want more than to be cloned. Each payload leaves `/workspaces/ran` or a host file where it can. */
const place = makeTestPlace();
const canary = '/tmp/forgehold-clone-canary';
let service: WorkspaceService;
let server: GitServer;

beforeAll(async () => {
  service = await openWorkspaceService(place.data);
  const { wall } = service.parts;
  const addRules = wall.addRules.bind(wall);
  const trusting: typeof wall.addRules = (owner, inputs) =>
    addRules(
      owner,
      inputs.map((input) => ({ ...input, allowPrivate: true })),
    );
  Object.assign(wall, { addRules: trusting });
  await service.settled();
  server = await startGitServer(service.folders.installation);
});
afterAll(async () => {
  for (const { projectId } of await service.projects.list()) await service.projects.remove(projectId, { discard: true });
  await service.close();
  await server.cleanUp();
  place.remove();
});

/** Makes a repository on the server by a script that runs in its work tree. */
async function publish(name: string, script: string): Promise<Project> {
  await server.run(
    `set -e; git init -q --bare /srv/git/${name}.git; git init -q /srv/work/${name}; cd /srv/work/${name}; ${script}; git push -q --all /srv/git/${name}.git`,
  );
  return service.projects.clone({ url: server.url('plain', `${name}.git`), keep: 'named' });
}
function make(project: Project): Promise<Workspace> {
  return service.workspaces.create({ projectId: project.projectId, agent: 'shell' });
}
async function inside(workspace: Workspace, line: string): Promise<string> {
  const { path } = await service.projects.get(workspace.projectId);
  const { stdout, stderr } = await service.engine.exec(containerName('agent', workspace.projectId, workspace.workspaceId), ['bash', '-c', line], {
    workingDir: path,
    user: `${process.getuid!()}:${process.getgid!()}`,
  });
  return `${stdout}${stderr}`.trim();
}
async function expectNothingRan(workspace: Workspace): Promise<void> {
  expect(await inside(workspace, 'ls -A /workspaces ~ | grep -x ran')).toBe('');
  expect(existsSync(canary)).toBe(false);
}

describe('a hostile repository', () => {
  it('runs none of its hooks, filters, configuration or submodules, though a person in the container could', async () => {
    const run = `touch /workspaces/ran ${canary}`;
    const project = await publish(
      'trap',
      `mkdir hooks .githooks; for n in post-checkout post-merge; do printf '#!/bin/sh\\n${run}\\n' > hooks/$n; chmod +x hooks/$n; cp hooks/$n .githooks; done
      printf '[core]\\n\\thooksPath = hooks\\n\\tfsmonitor = ${run}\\n[filter "x"]\\n\\tsmudge = ${run}\\n[include]\\n\\tpath = .gitconfig\\n' > .gitconfig; cp .gitconfig config
      echo '* filter=x diff=x merge=x' > .gitattributes; printf '[lfs]\\n\\turl = http://evil.example/\\n' > .lfsconfig
      printf '[submodule "a"]\\n\\tpath = a\\n\\turl = "ext::sh -c ${run.replaceAll(' ', '%% ')}"\\n[submodule "b"]\\n\\tpath = b\\n\\turl = "-u./hooks/post-checkout"\\n' > .gitmodules
      git add -A; id=$(git hash-object -t tree /dev/null); commit=$(git commit-tree $id -m x); git update-index --add --cacheinfo 160000,$commit,a --cacheinfo 160000,$commit,b
      git commit -qm Trap; git checkout -q -b 'branch/$(touch\${IFS}ran)'`,
    );
    const workspace = await make(project);
    await expectNothingRan(workspace);
    await service.workspaces.removal(workspace.workspaceId);
    await service.workspaces.stop(workspace.workspaceId);
    await service.workspaces.start(workspace.workspaceId);
    await expectNothingRan(workspace);
    expect(service.parts.wall.decisions({ workspaceId: workspace.workspaceId, limit: 100 }).map(({ host }) => host)).not.toContain('evil.example');
    // The control: it is a trap.
    await inside(workspace, 'git -c core.hooksPath=hooks checkout -q -b elsewhere');
    expect(await inside(workspace, 'ls /workspaces | grep -x ran')).toBe('ran');
    expect(existsSync(canary)).toBe(false);
  });

  it('cannot plant a git dir, nor lead out of the clone by links', async () => {
    const links = await publish(
      'links',
      'ln -s /etc/passwd passwd; ln -s ../../.. up; ln -s /home/agent home; mkdir d; ln -s ../.git d/git; git add -A; git commit -qm Links',
    );
    const workspace = await make(links);
    // Links lead to places of the container, and nobody on the host follows them.
    expect(await inside(workspace, 'readlink -f up; head -c 5 passwd')).toBe('/\nagent'.replace('agent', process.getuid!() === 0 ? 'root:' : 'agent'));
    const planted = await publish(
      'planted',
      `echo x > f; git add f; git commit -qm x; hook=$(printf '#!/bin/sh\\ntouch /workspaces/ran\\n' | git hash-object -w --stdin)
      hooks=$(printf '100755 blob %s\\tpost-checkout\\n' $hook | git mktree); dir=$(printf '040000 tree %s\\thooks\\n' $hooks | git mktree)
      tree=$(printf '040000 tree %s\\t.git\\n' $dir | git mktree); git update-ref refs/heads/main $(git commit-tree $tree -m Planted)
      git -C /srv/git/planted.git config receive.fsckObjects false`,
    );
    const error = await make(planted).catch((reason: unknown) => reason as AppError);
    expect(error).toMatchObject({ code: 'clone/failed', details: { words: expect.arrayContaining([expect.stringContaining('invalid path')]) } });
    const left = service.workspaces.list(planted.projectId)[0]!;
    expect(left.state.kind).toBe('failed');
    await expect(service.workspaces.start(left.workspaceId)).rejects.toMatchObject({ code: 'clone/failed' });
  });
});

describe('a hostile server', () => {
  it('says what it likes, and the screen shows it plain and short', async () => {
    const project = await publish('loud', 'echo x > f; git add f; git commit -qm x');
    await server.run(`printf '#!/bin/sh\\nprintf "\\\\033]0;owned\\\\007\\\\033[31mred \\\\342\\\\200\\\\256gpj\\\\n" >&2\\nyes "%s" | head -c 5000000 >&2\\nexit 1\\n' noise > /srv/loud; chmod +x /srv/loud
      git config --global uploadpack.packObjectsHook /srv/loud`);
    try {
      const error = await make(project).catch((reason: unknown) => reason as AppError);
      expect(error).toMatchObject({ code: expect.stringMatching(/^clone\//) });
      const { state } = service.workspaces.list(project.projectId)[0]!;
      expect(JSON.stringify(state).length).toBeLessThan(20_000);
      expect(JSON.stringify([state, (error as AppError).message]).replaceAll('\\n', '')).not.toMatch(/\\u00[01]|[\p{Cc}\p{Cf}]/u);
    } finally {
      await server.run('git config --global --unset uploadpack.packObjectsHook');
    }
  });

  it('cannot make the clone take another transport', async () => {
    const targets = ['file:///etc/passwd', 'ext::sh -c true', 'ftp://git.orchard.example/x'];
    await Promise.all(
      targets.map(async (target, index) => {
        await server.run(`printf '%s' '${target}' > /srv/hop-${index}`);
        const project = await service.projects.clone({ url: server.url('redirects', `hop-${index}`), keep: 'named' });
        const error = await make(project).catch((reason: unknown) => reason as AppError);
        expect(error).toMatchObject({
          code: expect.stringMatching(/^clone\//),
          details: { words: expect.arrayContaining([expect.stringMatching(/fatal: .*/)]) },
        });
        await service.projects.remove(project.projectId, { discard: true });
      }),
    );
  });
});

it('a URL with a password is refused on the command line too, and is then nowhere', async () => {
  const data = makeDataFolder();
  const core = await startCore(data);
  try {
    const refused = core.call('projects.clone', { url: 'https://ada:s3cret-s3cret@git.orchard.example/orchard', keep: 'named' });
    await expect(refused).rejects.toMatchObject({ code: 'project/credentials-in-url', message: expect.not.stringContaining('s3cret') });
    expect(await core.call('projects.clone', { url: 'https://git.orchard.example/orchard', keep: 'named' })).toMatchObject({ kind: 'clone' });
  } finally {
    await core.stop();
  }
  const files = readdirSync(data, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files.length).toBeGreaterThan(2);
  for (const { parentPath, name } of files) expect(readFileSync(join(parentPath, name)).includes('s3cret-s3cret')).toBe(false);
  await removeInstallation(data);
  removeDataFolder(data);
});

import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLiveWorkspace, type LiveWorkspace } from '../fixtures/live-workspace.ts';

let live: LiveWorkspace;

beforeAll(async () => {
  live = await createLiveWorkspace();
});
afterAll(() => live.end());

function ask(content: object): void {
  writeFileSync(join(live.folder, '.forgehold.json'), JSON.stringify(content));
}

async function trust(): Promise<void> {
  const { files } = await live.core.call('projects.findings', { projectId: live.projectId });
  await live.core.call('projects.trust', { projectId: live.projectId, path: '.forgehold.json', hash: files[0]!.hash });
}

describe('a project file', () => {
  it('shapes no workspace before it was seen, and each new one after', async () => {
    const { core, projectId, workspaceId } = live;
    ask({ version: 1, agent: 'shell', options: { env: { FROM_FILE: 'yes' }, domains: ['*.example.org'] }, postCreate: 'echo one >> made && pwd && id -u' });
    const { files } = await core.call('projects.findings', { projectId });
    expect(files).toMatchObject([
      { path: '.forgehold.json', trusted: false, broken: false, asks: { agent: 'shell', postCreate: ['echo one >> made && pwd && id -u'] } },
    ]);
    expect((await core.call('workspaces.resolve', { projectId, agent: 'shell' })).sources.env).toBe('built-in');
    await trust();
    const resolved = await core.call('workspaces.resolve', { projectId, agent: 'shell' });
    expect(resolved).toMatchObject({ options: { env: { FROM_FILE: 'yes' } }, sources: { env: 'project-file', domains: 'project-file' } });
    expect((await core.call('workspaces.list')).find((one) => one.workspaceId === workspaceId)!.pending).toContain('env');
  });

  it('has its preparation run once in a new container, inside the wall, as the agent, and again when that is recreated', async () => {
    const { core, projectId, folder } = live;
    const made = join(folder, 'made');
    const { workspaceId } = await core.call('workspaces.create', { projectId, agent: 'shell', name: 'prepared' });
    expect(readFileSync(made, 'utf8')).toBe('one\n');
    const { containers } = await core.call('workspaces.inspect', { workspaceId });
    const { name } = containers.find(({ role }) => role === 'agent')!;
    const log = execFileSync('docker', ['exec', name, 'cat', '/home/agent/.local/state/forgehold/post-create-1.log']).toString();
    expect(log).toBe(`${folder}\n${process.getuid!()}\n`);
    await core.call('workspaces.restart', { workspaceId });
    expect(readFileSync(made, 'utf8')).toBe('one\n');
    await core.call('workspaces.recreate', { workspaceId });
    expect(readFileSync(made, 'utf8')).toBe('one\none\n');
  });

  it('whose preparation fails leaves a workspace that runs and says so; the failure goes with the next one that works', async () => {
    const { core, projectId } = live;
    ask({ version: 1, postCreate: ['sh', '-c', 'echo "it is broken"; curl -sS -m 5 http://blocked.example.com; exit 7'] });
    await trust();
    const { workspaceId, state, warning } = await core.call('workspaces.create', { projectId, agent: 'shell', name: 'unprepared' });
    expect(state.kind).toBe('running');
    expect(warning).toMatch(/exit code 7[^]*it is broken[^]*Blocked by Forgehold/);
    await core.call('workspaces.stop', { workspaceId });
    expect((await core.call('workspaces.start', { workspaceId })).warning).toBe(warning);
    ask({ version: 1, postCreate: 'true' });
    await trust();
    expect((await core.call('workspaces.recreate', { workspaceId })).warning).toBeUndefined();
  });

  it('that changed since it was seen shapes nothing, and the preset of the project holds below it', async () => {
    const { core, projectId, workspaceId } = live;
    await core.call('projects.edit', { projectId, name: 'Meadow', preset: { env: { FROM_PRESET: 'yes' }, pidsLimit: 500 } });
    ask({ version: 1, options: { mode: 'full', pidsLimit: 900 } });
    const before = await core.call('workspaces.resolve', { projectId, agent: 'shell' });
    expect(before).toMatchObject({ options: { mode: 'restricted', pidsLimit: 500, env: { FROM_PRESET: 'yes' } }, sources: { pidsLimit: 'project' } });
    await trust();
    expect((await core.call('workspaces.resolve', { projectId, agent: 'shell' })).options).toMatchObject({ mode: 'full', pidsLimit: 900 });
    await core.call('projects.edit', { projectId, preset: { env: null } });
    rmSync(join(live.folder, '.forgehold.json'));
    expect((await core.call('workspaces.resolve', { projectId, agent: 'shell' })).options).toMatchObject({ env: {}, pidsLimit: 500 });
    expect(await core.call('projects.list')).toMatchObject([{ name: 'Meadow', preset: { pidsLimit: 500 } }]);
    expect((await core.call('workspaces.list')).some((one) => one.workspaceId === workspaceId)).toBe(true);
  });
});

describe('a project', () => {
  it('keeps its engine while it has workspaces, takes only one that there is, and no key into its preset', async () => {
    const { core, projectId } = live;
    await expect(core.call('projects.edit', { projectId, engine: 'nowhere' })).rejects.toMatchObject({ code: 'project/engine-unknown' });
    await expect(core.call('projects.edit', { projectId, preset: { env: { OPENAI_API_KEY: 'x' } } })).rejects.toMatchObject({ code: 'workspace/key-in-layer' });
  });
});

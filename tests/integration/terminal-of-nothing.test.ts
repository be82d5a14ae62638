import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestCore, until } from '../fixtures/core.ts';
import { startWholeCore, type WholeCore } from '../fixtures/whole-core.ts';

let whole: WholeCore;
let folder: string;

beforeAll(async () => {
  whole = await startWholeCore();
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'forgehold-bare-')));
  writeFileSync(join(folder, 'notes.txt'), 'notes');
});
afterAll(async () => {
  await whole.cleanUp();
  rmSync(folder, { recursive: true, force: true });
});

function shellIn(core: TestCore, path: string): Promise<{ readonly terminalId: string; readonly workspaceId: string }> {
  return core.call('terminals.open', { path, agent: 'shell', kind: 'shell' });
}
async function type(core: TestCore, terminalId: string, text: string, answer: string): Promise<void> {
  await core.call('terminals.send', { terminalId, text, enter: true });
  await until(
    () => core.call('terminals.screen', { terminalId }),
    ({ lines }) => lines.some((line) => line.startsWith(answer)),
    answer,
  );
}

describe('a project without a workspace', () => {
  it('is listed as such', async () => {
    const { projectId } = await whole.core().call('projects.create', { path: whole.repository });
    expect((await whole.core().call('projects.list')).map((one) => one.projectId)).toEqual([projectId]);
    expect(await whole.core().call('workspaces.list', { projectId })).toEqual([]);
  });
});

describe('a terminal asked of a workspace', () => {
  it('that never existed makes it, one for all who ask at once', async () => {
    const core = whole.core();
    const [project] = await core.call('projects.list');
    const [one, other] = await Promise.all([
      shellIn(core, whole.repository),
      core.call('terminals.open', { projectId: project!.projectId, agent: 'shell', kind: 'shell' }),
    ]);
    expect(other.workspaceId).toBe(one.workspaceId);
    expect(await core.call('workspaces.list')).toMatchObject([{ projectId: project!.projectId, agent: 'shell', state: { kind: 'running' } }]);
    await type(core, one.terminalId, 'echo "in $PWD"', `in ${whole.repository}`);
  });

  it('of a folder that is no project yet makes both, without git too', async () => {
    const { terminalId, workspaceId } = await shellIn(whole.core(), folder);
    expect((await whole.core().call('projects.list')).map(({ path }) => path)).toEqual([whole.repository, folder]);
    await type(whole.core(), terminalId, 'cat notes.txt; echo', 'notes');
    await whole.core().call('workspaces.remove', { workspaceId });
  });

  it('that is stopped starts it first', async () => {
    const core = whole.core();
    const [workspace] = await core.call('workspaces.list');
    await core.call('workspaces.stop', { workspaceId: workspace!.workspaceId });
    const { terminalId, workspaceId } = await shellIn(core, whole.repository);
    expect(workspaceId).toBe(workspace!.workspaceId);
    await type(core, terminalId, 'echo "a$((40+2))"', 'a42');
  });

  it('is known to the next core from its first moment', async () => {
    const { terminalId } = await shellIn(whole.core(), whole.repository);
    await type(whole.core(), terminalId, 'echo "b$((40+2))"', 'b42');
    const next = await whole.crash();
    // No wait: whoever asks at once is answered when it has been found.
    const { lines } = await next.call('terminals.screen', { terminalId });
    expect(lines.join('\n')).toContain('b42');
    await expect(next.call('terminals.screen', { terminalId: '0'.repeat(12) })).rejects.toMatchObject({ code: 'terminal/not-found' });
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { containerName } from '../../electron/engine/names.ts';
import type { Rule } from '../../shared/model/domain.ts';
import { until } from '../fixtures/core.ts';
import { startWholeCore, type WholeCore } from '../fixtures/whole-core.ts';

let whole: WholeCore;
let projectId: string;
let workspaceId: string;

beforeAll(async () => {
  whole = await startWholeCore();
  ({ projectId } = await whole.core().call('projects.create', { path: whole.repository }));
  ({ workspaceId } = await whole.core().call('workspaces.create', { projectId, agent: 'shell' }));
}, 300_000);
afterAll(() => whole?.cleanUp());

async function own(): Promise<readonly Rule[]> {
  const { rules } = await whole.core().call('domains.list', { workspaceId });
  return rules.filter(({ addedBy }) => addedBy === 'user');
}
async function attempt(url: string): Promise<void> {
  const agent = await whole.engine.inspectContainer(containerName('agent', projectId, workspaceId));
  await whole.engine.exec(agent!.id, ['curl', '-sk', '-m', '10', '-o', '/dev/null', url]);
}

describe('rules over the contract', () => {
  it('are added many at a time, taken away by id, and put back as they were', async () => {
    const { call } = whole.core();
    const text = 'a.example.com # first\n!*.ads.example.com\n10.0.0.1\ndb.example.com:5432';
    const { added, refused } = await call('domains.addMany', { projectId, scope: 'project', text, minutes: 60 });
    expect(added).toMatchObject([
      { pattern: 'a.example.com', note: 'first', scope: 'project', projectId },
      { pattern: '*.ads.example.com', verdict: 'deny' },
      { pattern: 'db.example.com', ports: [5432] },
    ]);
    expect(refused).toMatchObject([{ line: 3, text: '10.0.0.1' }]);
    expect(new Set(await own())).toEqual(new Set(added.map((rule) => ({ ...rule, hits: 0 }))));
    const { removed } = await call('domains.remove', { ids: added.map(({ id }) => id) });
    expect(await own()).toEqual([]);
    await call('domains.restore', { rules: removed });
    expect(new Set(await own())).toEqual(new Set(added.map((rule) => ({ ...rule, hits: 0 }))));
    expect((await call('domains.all')).filter(({ scope }) => scope === 'project')).toHaveLength(3);
    await call('domains.remove', { ids: added.map(({ id }) => id) });
  });

  it('say what is wrong with what cannot be', async () => {
    const { call } = whole.core();
    await expect(call('domains.add', { projectId, pattern: 'a.example.com' })).rejects.toThrow(/belongs to a workspace/);
    await expect(call('domains.add', { projectId: '0123456789ab', scope: 'project', pattern: 'a.example.com' })).rejects.toThrow(/no such project/);
    await expect(call('domains.add', { workspaceId, pattern: '*.example.com:22' })).rejects.toThrow(/exact name/);
    await expect(call('domains.remove', { workspaceId, pattern: 'a.example.com' })).rejects.toThrow(/not on the list/);
  });
});

describe('blocked names over the contract', () => {
  it('are answered for the project, and the next decision names the rule', async () => {
    const { call } = whole.core();
    await attempt('https://noise.example.net/');
    await until(
      () => call('domains.list', { workspaceId }),
      ({ blocked }) => blocked.some(({ host }) => host === 'noise.example.net'),
      'the blocked name',
    );
    const rule = await call('domains.answer', { workspaceId, host: 'noise.example.net', port: 443, answer: 'deny-silently' });
    expect(rule).toMatchObject({ verdict: 'deny', quiet: true, scope: 'project', projectId });
    const { blocked } = await call('domains.list', { workspaceId });
    expect(blocked.map(({ host }) => host)).not.toContain('noise.example.net');
    await attempt('https://noise.example.net/');
    const decisions = await until(
      () => call('domains.decisions', { search: 'NOISE.example', quiet: true }),
      (found) => found.length === 2,
      'both decisions',
    );
    expect(decisions).toMatchObject([
      { reason: 'denied', rule: rule.id, quiet: true, workspaceId },
      { reason: 'not-listed', workspaceId },
    ]);
    expect(await call('domains.decisions', { workspaceId, search: 'noise' })).toHaveLength(1);
    expect((await own()).find(({ id }) => id === rule.id)).toMatchObject({ hits: 1, lastHitAt: decisions[0]!.time });
  });
});

it('learning says until when, and can be ended; the last self-test is kept through a crash', async () => {
  const { call } = whole.core();
  const learning = await call('domains.setMode', { workspaceId, mode: 'learning', minutes: 5 });
  expect(Date.parse(learning.learningUntil!) - Date.now()).toBeLessThanOrEqual(300_000);
  expect(await call('domains.setMode', { workspaceId, mode: 'restricted' })).not.toHaveProperty('learningUntil');
  const report = await call('selftest.run', { workspaceId });
  await whole.crash();
  expect(await whole.core().call('selftest.last', { workspaceId })).toEqual(report);
});

it('a project that goes takes its rules along', async () => {
  const { call } = whole.core();
  const kept = await call('domains.add', { scope: 'global', pattern: 'kept.example.com' });
  expect((await call('domains.all')).filter((rule) => rule.projectId === projectId)).not.toEqual([]);
  await call('projects.remove', { projectId, discard: true });
  expect(await call('domains.all')).toMatchObject([{ id: kept.id }]);
});

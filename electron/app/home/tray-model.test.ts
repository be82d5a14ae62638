import { expect, test } from 'vitest';
import { makeProject, makeSnapshot, makeWorkspace } from '../../../tests/support/sample-state.ts';
import { stagedStates } from '../../../tests/support/stage.ts';
import { type TrayEntry, buildTray } from './tray-model.ts';

function labels(entries: readonly TrayEntry[]): string[] {
  return entries.map((item) => (item.kind === 'line' ? '—' : item.label));
}
function find(entries: readonly TrayEntry[], label: string): TrayEntry | undefined {
  return entries.find((item) => item.kind !== 'line' && item.label === label);
}

test('before the core is reached the menu opens the window and ends the app', () => {
  expect(labels(buildTray(null).entries)).toEqual(['Forgehold is starting…', '—', 'Open Forgehold', 'Quit…']);
});

test('without projects it offers to begin', () => {
  const { entries, attention, tooltip } = buildTray(makeSnapshot());
  expect(labels(entries)).toEqual(['New workspace…', 'New workspace from folder…', '—', 'Open Forgehold', 'Quit…']);
  expect([attention, tooltip]).toEqual([false, 'Forgehold']);
});

test('what needs the owner comes first, then the projects used last with their states in words', () => {
  const old = makeProject({ projectId: '2'.repeat(12), name: 'quillbox', usedAt: '2025-01-01T00:00:00Z' });
  const lost = makeProject({ projectId: '3'.repeat(12), name: 'lost', usedAt: '2024-01-01T00:00:00Z', present: false });
  const workspaces = [makeWorkspace({ state: stagedStates.failed, wall: { kind: 'off' } }), makeWorkspace({ workspaceId: '2'.repeat(8), name: 'Codex' })];
  const { entries, tooltip } = buildTray(makeSnapshot({ projects: [lost, old, makeProject()], workspaces }));
  expect(labels(entries)).toEqual([
    'Needs you',
    'orchard-api / Claude Code: Failed',
    '—',
    'Projects',
    'orchard-api',
    'quillbox: no workspace yet',
    'lost: folder not found',
    'All projects…',
    '—',
    'New workspace…',
    'New workspace from folder…',
    'Pause all workspaces',
    '—',
    'Walls: 1 of 1 tested',
    '—',
    'Open Forgehold',
    'Quit…',
  ]);
  expect(find(entries, 'orchard-api')).toMatchObject({ kind: 'menu', entries: [{ label: 'Claude Code: failed' }, { label: 'Codex: running' }] });
  expect(find(entries, 'quillbox: no workspace yet')).toMatchObject({ action: { intent: { kind: 'create', projectId: old.projectId } } });
  expect(tooltip).toBe('Forgehold: 1 matter needs you');
});

test('all that runs can be paused, and all that is paused resumed', () => {
  const paused = makeWorkspace({ workspaceId: '2'.repeat(8), name: 'Codex', state: { kind: 'paused' }, wall: { kind: 'off' } });
  const both = buildTray(makeSnapshot({ projects: [makeProject()], workspaces: [makeWorkspace(), paused] })).entries;
  expect(find(both, 'Pause all workspaces')).toMatchObject({ action: { kind: 'call', call: 'workspaces.pauseAll' } });
  expect(find(both, 'Resume all workspaces')).toMatchObject({ action: { kind: 'call', call: 'workspaces.resumeAll' } });
  expect(find(both, 'orchard-api')).toMatchObject({ entries: [{ label: 'Claude Code: running' }, { label: 'Codex: paused' }] });
  const one = buildTray(makeSnapshot({ projects: [makeProject()], workspaces: [paused] })).entries;
  expect(find(one, 'Pause all workspaces')).toBeUndefined();
});

test('forty projects in trouble leave a menu that fits', () => {
  const projects = Array.from({ length: 40 }, (_, at) => makeProject({ projectId: String(at).padStart(12, '0'), name: `p${at}` }));
  const workspaces = projects.map(({ projectId }, at) => makeWorkspace({ projectId, workspaceId: String(at).padStart(8, '0'), state: stagedStates.failed }));
  const { entries, tooltip } = buildTray(makeSnapshot({ projects, workspaces }));
  expect(entries.length).toBeLessThan(26);
  expect(find(entries, '35 more…')).toMatchObject({ action: { intent: { kind: 'command', id: 'rail1' } } });
  expect(tooltip).toBe('Forgehold: 40 matters need you');
});

test('a flood of names is counted whole, for the workspace and among what needs the owner', () => {
  const time = '2026-01-01T00:00:00Z';
  const { workspaceId } = makeWorkspace();
  const hosts = Array.from({ length: 50 }, (_, at) => ({
    host: `n${at}.example`,
    port: 443,
    reason: 'not-listed' as const,
    tries: 1,
    firstAt: time,
    lastAt: time,
  }));
  const { entries } = buildTray(makeSnapshot({ projects: [makeProject()], workspaces: [makeWorkspace()], blocked: [{ workspaceId, hosts, total: 1000 }] }));
  expect(labels(entries)).toEqual(expect.arrayContaining(['1,000 domains blocked in orchard-api', 'orchard-api: 1,000 domains blocked']));
});

test('a blocked name has its answers below it; one that is not shown whole leads to the window only', () => {
  const time = '2026-01-01T00:00:00Z';
  const { workspaceId } = makeWorkspace();
  const hosts = ['feed.example', 'пример.example'].map((host) => ({ host, port: 443, reason: 'not-listed' as const, tries: 1, firstAt: time, lastAt: time }));
  const { entries } = buildTray(makeSnapshot({ projects: [makeProject()], workspaces: [makeWorkspace()], blocked: [{ workspaceId, hosts, total: 2 }] }));
  const menu = find(entries, 'feed.example blocked');
  const below = menu?.kind === 'menu' ? menu.entries : [];
  expect(labels(below)).toEqual(['Allow once', 'Allow for this project', 'Deny', '—', 'Show it']);
  const blocked = { workspaceId, host: 'feed.example', ports: [443] };
  expect(find(below, 'Allow for this project')).toMatchObject({ action: { kind: 'answer', answer: 'project', blocked } });
  expect(find(entries, 'пример.example blocked')).toMatchObject({ kind: 'entry', action: { kind: 'intent', intent: { kind: 'workspace', workspaceId } } });
});

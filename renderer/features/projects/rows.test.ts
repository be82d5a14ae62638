import { expect, test } from 'vitest';
import type { Project } from '../../../shared/model/project.ts';
import type { Workspace } from '../../../shared/model/workspace.ts';
import { buildRows, filterRows } from './rows.ts';

const time = '2026-01-01T00:00:00Z';

function project(projectId: string, name: string): Project {
  return { projectId, kind: 'folder', engine: 'default', preset: {}, path: `/home/me/${name}`, name, git: true, present: true, createdAt: time, usedAt: time };
}

function workspace(workspaceId: string, projectId: string, name: string, state: Workspace['state'] = { kind: 'running', since: time }): Workspace {
  return {
    workspaceId,
    projectId,
    name,
    agent: 'codex',
    agentTitle: 'Codex',
    mode: 'restricted',
    limits: { cpus: 2, memoryMb: 4096, pidsLimit: 512 },
    state,
    wall: { kind: 'standing', testedAt: time, passed: 12, total: 12 },
    rules: 0,
    pending: [],
    staleMounts: [],
    createdAt: time,
  };
}

const orchard = project('aaaaaaaaaaaa', 'orchard');
const harbor = project('bbbbbbbbbbbb', 'harbor');
const lost = { ...project('cccccccccccc', 'lost'), present: false };
const snapshot = {
  projects: [orchard, harbor, lost],
  workspaces: [workspace('11111111', orchard.projectId, 'Codex'), workspace('22222222', orchard.projectId, 'Second', { kind: 'stopped' })],
  terminals: [],
  blocked: [],
};

test('a row for each workspace, and one for a project without any, in the order of the projects', () => {
  expect(buildRows(snapshot).map((row) => row.title)).toEqual(['orchard / Codex', 'orchard / Second', 'harbor', 'lost']);
});

test('a single workspace is called by its project', () => {
  const single = { ...snapshot, workspaces: snapshot.workspaces.slice(0, 1) };
  expect(buildRows(single)[0]!.title).toBe('orchard');
});

test('a folder that is gone needs its owner, one without a workspace does not', () => {
  const rows = buildRows(snapshot);
  expect(rows.filter((row) => row.telling.attention).map((row) => row.title)).toEqual(['lost']);
});

test('every word of the filter is looked for: in names, place, agent and state', () => {
  const clone: Project = { ...harbor, kind: 'clone', path: '/workspace', url: 'https://git.example/boats' };
  const rows = buildRows({ ...snapshot, projects: [orchard, clone] });
  expect(filterRows(rows, 'all', 'git.example boats').map((row) => row.title)).toEqual(['harbor']);
  expect(filterRows(rows, 'all', 'codex stopped').map((row) => row.key)).toEqual(['22222222']);
  expect(filterRows(rows, 'all', 'codex boats')).toEqual([]);
});

test('the filter looks at name and path, and counts by state', () => {
  const rows = buildRows(snapshot);
  expect(filterRows(rows, 'all', ' ORCH ')).toHaveLength(2);
  expect(filterRows(rows, 'running', '').map((row) => row.key)).toEqual(['11111111']);
  expect(filterRows(rows, 'attention', 'orchard')).toEqual([]);
});

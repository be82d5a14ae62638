import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Project } from '../../shared/model/project.ts';
import type { Snapshot } from '../../shared/model/snapshot.ts';
import type { Terminal } from '../../shared/model/terminal.ts';
import type { Workspace } from '../../shared/model/workspace.ts';
import { namesIn } from './completion.ts';
import { findProject, findTerminal, findWorkspace } from './names.ts';

let folder: string;
let snapshot: Snapshot;

function workspace(workspaceId: string, projectId: string, name: string): Workspace {
  return { workspaceId, projectId, name, state: { kind: 'stopped' } } as Workspace;
}

function terminal(terminalId: string, workspaceId: string, kind: Terminal['kind']): Terminal {
  return { terminalId, workspaceId, kind, title: '' } as Terminal;
}

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'forgehold-names-')));
  mkdirSync(join(folder, 'orchard/deep/er'), { recursive: true });
  symlinkSync(join(folder, 'orchard'), join(folder, 'link'));
  const project = (projectId: string, name: string): Project => ({ projectId, name, kind: 'folder', path: join(folder, name) }) as Project;
  snapshot = {
    projects: [project('aaaaaaaaaaa1', 'orchard'), project('aaaaaaaaaaa2', 'orchard-api'), project('bbbbbbbbbbbb', 'meadow')],
    workspaces: [
      workspace('11111111', 'aaaaaaaaaaa1', 'Review'),
      workspace('11222222', 'bbbbbbbbbbbb', 'Review'),
      workspace('33333333', 'bbbbbbbbbbbb', 'two words'),
    ],
    terminals: [
      terminal('cccccccccc01', '11111111', 'agent'),
      terminal('cccccccccc02', '11111111', 'shell'),
      terminal('dddddddddd01', '33333333', 'shell'),
      terminal('dddddddddd02', '33333333', 'shell'),
    ],
    agents: [],
  } as unknown as Snapshot;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a project is named by id, name, the unique beginning of either, or a path in it, whatever way that is written', () => {
  const ids = ['aaaaaaaaaaa2', 'orchard', 'mea', 'bbb', 'MEADOW', join(folder, 'meadow')].map((wanted) => findProject(snapshot, wanted).projectId);
  expect(ids).toEqual(['aaaaaaaaaaa2', 'aaaaaaaaaaa1', 'bbbbbbbbbbbb', 'bbbbbbbbbbbb', 'bbbbbbbbbbbb', 'bbbbbbbbbbbb']);
  for (const path of ['orchard/deep/er', 'link', 'link/deep', 'orchard/../orchard/']) expect(findProject(snapshot, join(folder, path)).name).toBe('orchard');
});

test('what fits several is refused with the candidates, an exact name goes before a longer one', () => {
  expect(() => findProject(snapshot, 'orch')).toThrow(
    expect.objectContaining({ code: 'cli/ambiguous', message: expect.stringMatching(/aaaaaaaaaaa1 \(orchard\)[^]*orchard-api/) }),
  );
  expect(() => findWorkspace(snapshot, 'review')).toThrow(expect.objectContaining({ code: 'cli/ambiguous' }));
  expect(findWorkspace(snapshot, 'meadow/Review').workspaceId).toBe('11222222');
  expect(findWorkspace(snapshot, 'meadow/r').workspaceId).toBe('11222222');
  expect(findProject(snapshot, 'orchard').projectId).toBe('aaaaaaaaaaa1');
});

test('a folder stands for its only workspace, and says so when there are several or none', () => {
  expect(findWorkspace(snapshot, join(folder, 'orchard/deep')).workspaceId).toBe('11111111');
  expect(() => findWorkspace(snapshot, join(folder, 'meadow'))).toThrow(expect.objectContaining({ code: 'cli/ambiguous' }));
  expect(() => findWorkspace(snapshot, '/')).toThrow(expect.objectContaining({ code: 'cli/not-found', message: expect.stringContaining('project add') }));
});

test("a terminal is named by its id, or by a workspace: then it is the agent's, else the only one", () => {
  expect(['cccccccccc02', 'cccccccccc01', 'orchard/review'].map((wanted) => findTerminal(snapshot, wanted).terminalId)).toEqual([
    'cccccccccc02',
    'cccccccccc01',
    'cccccccccc01',
  ]);
  for (const wanted of ['cccccc', 'two']) expect(() => findTerminal(snapshot, wanted)).toThrow(expect.objectContaining({ code: 'cli/ambiguous' }));
  expect(() => findTerminal(snapshot, 'nope')).toThrow(expect.objectContaining({ code: 'cli/not-found' }));
});

test('a hostile name cannot reach a terminal by way of a message', () => {
  const evil = { ...snapshot, workspaces: [{ ...snapshot.workspaces[0]!, name: 'x\x1b[2J' }] };
  expect(() => findWorkspace(evil, 'nope\x1b[31m')).toThrow(expect.objectContaining({ message: expect.not.stringMatching(/\x1b/) }));
});

test('completion offers a name where it is one plain word and fits one thing, else the id', () => {
  expect(namesIn(snapshot, 'project').map(({ value }) => value)).toEqual(['orchard', 'orchard-api', 'meadow']);
  expect(namesIn(snapshot, 'workspace').map(({ value }) => value)).toEqual(['11111111', '11222222', '33333333']);
});

import { expect, test } from 'vitest';
import type { Terminal } from '../../../shared/model/terminal.ts';
import { makeProject, makeTerminal, makeWorkspace } from '../../../tests/support/sample-state.ts';
import { buildTerminalRows, filterTerminalRows } from './all-terminals.ts';

const projects = [makeProject({ projectId: '1'.repeat(12), name: 'orchard' }), makeProject({ projectId: '2'.repeat(12), name: 'tide' })];
const workspaces = [
  makeWorkspace({ workspaceId: '1'.repeat(8), projectId: '1'.repeat(12), agent: 'claude-code' }),
  makeWorkspace({ workspaceId: '2'.repeat(8), projectId: '2'.repeat(12), agent: 'codex', agentTitle: 'Codex' }),
];
const terminals: Terminal[] = [
  makeTerminal({ terminalId: 'b'.repeat(12), workspaceId: '2'.repeat(8), kind: 'agent', state: { kind: 'background' } }),
  makeTerminal({ terminalId: 'a'.repeat(12), workspaceId: '1'.repeat(8), kind: 'shell', state: { kind: 'exited', exitCode: 1 } }),
];

test('terminals of all projects stand in the order of their workspaces', () => {
  expect(buildTerminalRows({ projects, workspaces, terminals }).map((row) => [row.place, row.name])).toEqual([
    ['orchard', 'Shell'],
    ['tide', 'Codex'],
  ]);
});

test('what runs is told from what has ended, and words find a row by project or agent', () => {
  const rows = buildTerminalRows({ projects, workspaces, terminals });
  expect(filterTerminalRows(rows, 'running', '').map((row) => row.place)).toEqual(['tide']);
  expect(filterTerminalRows(rows, 'all', 'ORCH').map((row) => row.place)).toEqual(['orchard']);
  expect(filterTerminalRows(rows, 'agents', 'codex').map((row) => row.place)).toEqual(['tide']);
});

test('a terminal of a workspace that is gone is not shown', () => {
  expect(buildTerminalRows({ projects, workspaces: [], terminals })).toEqual([]);
});

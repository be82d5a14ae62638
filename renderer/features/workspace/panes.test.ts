import { expect, test } from 'vitest';
import type { Terminal } from '../../../shared/model/terminal.ts';
import { choosePanes, showInPane } from './panes.ts';

function terminal(terminalId: string, kind: Terminal['kind'], state: Terminal['state'] = { kind: 'background' }): Terminal {
  return { terminalId, workspaceId: '01234567', worktree: 'main', kind, title: '', state, size: { cols: 80, rows: 24 }, createdAt: '2026-01-01T00:00:00Z' };
}

const shell = terminal('aaaaaaaaaaaa', 'shell');
const agent = terminal('bbbbbbbbbbbb', 'agent');
const ended = terminal('cccccccccccc', 'shell', { kind: 'exited', exitCode: 0 });

test('what the address asks for is shown while it exists', () => {
  expect(choosePanes([shell.terminalId, 'dddddddddddd'], [agent, shell])).toEqual([shell.terminalId]);
});

test('else the agent, else what runs, else what is left, else nothing', () => {
  expect(choosePanes([], [shell, agent])).toEqual([agent.terminalId]);
  expect(choosePanes([], [ended, shell])).toEqual([shell.terminalId]);
  expect(choosePanes([], [ended])).toEqual([ended.terminalId]);
  expect(choosePanes(['dddddddddddd'], [])).toEqual([]);
});

test('a terminal takes the place of the active pane, unless it is shown already', () => {
  expect(showInPane(['a', 'b'], 1, 'c')).toEqual(['a', 'c']);
  expect(showInPane(['a', 'b'], 1, 'a')).toEqual(['a', 'b']);
  expect(showInPane([], 0, 'a')).toEqual(['a']);
});

import { expect, it } from 'vitest';
import { makeProject, makeTerminal, makeWorkspace } from '../../tests/support/sample-state.ts';
import { findWorkingAgents } from './working-agents.ts';

it('finds one working agent in each workspace where the program of one runs, and none elsewhere', () => {
  const [busy, shellOnly, ended, stopped] = ['1', '2', '3', '4'].map((digit) => digit.repeat(8));
  const found = findWorkingAgents({
    projects: [makeProject({ name: 'orchard' })],
    workspaces: [busy, shellOnly, ended, stopped].map((workspaceId, at) => makeWorkspace({ workspaceId: workspaceId!, name: `w${at}` })),
    terminals: [
      makeTerminal({ workspaceId: busy!, terminalId: 'a'.repeat(12), state: { kind: 'connected' } }),
      makeTerminal({ workspaceId: busy!, terminalId: 'b'.repeat(12), state: { kind: 'background' } }),
      makeTerminal({ workspaceId: shellOnly!, kind: 'shell', state: { kind: 'connected' } }),
      makeTerminal({ workspaceId: ended!, state: { kind: 'exited', exitCode: 0 } }),
      makeTerminal({ workspaceId: stopped!, state: { kind: 'stopped' } }),
    ],
  });
  expect(found).toEqual([{ workspaceId: busy, agent: 'Claude Code', project: 'orchard', workspace: 'w0' }]);
});

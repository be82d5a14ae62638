import { describe, expect, it } from 'vitest';
import { makeProject, makeTerminal, makeWorkspace } from '../../../tests/support/sample-state.ts';
import { leadOf } from './follow.ts';

const projectId = '1'.repeat(12);
const workspaceId = '1'.repeat(8);
const terminalId = '1'.repeat(12);
const there = {
  projects: [
    makeProject({ path: '/home/robin/code/orchard', name: 'orchard' }),
    makeProject({ projectId: '2'.repeat(12), kind: 'clone', path: '/work', url: 'https://github.com/o/r' }),
  ],
  workspaces: [makeWorkspace(), makeWorkspace({ workspaceId: '2'.repeat(8) })],
  terminals: [makeTerminal()],
};

describe('leadOf', () => {
  it('leads from a folder or repository that is a project to it, and from any other to the sheet that adds it', () => {
    expect(leadOf({ kind: 'add', place: '/home/robin/code/orchard' }, there)).toEqual({ kind: 'go', to: { page: 'projects', sheet: null }, projectId });
    expect(leadOf({ kind: 'add', place: 'https://github.com/o/r' }, there)).toMatchObject({ projectId: '2'.repeat(12) });
    expect(leadOf({ kind: 'add', place: '/home/robin/code/other' }, there)).toEqual({ kind: 'add', text: '/home/robin/code/other' });
  });

  it('leads to projects, workspaces, terminals and the sheet of a new workspace', () => {
    expect(leadOf({ kind: 'project', projectId }, there)).toMatchObject({ kind: 'go', projectId });
    expect(leadOf({ kind: 'create', projectId }, there)).toEqual({ kind: 'go', to: { page: 'projects', sheet: { kind: 'create', projectId } } });
    expect(leadOf({ kind: 'workspace', workspaceId }, there)).toEqual({ kind: 'go', to: { page: 'terminals', workspaceId, panes: [] } });
    expect(leadOf({ kind: 'workspace', workspaceId, terminalId }, there)).toMatchObject({ to: { panes: [terminalId] } });
    expect(leadOf({ kind: 'workspace', workspaceId, tab: 'domains' }, there)).toEqual({ kind: 'go', to: { page: 'domains', workspaceId } });
  });

  it("does not show a terminal as another workspace's", () => {
    expect(leadOf({ kind: 'workspace', workspaceId: '2'.repeat(8), terminalId }, there)).toMatchObject({ to: { workspaceId: '2'.repeat(8), panes: [] } });
  });

  it.each([
    { kind: 'project', projectId: '9'.repeat(12) },
    { kind: 'create', projectId: '9'.repeat(12) },
    { kind: 'workspace', workspaceId: '9'.repeat(8) },
    { kind: 'command', id: 'format-the-disk' },
    { kind: 'command', id: '__proto__' },
    { kind: 'refused', message: 'No.' },
  ] as const)('tells what cannot be done: %j', (intent) => expect(leadOf(intent, there)).toMatchObject({ kind: 'tell' }));
});

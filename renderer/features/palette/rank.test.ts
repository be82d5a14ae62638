import { expect, test } from 'vitest';
import type { Client } from '../../../shared/contract/client.ts';
import { makeProject, makeSnapshot, makeTerminal, makeWorkspace } from '../../../tests/support/sample-state.ts';
import { buildEntries } from './entries.ts';
import { rankEntries } from './rank.ts';
import type { Context, Entry } from './types.ts';

const stopped = makeWorkspace({ workspaceId: '2'.repeat(8), name: 'Codex', agent: 'codex', state: { kind: 'stopped' } });
const snapshot = makeSnapshot({ projects: [makeProject()], workspaces: [makeWorkspace(), stopped], terminals: [makeTerminal({ title: 'Fix the prices' })] });
// No entry is run here, so nothing is called.
const client = {} as Client;
const here: Context = { client, snapshot, workspace: snapshot.workspaces[0]! };
const nowhere: Context = { ...here, workspace: null };

function find(context: Context, id: string): Entry {
  return buildEntries(context).find((entry) => entry.id === id)!;
}
function titles(context: Context, query: string, recent: readonly string[] = []): string[] {
  return rankEntries(buildEntries(context), query, recent).flatMap(({ items }) => items.map(({ entry }) => entry.title));
}

test('what is near comes first: the terminals and commands of the workspace one is in', () => {
  const groups = rankEntries(buildEntries(here), '', []).map(({ group }) => group);
  expect(groups.slice(0, 3)).toEqual(['Terminals here', 'Terminal', 'Workspace']);
});

test('what was used lately leads while nothing is typed, and only if it can be done now', () => {
  const [first] = rankEntries(buildEntries(here), '', ['command:startWorkspace', 'command:stopWorkspace']);
  expect(first).toMatchObject({ group: 'Used lately', items: [{ entry: { id: 'command:stopWorkspace' } }] });
});

test('a command that cannot be done now says why', () => {
  expect(find(here, 'command:startWorkspace').plan).toEqual({ unavailable: 'It runs already' });
  expect(find({ ...here, workspace: stopped }, 'command:stopWorkspace').plan).toEqual({ unavailable: 'It is stopped' });
  expect(find({ ...nowhere, snapshot: makeSnapshot() }, 'command:stopWorkspace').plan).toEqual({ unavailable: 'There is no workspace yet' });
});

test('elsewhere a command asks which workspace, and offers those it fits', () => {
  const { plan } = find(nowhere, 'command:startWorkspace');
  expect('step' in plan && plan.step.kind === 'choose' && plan.step.entries.map((entry) => entry.title)).toEqual(['orchard-api / Codex']);
});

test('words find a command by its title before what merely mentions them', () => {
  expect(titles(here, 'stop')[0]).toBe('Stop workspace');
  expect(titles(here, 'dark')[0]).toBe('Change the theme…');
  expect(titles(here, 'prices')[0]).toBe('Claude Code');
});

test('a prefix leaves one kind', () => {
  expect(titles(here, '#')).toEqual(['orchard-api / Claude Code', 'orchard-api / Codex']);
  expect(titles(here, '@claude')).toEqual(['Claude Code']);
  expect(titles(here, '>claude')).not.toContain('Claude Code');
});

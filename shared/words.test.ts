import { expect, test } from 'vitest';
import { makeWorkspace } from '../tests/support/sample-state.ts';
import type { Workspace } from './model/workspace.ts';
import { canAllow, describeWall, describeWorkspace, titleOf } from './words.ts';

const time = '2026-01-01T00:00:00Z';
const running = makeWorkspace({ workspaceId: '01234567', projectId: '0123456789ab' });

test('a wait tells its step and how far it is', () => {
  const steps = [
    { id: 'a', label: 'Check the engine', state: 'done' as const },
    { id: 'b', label: 'Install Claude Code', state: 'running' as const, detail: '61 of 94 MB', progress: 0.5 },
    { id: 'c', label: 'Test the wall', state: 'waiting' as const },
  ];
  const telling = describeWorkspace({ ...running, state: { kind: 'creating', steps } }, [], []);
  expect(telling).toMatchObject({ glyph: 'starting', word: 'Creating, step 2 of 3', detail: '61 of 94 MB', progress: 0.5 });
});

test('a wall that is down comes before names that wait, and those before all is well', () => {
  const blocked = [{ host: 'feed.example', port: 443, reason: 'not-listed' as const, tries: 1, firstAt: time, lastAt: time }];
  const down = { ...running, wall: { kind: 'down' as const, since: time, reason: 'The gateway ended.', healing: true } };
  expect(describeWorkspace(down, [], blocked)).toMatchObject({ word: 'No network', tone: 'bad', attention: true });
  expect(describeWorkspace(running, [], blocked)).toMatchObject({ glyph: 'needs', word: '1 domain blocked', attention: true });
  expect(describeWorkspace(running, [], blocked, 1000)).toMatchObject({ word: '1,000 domains blocked' });
  expect(describeWorkspace(running, [], [])).toMatchObject({ glyph: 'idle', attention: false });
});

test('a paused workspace is told by its shape, and asks for nothing; a wall that is not proven meanwhile does not pass for stopped', () => {
  const paused: Workspace = { ...running, state: { kind: 'paused' } };
  expect(describeWorkspace(paused, [], [])).toMatchObject({ glyph: 'held', word: 'Paused', attention: false });
  expect(describeWall(paused).icon).toBe('shield-ok');
  expect(describeWall({ ...paused, wall: { kind: 'off' } })).toMatchObject({ icon: 'shield', word: 'Not tested' });
});

test('only a tested wall that restricts gets the green tick', () => {
  expect(describeWall(running).icon).toBe('shield-ok');
  const unproven = { kind: 'standing', testedAt: '2026-01-01T12:00:00Z', passed: 9, total: 31, unproven: 'Nothing here answers containers.' } as const;
  expect(describeWall({ ...running, wall: unproven })).toMatchObject({
    icon: 'shield',
    title: expect.stringContaining('Nothing here answers containers.') as string,
  });
  expect(describeWall({ ...running, mode: 'full' }).icon).toBe('shield');
  expect(describeWall({ ...running, mode: 'learning' })).toMatchObject({ icon: 'shield', word: 'Learning' });
  expect(describeWall({ ...running, wall: { kind: 'testing' } }).icon).toBe('shield');
  expect(describeWall({ ...running, wall: { kind: 'off' }, state: { kind: 'stopped' } }).icon).toBe('shield-off');
});

test('a name without a rule can be allowed, one with a private address only with that said, the rest not', () => {
  expect(canAllow('not-listed')).toBe('yes');
  expect(canAllow('refused-address')).toBe('private');
  expect(canAllow('other-request')).toBe('yes');
  expect((['denied', 'mode', 'unresolved', 'malformed'] as const).map(canAllow)).toEqual(['no', 'no', 'no', 'no']);
});

test('a title that only says who runs there is none', () => {
  expect(['\u2733 Claude Code', 'Codex', '', '\u2733 Claude Code fixes a price'].map((title) => titleOf({ title }))).toEqual([
    '',
    '',
    '',
    '\u2733 Claude Code fixes a price',
  ]);
});

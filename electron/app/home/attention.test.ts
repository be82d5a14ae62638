import { expect, test } from 'vitest';
import { makeProject, makeSnapshot, makeTerminal, makeWorkspace } from '../../../tests/support/sample-state.ts';
import { stagedStates } from '../../../tests/support/stage.ts';
import { attentionOf, countOf, endedBetween, progressOf } from './attention.ts';

const time = '2026-01-01T00:00:00Z';
const workspaceId = '1'.repeat(8);

function blocked(...hosts: string[]) {
  const tries = hosts.map((host) => ({ host, port: 443, reason: 'not-listed' as const, tries: 1, firstAt: time, lastAt: time }));
  return [{ workspaceId, hosts: tries, total: tries.length }];
}
function snapshotOf(workspace: Parameters<typeof makeWorkspace>[0] = {}, parts: Parameters<typeof makeSnapshot>[0] = {}) {
  return makeSnapshot({ projects: [makeProject()], workspaces: [makeWorkspace(workspace)], ...parts });
}

test('nothing that works, is idle or was stopped by its owner asks for attention', () => {
  for (const state of [stagedStates.running, stagedStates.stopped, stagedStates.starting, stagedStates.creating, stagedStates.unknown])
    expect(attentionOf(snapshotOf({ state }))).toEqual([]);
});

test('each blocked name of a workspace is a matter, and the badge counts it', () => {
  const items = attentionOf(snapshotOf({ state: stagedStates.failed }, { blocked: blocked('a.example', 'b.example') }));
  expect(items.map(({ title }) => title)).toEqual(['orchard-api: Failed', 'a.example blocked', 'b.example blocked']);
  expect(countOf(items)).toBe(3);
});

test('what failed, ends again and again, or has no wall asks; each leads to its workspace', () => {
  const down = { kind: 'down', since: time, reason: 'The gateway ended.', healing: true } as const;
  const found = [{ state: stagedStates.failed }, { state: stagedStates.crashing }, { wall: down }].flatMap((parts) => attentionOf(snapshotOf(parts)));
  expect(found.map(({ title }) => title)).toEqual(['orchard-api: Failed', 'orchard-api: Crash loop', 'orchard-api: No network']);
  expect(new Set(found.map(({ id }) => id)).size).toBe(3);
  expect(found.every(({ intent }) => intent.kind === 'workspace')).toBe(true);
});

test('an error’s own words, a program’s output and a terminal’s title are in no title or body', () => {
  const secret = 'sk-very-secret';
  const failed = { ...stagedStates.failed, error: { code: 'git/failed', message: `git said ${secret}`, details: { log: secret } } };
  const crashing = { ...stagedStates.crashing, lines: [secret] };
  const terminal = makeTerminal({ title: secret });
  const items = [
    ...attentionOf(snapshotOf({ state: failed }, { terminals: [terminal] })),
    ...attentionOf(snapshotOf({ state: crashing, warning: secret })),
    ...endedBetween(snapshotOf({}, { terminals: [terminal] }), snapshotOf({}, { terminals: [{ ...terminal, state: { kind: 'exited', exitCode: 2 } }] })),
    ...endedBetween(snapshotOf(), snapshotOf({ state: { kind: 'stopped', exitCode: 1, reason: secret } })),
  ];
  expect(items).toHaveLength(4);
  expect(JSON.stringify(items)).not.toContain(secret);
});

test('names from a container and from the user are shown plainly', () => {
  const items = attentionOf(
    makeSnapshot({
      projects: [makeProject({ name: 'orchard\u202e\u0007\napi' })],
      workspaces: [makeWorkspace()],
      blocked: blocked(`\u2067evil\u0000${'x'.repeat(240)}.example`),
    }),
  );
  expect(items[0]!.body).toContain('orchard api asks');
  expect(items[0]!.title).toMatch(/^…x+\.example blocked$/);
});

test('an agent that ended, a workspace that was made and one that fell are told once; closing a terminal is not', () => {
  const terminal = makeTerminal();
  const open = snapshotOf({ state: stagedStates.creating }, { terminals: [terminal] });
  const ended = snapshotOf({}, { terminals: [{ ...terminal, state: { kind: 'exited', exitCode: 0 } }] });
  expect(endedBetween(open, ended).map(({ title }) => title)).toEqual(['Claude Code ended in orchard-api', 'orchard-api is ready']);
  expect(endedBetween(ended, ended)).toEqual([]);
  expect(endedBetween(snapshotOf({}, { terminals: [terminal] }), snapshotOf())).toEqual([]);
  const fell = endedBetween(snapshotOf(), snapshotOf({ state: stagedStates.ended }));
  expect(fell.map(({ title, passing }) => [title, passing])).toEqual([['orchard-api stopped by itself', true]]);
});

test('an engine that does not answer is a matter only where a workspace is on it', () => {
  const engines = [
    { engineId: 'default', title: 'Default', state: { kind: 'unreachable', endpoint: 'unix:///x', since: time, reason: 'Start Docker.' } as const },
  ];
  expect(attentionOf(makeSnapshot({ engines }))).toEqual([]);
  expect(attentionOf(snapshotOf({}, { engines }))[0]).toMatchObject({ title: 'Docker does not answer', intent: { kind: 'command', id: 'doctor' } });
});

test('progress is the mean of what is being made; none while nothing is', () => {
  expect(progressOf(snapshotOf())).toBeNull();
  const half = makeWorkspace({ workspaceId: '2'.repeat(8), state: { kind: 'creating', steps: [] } });
  const three = {
    kind: 'creating',
    steps: [
      { id: 'a', label: 'a', state: 'done' },
      { id: 'b', label: 'b', state: 'running', progress: 0.5 },
    ],
  } as const;
  const made = makeWorkspace({ state: { ...three, steps: [...three.steps] } });
  expect(progressOf(makeSnapshot({ workspaces: [half, made, makeWorkspace()] }))).toBeCloseTo(0.375);
});

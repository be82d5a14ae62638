import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openDatabase } from '../lib/database.ts';
import { DecisionStore } from './decision-store.ts';
import { type Decided, parseLine } from './log-line.ts';
import { networkMigrations } from './migrations.ts';
import { Policy, type PolicyChange } from './policy.ts';
import { WallStore } from './store.ts';

const [one, two, stranger] = ['11111111', '22222222', '33333333'] as const;
const [project, other] = ['aaaaaaaaaaaa', 'bbbbbbbbbbbb'] as const;
const input = { pattern: 'a.example.com', addedBy: 'user', allowPrivate: false } as const;
const log = { debug: () => undefined, warn: () => undefined };
let folder: string;
let database: ReturnType<typeof openDatabase>;
let policy: Policy;
let told: PolicyChange[];

function open(): void {
  policy = new Policy(database, log);
  told = [];
  policy.follow(async (change) => void told.push(change));
}
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'forgehold-policy-'));
  database = openDatabase(join(folder, 'forgehold.db'), networkMigrations);
  const walls = new WallStore(database);
  for (const workspaceId of [one, two]) walls.putWall(workspaceId, { projectId: project, mode: 'restricted' });
  walls.putWall(stranger, { projectId: other, mode: 'restricted' });
  open();
});
afterEach(() => {
  vi.useRealTimers();
  policy.close();
  database.close();
  rmSync(folder, { recursive: true, force: true });
});

function many(from: number, to: number) {
  return Array.from({ length: to - from }, (_, index) => ({ ...input, pattern: `n${from + index}.example.com` }));
}
let count = 0;
function decided(workspaceId: string, host: string, rest: Partial<Decided> = {}): void {
  count += 1;
  const line = { at: Date.now(), id: `5f-${count}`, event: 'decided', protocol: 'tls', name: host, port: rest.port ?? 443, source: 40000 };
  const verdict = rest.verdict === 'allowed' ? 'allow' : 'deny';
  const parsed = parseLine(JSON.stringify({ ...line, verdict, reason: rest.reason ?? 'not-listed', address: '', rule: rest.rule ?? '', quiet: false }));
  policy.noteUse(new DecisionStore(database).record(workspaceId, [parsed!]));
}
/** In the order of names: rules of the same moment have no other. */
function patterns(workspaceId: string): readonly string[] {
  return policy
    .rules(workspaceId)
    .map(({ pattern }) => pattern)
    .toSorted();
}
function blocked(workspaceId: string): readonly string[] {
  return new DecisionStore(database).blocked.list(workspaceId).map(({ host }) => host);
}

describe('scopes', () => {
  it('a rule holds where its scope says, and the gateways concerned are told once', async () => {
    await policy.add({ workspaceId: one }, [input, { ...input, pattern: 'b.example.com', scope: 'session' }]);
    expect(told).toMatchObject([{ workspaces: [one] }]);
    await policy.add({ workspaceId: one }, [{ ...input, pattern: 'p.example.com', scope: 'project' }]);
    expect(told.at(-1)?.workspaces).toEqual([one, two]);
    await policy.add({}, [{ ...input, pattern: 'g.example.com' }]);
    expect(told.at(-1)?.workspaces).toEqual([one, two, stranger]);
    expect(patterns(one)).toEqual(['a.example.com', 'b.example.com', 'g.example.com', 'p.example.com']);
    expect(patterns(two)).toEqual(['g.example.com', 'p.example.com']);
    expect(patterns(stranger)).toEqual(['g.example.com']);
    expect(policy.rulesOf({ projectId: project })).toMatchObject([{ pattern: 'p.example.com', projectId: project }]);
    expect(policy.rulesOf({}).map(({ pattern }) => pattern)).toEqual(['g.example.com']);
    expect(policy.allRules()).toHaveLength(4);
  });

  it('a scope needs its owner', async () => {
    await expect(policy.add({ projectId: project }, [{ ...input, scope: 'session' }])).rejects.toMatchObject({ code: 'domain/no-owner' });
    await expect(policy.add({}, [{ ...input, scope: 'project' }])).rejects.toMatchObject({ code: 'domain/no-owner' });
    await expect(policy.add({ workspaceId: '99999999' }, [input])).rejects.toMatchObject({ code: 'workspace/not-found' });
  });

  it('of several, one that cannot be keeps all away', async () => {
    await expect(policy.add({}, [input, { ...input, pattern: '10.0.0.1' }])).rejects.toMatchObject({ code: 'domain/malformed' });
    expect(policy.allRules()).toEqual([]);
    expect(told).toEqual([]);
  });

  it('a list has a size that it does not outgrow', async () => {
    await policy.add({}, many(0, 5000));
    await expect(policy.add({}, many(4990, 5001))).rejects.toMatchObject({ code: 'domain/too-many' });
    await policy.add({}, many(0, 10));
    await policy.add({ workspaceId: one }, many(0, 1));
    expect(policy.rulesOf({})).toHaveLength(5000);
  });

  it('the same rule again takes the new rest', async () => {
    await policy.add({ workspaceId: one }, [{ ...input, minutes: 5, note: 'first' }]);
    const [again] = await policy.add({ workspaceId: one }, [{ ...input, allowPrivate: true }]);
    expect(policy.rules(one)).toEqual([again]);
    expect(again).not.toHaveProperty('expiresAt');
  });

  it('a session’s rules go when the workspace stops, a project’s with the project', async () => {
    await policy.add({ workspaceId: one }, [{ ...input, scope: 'session' }]);
    await policy.add({ projectId: project }, [{ ...input, pattern: 'p.example.com' }]);
    policy.endSession(one);
    expect(patterns(one)).toEqual(['p.example.com']);
    await policy.forgetProject(project);
    expect(patterns(one)).toEqual([]);
    expect(told.at(-1)?.workspaces).toEqual([one, two]);
  });
});

describe('removal', () => {
  it('answers what was taken away, which can be put back as it was', async () => {
    const added = await policy.add({ workspaceId: one }, [
      { ...input, note: 'n', verdict: 'deny', quiet: true, ports: [22, 80] },
      { ...input, pattern: '*.b.example' },
    ]);
    const removed = await policy.remove([...added.map(({ id }) => id), '0123456789ab']);
    expect(removed).toEqual(added);
    expect(policy.rules(one)).toEqual([]);
    await policy.restore(removed);
    expect(new Set(policy.rules(one))).toEqual(new Set(added));
  });

  it('by pattern takes from the workspace’s own list only, and says when there is nothing', async () => {
    await policy.add({}, [input]);
    await expect(policy.removePattern(one, 'a.example.com')).rejects.toMatchObject({ code: 'domain/not-found' });
    await policy.add({ workspaceId: one }, [input, { ...input, pattern: 'a.example.com:22' }]);
    expect(await policy.removePattern(one, 'a.example.com:22')).toMatchObject([{ ports: [22] }]);
    await policy.removePattern(one, 'A.example.com');
    expect(policy.rules(one)).toMatchObject([{ scope: 'global' }]);
  });

  it('what a caller hands over to be put back is judged like a new rule', async () => {
    const [rule] = await policy.add({ workspaceId: one }, [input]);
    await policy.remove([rule!.id]);
    await expect(policy.restore([{ ...rule!, pattern: '*' }])).rejects.toMatchObject({ code: 'domain/malformed' });
    await policy.restore([{ ...rule!, expiresAt: '2020-01-01T00:00:00Z' }]);
    expect(policy.rules(one)).toEqual([]);
  });
});

describe('what ends by itself', () => {
  it('a rule is none from the moment it expires, and the gateways are told then', async () => {
    vi.useFakeTimers({ now: Date.parse('2026-01-01T00:00:00Z') });
    open();
    await policy.add({ workspaceId: one }, [
      { ...input, minutes: 1 },
      { ...input, pattern: 'b.example.com', minutes: 2 },
    ]);
    await vi.advanceTimersByTimeAsync(59_000);
    expect(patterns(one)).toHaveLength(2);
    expect(told).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1001);
    expect(patterns(one)).toEqual(['b.example.com']);
    expect(told).toHaveLength(2);
    expect(policy.allRules()).toHaveLength(1);
  });

  it('one that expired while nobody looked is gone at the next start', async () => {
    await policy.add({ workspaceId: one }, [{ ...input, expiresAt: '2020-01-01T00:00:00Z' }]);
    policy.close();
    open();
    expect(patterns(one)).toEqual([]);
    await expect.poll(() => told).toMatchObject([{ workspaces: [one] }]);
  });

  it('a rule that holds once has a minute from the first connection that it let out', async () => {
    const [rule] = await policy.add({ workspaceId: one }, [{ ...input, scope: 'once' }]);
    const left = (): number => Date.parse(policy.rules(one)[0]!.expiresAt!) - Date.now();
    expect(left()).toBeGreaterThan(590_000);
    decided(one, 'a.example.com', { rule: rule!.id, reason: 'denied' });
    expect(left()).toBeGreaterThan(590_000);
    decided(one, 'a.example.com', { rule: rule!.id, reason: 'rule', verdict: 'allowed' });
    const first = policy.rules(one)[0]!.expiresAt;
    expect(left()).toBeLessThanOrEqual(60_000);
    await wait(5);
    decided(one, 'a.example.com', { rule: rule!.id, reason: 'rule', verdict: 'allowed' });
    expect(policy.rules(one)[0]!.expiresAt).toBe(first);
  });

  it('learning goes back to restricted, and leaves its time to be reviewed', async () => {
    vi.useFakeTimers({ now: Date.parse('2026-01-01T00:00:00Z') });
    open();
    await policy.setMode(one, 'learning', 30);
    const learning = { since: '2026-01-01T00:00:00.000Z', until: '2026-01-01T00:30:00.000Z' };
    expect(policy.learning(one)).toEqual({ ...learning, running: true });
    await vi.advanceTimersByTimeAsync(30 * 60_000 + 1);
    expect(new WallStore(database).wall(one)?.mode).toBe('restricted');
    expect(told.at(-1)).toMatchObject({ workspaces: [one], mode: true });
    expect(policy.learning(one)).toMatchObject({ since: learning.since, running: false });
    policy.discardLearned(one);
    expect(policy.learning(one)).toBeNull();
  });

  it('learning that runs goes on from now when its review is forgotten', async () => {
    vi.useFakeTimers({ now: Date.parse('2026-01-01T00:00:00Z') });
    await policy.setMode(one, 'learning', 30);
    vi.setSystemTime(Date.parse('2026-01-01T00:10:00Z'));
    policy.discardLearned(one);
    expect(policy.learning(one)).toEqual({ since: '2026-01-01T00:10:00.000Z', until: '2026-01-01T00:30:00.000Z', running: true });
    await policy.setMode(one, 'none', 0);
    expect(policy.learning(one)).toMatchObject({ until: '2026-01-01T00:10:00.000Z', running: false });
  });
});

describe('answers to a blocked name', () => {
  it.each([
    ['once', { verdict: 'allow', scope: 'once', workspaceId: one }],
    ['session', { verdict: 'allow', scope: 'session', workspaceId: one }],
    ['project', { verdict: 'allow', scope: 'project', projectId: project }],
    ['always', { verdict: 'allow', scope: 'global' }],
    ['deny', { verdict: 'deny', scope: 'project', projectId: project, quiet: false }],
    ['deny-silently', { verdict: 'deny', scope: 'project', projectId: project, quiet: true }],
  ] as const)('%s', async (answer, rule) => {
    decided(one, 'a.example.com');
    expect(await policy.answer(one, { host: 'a.example.com', port: 443, answer, allowPrivate: false })).toMatchObject({ ...rule, ports: [] });
    expect(blocked(one)).toEqual([]);
  });

  it('concern every workspace where the rule holds, and the port that was tried', async () => {
    for (const workspaceId of [one, two, stranger]) decided(workspaceId, 'db.example.com', { port: 5432 });
    expect((await policy.answer(one, { host: 'db.example.com', port: 5432, answer: 'project', allowPrivate: false })).ports).toEqual([5432]);
    expect([one, two, stranger].map(blocked)).toEqual([[], [], ['db.example.com']]);
    expect(told.at(-1)?.unblocked).toEqual([one, two]);
  });

  it('leave a name that is refused for its address until private addresses are allowed', async () => {
    decided(one, 'vpn.example.com', { reason: 'refused-address' });
    await policy.answer(one, { host: 'vpn.example.com', port: 443, answer: 'project', allowPrivate: false });
    expect(blocked(one)).toEqual(['vpn.example.com']);
    await policy.answer(one, { host: 'vpn.example.com', port: 443, answer: 'project', allowPrivate: true });
    expect(blocked(one)).toEqual([]);
  });

  it('are refused for what is no name', async () => {
    await expect(policy.answer(one, { host: '10.0.0.1', port: 80, answer: 'always', allowPrivate: false })).rejects.toMatchObject({ code: 'domain/malformed' });
  });
});

it('a gateway that does not take a change fails it, after all have been told', async () => {
  policy.follow(() => Promise.reject(new Error('no')));
  const late: string[] = [];
  policy.follow(async () => void late.push('told'));
  await expect(policy.add({}, [input])).rejects.toThrow('no');
  expect(late).toEqual(['told']);
  expect(told).toHaveLength(1);
});

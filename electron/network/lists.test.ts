import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../lib/database.ts';
import { DecisionStore } from './decision-store.ts';
import { createLists, type Lists } from './lists.ts';
import { parseLine } from './log-line.ts';
import { networkMigrations } from './migrations.ts';
import { Policy } from './policy.ts';
import { WallStore } from './store.ts';
import type { RuleInput } from './types.ts';

const workspaceId = '0a1b2c3d';
const projectId = '0123456789ab';
const owner = { workspaceId };
let folder: string;
let database: ReturnType<typeof openDatabase>;
let policy: Policy;
let decisions: DecisionStore;
let lists: Lists;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'forgehold-lists-'));
  database = openDatabase(join(folder, 'forgehold.db'), networkMigrations);
  policy = new Policy(database, { debug: () => undefined, warn: () => undefined });
  decisions = new DecisionStore(database);
  new WallStore(database).putWall(workspaceId, { projectId, mode: 'restricted' });
  // As `wall.ts` has them, without its gateways.
  lists = createLists({
    rules: (id) => policy.rules(id),
    rulesOf: (one) => policy.rulesOf(one),
    draftRule: (one, input) => policy.draft(one, input),
    addRules: (one, inputs) => policy.add(one, inputs),
    removeRules: (ids) => policy.remove(ids),
    learning: (id) => policy.learning(id),
    seenWhileLearning: (id) => decisions.reached(id, policy.learning(id)!.since, policy.learning(id)!.until),
    endLearning: (id) => policy.setMode(id, 'restricted', 0),
    discardLearned: (id) => policy.discardLearned(id),
  });
});
afterEach(() => {
  policy.close();
  database.close();
  rmSync(folder, { recursive: true, force: true });
});

/** As the gateway writes it, a moment after now. */
function see(count: number, name: string): void {
  const line = parseLine(
    `{"at":${Date.now()},"id":"5f-${count}","event":"decided","protocol":"tls","name":"${name}","port":443,"source":40000,"verdict":"allow","reason":"mode","address":"192.0.2.1","rule":"","quiet":false}`,
  );
  if (line === null) throw new Error('The line could not be read');
  decisions.record(workspaceId, [line]);
}

const add = (pattern: string, rest: Partial<RuleInput> = {}) => policy.add(owner, [{ pattern, allowPrivate: false, addedBy: 'user', ...rest }]);
const patterns = () =>
  policy
    .allRules()
    .map(({ scope, addedBy, preset, pattern, ports }) => [scope, preset ?? addedBy, [pattern, ...ports].join(':')].join(' '))
    .toSorted();
const isOn = (id: string, whose: Parameters<Lists['presets']>[0] = owner) => lists.presets(whose, new Map()).find((preset) => preset.id === id)?.on;

describe('a preset', () => {
  it('is put on the list of the project, and taken off again', async () => {
    await lists.setPreset(owner, 'bitbucket', true);
    expect(isOn('bitbucket')).toBe(true);
    expect(patterns()).toEqual(['project bitbucket *.bitbucket.org', 'project bitbucket bitbucket.org', 'project bitbucket bitbucket.org:22']);
    await lists.setPreset({ projectId }, 'bitbucket', false);
    expect([isOn('bitbucket'), patterns()]).toEqual([false, []]);
  });

  it('is put on the list for all projects, and is on in each', async () => {
    await lists.setPreset({}, 'alpine', true);
    expect(patterns()).toEqual(['global alpine *.alpinelinux.org']);
    expect([isOn('alpine'), isOn('alpine', { projectId }), isOn('alpine', {})]).toEqual([true, true, true]);
  });

  it('takes off only what it put there', async () => {
    await add('*.bitbucket.org', { scope: 'project' });
    await lists.setPreset(owner, 'bitbucket', true);
    await lists.setPreset(owner, 'bitbucket', false);
    expect(patterns()).toEqual(['project user *.bitbucket.org']);
  });

  it('holds for the project also where this workspace alone has its domains', async () => {
    await add('*.alpinelinux.org');
    await lists.setPreset(owner, 'alpine', true);
    expect(patterns()).toEqual(['project alpine *.alpinelinux.org', 'workspace user *.alpinelinux.org']);
  });

  it('leaves what another one that is on needs, as that one’s', async () => {
    await lists.setPreset(owner, 'go', true);
    await lists.setPreset(owner, 'playwright', true);
    await lists.setPreset(owner, 'go', false);
    expect([isOn('go'), isOn('playwright')]).toEqual([false, true]);
    expect(patterns()).toContain('project playwright storage.googleapis.com');
    await lists.setPreset(owner, 'playwright', false);
    expect(patterns()).toEqual([]);
  });

  it('that other rules make, or that nobody knows, is told so', async () => {
    await add('*.alpinelinux.org', { addedBy: 'agent' });
    await expect(lists.setPreset(owner, 'alpine', false)).rejects.toMatchObject({ code: 'domain/preset-stands' });
    await expect(lists.setPreset(owner, 'nothing', true)).rejects.toMatchObject({ code: 'domain/no-preset' });
  });
});

describe('a review of learning', () => {
  it('tells what was seen; what is accepted becomes rules of the project, and the review is over', async () => {
    expect(lists.review(workspaceId)).toBeNull();
    see(1, 'before.example.com');
    await new Promise((resolve) => setTimeout(resolve, 5));
    await policy.setMode(workspaceId, 'learning', 60);
    see(2, 'a.example.com');
    see(3, 'b.example.com');
    const review = lists.review(workspaceId);
    expect(review).toMatchObject({ running: true, learned: [{ pattern: '*.example.com', hosts: ['a.example.com', 'b.example.com'], proposed: true }] });
    const accepted = review!.learned.map(({ pattern, ports }) => ({ pattern, ports, allowPrivate: false }));
    await lists.accept(workspaceId, accepted);
    expect(patterns()).toEqual(['project learning *.example.com']);
    expect([lists.review(workspaceId), new WallStore(database).wall(workspaceId)?.mode]).toEqual([null, 'restricted']);
  });

  it('that cannot be accepted whole changes nothing', async () => {
    await policy.setMode(workspaceId, 'learning', 60);
    const wrong = lists.accept(workspaceId, [
      { pattern: 'a.example.com', ports: [], allowPrivate: false },
      { pattern: '*', ports: [], allowPrivate: false },
    ]);
    await expect(wrong).rejects.toMatchObject({ code: 'domain/malformed' });
    expect([patterns(), lists.review(workspaceId)?.running]).toEqual([[], true]);
  });

  it('is forgotten when it is discarded, and learning goes on from then', async () => {
    await policy.setMode(workspaceId, 'learning', 60);
    see(1, 'a.example.com');
    await new Promise((resolve) => setTimeout(resolve, 5));
    lists.discard(workspaceId);
    expect(lists.review(workspaceId)).toMatchObject({ running: true, learned: [] });
  });
});

describe('a list', () => {
  it('that was written is read elsewhere: all but what passes', async () => {
    await add('db.example.com:5432', { allowPrivate: true, note: 'ours' });
    await add('*.ads.example', { verdict: 'deny', quiet: true, scope: 'project' });
    await add('passing.example', { scope: 'session' });
    const text = lists.write(owner);
    await policy.remove(policy.allRules().map(({ id }) => id));
    const { format, rules, refused } = await lists.read({}, text, false);
    expect({ format, refused }).toEqual({ format: 'Forgehold list', refused: [] });
    expect(patterns()).toEqual(['global user *.ads.example', 'global user db.example.com:5432']);
    expect(rules).toContainEqual(expect.objectContaining({ pattern: 'db.example.com', allowPrivate: true, note: 'ours' }));
    expect(rules).toContainEqual(expect.objectContaining({ pattern: '*.ads.example', verdict: 'deny', quiet: true }));
  });

  it('adds nothing when it is only looked at', async () => {
    const { rules } = await lists.read(owner, 'a.example.com\nb.example.com', true);
    expect([rules.map(({ pattern }) => pattern), patterns()]).toEqual([['a.example.com', 'b.example.com'], []]);
  });

  it('names each line that can be no rule, and takes the others, each once', async () => {
    const { rules, refused } = await lists.read(owner, 'a.example.com\n10.0.0.1\nA.example.com.\n*\n*.b.example:22', false);
    expect(rules.map(({ pattern }) => pattern)).toEqual(['a.example.com']);
    expect(refused.map(({ line, text, reason }) => [line, text, reason])).toEqual([
      [2, '10.0.0.1', expect.stringContaining('not addresses')],
      [4, '*', expect.stringContaining('no wall')],
      [5, '*.b.example:22', expect.stringContaining('one exact name')],
    ]);
  });

  it('of more rules than anybody keeps is refused whole', async () => {
    const text = Array.from({ length: 2001 }, (_, at) => `n${at}.example`).join('\n');
    await expect(lists.read(owner, text, false)).rejects.toMatchObject({ code: 'domain/list-too-long' });
  });
});

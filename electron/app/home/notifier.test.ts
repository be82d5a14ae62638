import { expect, test } from 'vitest';
import type { AttentionItem } from './attention.ts';
import { createNotifier, flood } from './notifier.ts';

function item(id: string, parts: Partial<AttentionItem> = {}): AttentionItem {
  return { id, count: 1, title: `${id} blocked`, body: 'It asks.', intent: { kind: 'workspace', workspaceId: '0a1b2c3d' }, ...parts };
}

function setUp() {
  const open = new Set<string>();
  const told: string[] = [];
  const world = { mayShow: true, now: 0 };
  const notifier = createNotifier({
    now: () => world.now,
    mayShow: () => world.mayShow,
    show({ title }) {
      told.push(title);
      open.add(title);
      return { close: () => void open.delete(title) };
    },
  });
  return { notifier, open, told, world };
}

test('what is there when the app starts is no news; what comes then is told once', () => {
  const { notifier, told } = setUp();
  notifier.update([item('a')], []);
  notifier.update([item('a'), item('b')], []);
  notifier.update([item('a'), item('b', { body: 'It asks again.' })], []);
  expect(told).toEqual(['b blocked']);
});

test('a notification goes when its matter is answered, and all go when the user comes', () => {
  const { notifier, open } = setUp();
  notifier.update([], []);
  notifier.update([item('a'), item('b')], [item('c', { passing: true })]);
  expect([...open]).toEqual(['a blocked', 'b blocked', 'c blocked']);
  notifier.update([item('b')], []);
  expect([...open]).toEqual(['b blocked', 'c blocked']);
  notifier.clear();
  expect([...open]).toEqual([]);
});

test('nothing is told while the user looks, and what came meanwhile is not told later', () => {
  const { notifier, told, world } = setUp();
  notifier.update([], []);
  world.mayShow = false;
  notifier.update([item('a')], [item('done', { passing: true })]);
  world.mayShow = true;
  notifier.update([item('a')], []);
  expect(told).toEqual([]);
});

test('a flood becomes one notification, which counts on', () => {
  const { notifier, open, world } = setUp();
  notifier.update([], []);
  notifier.update([item('a'), item('b')], []);
  notifier.update([item('a'), item('b'), item('c'), item('d', { count: 7 })], []);
  expect([...open]).toEqual(['10 matters for you']);
  world.now += flood.within * 2;
  notifier.update([item('a'), item('b'), item('c'), item('d', { count: 7 }), item('e')], []);
  expect([...open]).toEqual(['11 matters for you']);
  notifier.update([], []);
  expect([...open]).toEqual([]);
  notifier.update([item('f')], []);
  expect([...open]).toEqual(['f blocked']);
});

test('a few that come one after another are each told', () => {
  const { notifier, open, world } = setUp();
  const waiting: AttentionItem[] = [];
  notifier.update(waiting, []);
  for (const id of ['a', 'b', 'c', 'd', 'e']) {
    waiting.push(item(id));
    notifier.update([...waiting], []);
    world.now += flood.within;
  }
  expect(open.size).toBe(5);
});

test('names that become many are one notification, which is shown anew when it stands for far more', () => {
  const { notifier, open, told } = setUp();
  const many = (count: number): AttentionItem => item('all', { count, title: `${count} domains blocked` });
  notifier.update([], []);
  notifier.update([item('all:a', { partOf: 'all' })], []);
  notifier.update([many(4)], []);
  notifier.update([many(7)], []);
  expect([...open]).toEqual(['4 domains blocked']);
  notifier.update([many(1000)], []);
  notifier.update([many(1200)], []);
  expect([...open]).toEqual(['1000 domains blocked']);
  notifier.update([item('all:b', { partOf: 'all' })], []);
  expect([...open]).toEqual([]);
  expect(told).toHaveLength(3);
});

test('what expired while the core was out of reach goes, and what came then is told', () => {
  const { notifier, open } = setUp();
  notifier.update([], []);
  notifier.update([item('old'), item('stays')], []);
  // No update comes while nothing is known; the next one is what the core says when it is back.
  notifier.update([item('stays'), item('new')], []);
  expect([...open]).toEqual(['stays blocked', 'new blocked']);
});

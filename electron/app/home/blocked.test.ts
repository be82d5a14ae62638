import { expect, test } from 'vitest';
import type { Blocked } from '../../../shared/model/domain.ts';
import { isWaiting, toBlocked } from './blocked.ts';

const time = '2026-01-01T00:00:00Z';
const workspaceId = '1'.repeat(8);

function toTry(host: string, parts: Partial<Blocked> = {}): Blocked {
  return { host, port: 443, reason: 'not-listed', tries: 1, firstAt: time, lastAt: time, ...parts };
}
function tell(hosts: readonly Blocked[], total = hosts.length) {
  return toBlocked({ workspaceId, hosts: [...hosts], total }, 'orchard');
}

test('a name is one matter however often and on whatever ports it is tried', () => {
  const [first] = tell([toTry('feed.example')]);
  const items = tell([toTry('feed.example', { tries: 40 }), toTry('feed.example', { port: 80 }), toTry('feed.example', { port: 22 })]);
  expect(items).toHaveLength(1);
  expect(items[0]).toMatchObject({ id: first!.id, count: 1, title: 'feed.example:22,80,443 blocked', blocked: { ports: [443, 80, 22] } });
  expect(first).toMatchObject({ title: 'feed.example blocked', intent: { kind: 'workspace', workspaceId } });
});

test('a flood is one matter that counts every name, and leads to where names are reviewed', () => {
  const newest = Array.from({ length: 50 }, (_, at) => toTry(`n${at}.example`));
  expect(tell(newest, 1000)).toEqual([
    expect.objectContaining({ count: 1000, title: '1,000 domains blocked in orchard', intent: { kind: 'workspace', workspaceId, tab: 'domains' } }),
  ]);
  const [few] = tell([toTry('a.example')]);
  expect(few!.partOf).toBe(tell(newest)[0]!.id);
});

test('it can be answered at once only where it is shown whole and a plain yes would do', () => {
  const items = tell([toTry('еvil.example'), toTry('vpn.example', { reason: 'refused-address' }), toTry('feed.example')]);
  expect(items.map(({ blocked }) => blocked?.host)).toEqual([undefined, undefined, 'feed.example']);
});

test('what a name holds beside letters is not shown', () => {
  expect(tell([toTry(`\u2067evil\u0000${'x'.repeat(240)}.example`)])[0]!.title).toMatch(/^…x+\.example blocked$/);
});

test('a name waits until it is answered or expires, in its own workspace', () => {
  const blocked = [{ workspaceId, hosts: [toTry('feed.example')], total: 1 }];
  expect(isWaiting({ blocked }, { workspaceId, host: 'feed.example', ports: [443] })).toBe(true);
  expect(isWaiting({ blocked }, { workspaceId: '2'.repeat(8), host: 'feed.example', ports: [443] })).toBe(false);
  expect(isWaiting({ blocked: [] }, { workspaceId, host: 'feed.example', ports: [443] })).toBe(false);
});

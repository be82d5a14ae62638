import { expect, test } from 'vitest';
import { describeDecision, describeHold, describePorts, describeRequests, describeSource } from './rule-words.ts';

const now = Date.parse('2026-01-01T12:00:00Z');

function inMinutes(minutes: number): string {
  return new Date(now + minutes * 60_000).toISOString();
}

test('a rule holds as long as its scope says, or for what is left of its time', () => {
  expect(describeHold({ scope: 'global' }, now)).toBe('All projects');
  const left = [0.5, 8.9, 200, 3000].map((minutes) => describeHold({ scope: 'project', expiresAt: inMinutes(minutes) }, now));
  expect(left).toEqual(['30 s left', '8 min left', '3 h left', '2 d left']);
});

test('ports that go without saying are said: two for what is let out, all for what is denied', () => {
  expect(describePorts({ verdict: 'allow', ports: [] })).toBe('80, 443');
  expect(describePorts({ verdict: 'deny', ports: [] })).toBe('all');
  expect(describePorts({ verdict: 'allow', ports: [22, 443] })).toBe('22, 443');
});

test('a rule for some requests says which', () => {
  expect(describeRequests({})).toBe('');
  expect(describeRequests({ http: { methods: ['GET', 'HEAD'], pathPrefix: '/v1' } })).toBe('GET, HEAD /v1');
  expect(describeRequests({ http: { methods: [], pathPrefix: '/v1' } })).toBe('/v1');
});

test('a decision names the rule or the address that decided, and says nothing of what is as it should be', () => {
  expect(describeDecision({ reason: 'rule' }, { pattern: 'a.example' })).toBe('');
  expect(describeDecision({ reason: 'denied' }, { pattern: '*.telemetry.example' })).toBe('Denied by *.telemetry.example');
  expect(describeDecision({ reason: 'denied' }, undefined)).toBe('Denied by a rule');
  expect(describeDecision({ reason: 'refused-address', address: '10.0.4.18' }, undefined)).toBe('Resolved to 10.0.4.18, a private address');
  expect(describeDecision({ reason: 'not-listed' }, undefined)).toBe('No rule');
});

test('a rule of a preset is told by the preset’s title, also when nobody knows it any more', () => {
  const npm = { id: 'npm', title: 'Node packages', kind: 'packages' as const, domains: [], on: true };
  expect(describeSource({ addedBy: 'preset', preset: 'npm' }, [npm])).toBe('Node packages');
  expect(describeSource({ addedBy: 'preset', preset: 'gone' }, [npm])).toBe('gone');
  expect(describeSource({ addedBy: 'learning' }, [])).toBe('Learning');
});

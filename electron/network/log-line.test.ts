import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLine } from './log-line.ts';

const decided = {
  at: 1,
  id: 'a1-2',
  event: 'decided',
  protocol: 'tls',
  name: 'x.y',
  port: 443,
  source: 5,
  verdict: 'deny',
  reason: 'not-listed',
  address: '',
  rule: '',
  quiet: false,
};

describe('parseLine', () => {
  it('reads a decision and an end', () => {
    expect(parseLine(JSON.stringify(decided))).toMatchObject({ event: 'decided', host: 'x.y', verdict: 'blocked', reason: 'not-listed' });
    const named = parseLine(JSON.stringify({ ...decided, reason: 'denied', rule: '0123456789ab', quiet: true }));
    expect(named).toMatchObject({ reason: 'denied', rule: '0123456789ab', quiet: true });
    const ended = { at: 1, id: 'a1-2', event: 'ended', protocol: 'tls', port: 443, source: 5, up: 1, down: 2, state: '--' };
    expect(parseLine(JSON.stringify(ended))).toEqual({ event: 'ended', id: 'a1-2', up: 1, down: 2 });
    for (const id of ['', '-'])
      expect(parseLine(JSON.stringify({ ...ended, id }))).toMatchObject({ event: 'decided', verdict: 'blocked', reason: 'malformed', host: '' });
  });

  it('answers null to anything else, and never throws', () => {
    for (const change of [{ verdict: 'yes' }, { name: 'a'.repeat(300) }, { id: 'x y' }, { address: '1.2.3' }, { port: 70_000 }, { rule: 'x' }, { quiet: 'no' }])
      expect(parseLine(JSON.stringify({ ...decided, ...change }))).toBeNull();
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => parseLine(text) === null));
  });
});

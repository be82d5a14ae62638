import { describe, expect, it } from 'vitest';
import type { Attempt } from '../../shared/model/selftest.ts';
import { findGap } from './attempts.ts';

const attempt = (id: string, result: Attempt['result']): Attempt => ({ id, label: id, expected: 'blocked', result, detail: '' });
const through = [attempt('allowed-http', 'passed'), attempt('direct-198.51.100.7', 'passed'), attempt('raw', 'passed')];

describe('a self-test', () => {
  it('proves something of this computer with one attempt that had a control', () => {
    expect(findGap([...through, attempt('host-tcp-10.0.0.1', 'skipped'), attempt('host-tcp-10.0.0.2', 'passed')])).toBeNull();
    expect(findGap([...through, attempt('host-tcp-10.0.0.1', 'skipped'), attempt('canary-heard', 'passed')])).toBeNull();
    expect(findGap([...through, attempt('host-tcp-10.0.0.1', 'failed')])).toBeNull();
  });

  it('says that it proved nothing of it when no control answered, whatever else passed', () => {
    const silent = [
      attempt('host-tcp-10.0.0.1', 'skipped'),
      attempt('host-icmp-10.0.0.1', 'skipped'),
      attempt('canary', 'passed'),
      attempt('canary-heard', 'skipped'),
    ];
    expect(findGap([...through, ...silent])).toContain('Nothing on this computer answers');
    expect(findGap(through)).toContain('Nothing on this computer answers');
  });
});

import { expect, it } from 'vitest';
import type { Attempt } from './model/selftest.ts';
import { describeWallFailure } from './wall-failure.ts';

function failing(...ids: readonly string[]): Attempt[] {
  return ids.map((id) => ({ id, label: `about ${id}`, expected: 'blocked', result: 'failed', detail: 'no answer' }));
}

it('names each attempt that failed, and the likely cause where only the way to the gateway is cut', () => {
  expect(describeWallFailure(failing('bridge', 'raw'))).toBe('about bridge; about raw');
  const gateway = ['denied-http', 'denied-tls', 'dns', 'allowed-http', 'allowed-tls'];
  expect(describeWallFailure(failing(...gateway))).toContain('iptables -t nat');
  expect(describeWallFailure(failing(...gateway.slice(1)))).not.toContain('iptables');
  expect(describeWallFailure(failing('raw', ...gateway))).not.toContain('iptables');
});

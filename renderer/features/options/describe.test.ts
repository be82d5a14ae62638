import { expect, test } from 'vitest';
import { describeOptions } from './describe.ts';

test('options are told in words, and only those that are decided', () => {
  expect(
    describeOptions({
      mode: 'none',
      memoryMb: 1536,
      mounts: [
        { source: '/srv/data', target: '/data', readOnly: true },
        { source: '/srv/out', readOnly: false },
      ],
      command: ['serve', 'two words'],
      systemPackages: true,
      groups: [],
    }),
  ).toEqual([
    { label: 'Network', value: 'None' },
    { label: 'Memory', value: '1.5 GB' },
    { label: 'Command', value: "serve 'two words'" },
    { label: 'Mounts', value: '/srv/data at /data, read-only\n/srv/out, writable' },
    { label: 'Groups', value: 'None' },
    { label: 'System packages', value: 'Allowed' },
  ]);
});

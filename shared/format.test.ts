import { expect, test } from 'vitest';
import { formatBytesFinely } from './format-bytes.ts';
import { formatAgo, formatDuration, formatMemory, shortenPath } from './format.ts';

test('durations show tenths up to a minute, then minutes and seconds', () => {
  expect([0, 4_130, 59_940, 60_000, 134_000].map(formatDuration)).toEqual(['0.0 s', '4.1 s', '59.9 s', '1:00', '2:14']);
});

test('bytes are decimal, with a tenth while it says something', () => {
  expect([0, 812, 999, 1000, 18_240, 212_000, 999_960, 1_400_000].map(formatBytesFinely)).toEqual([
    '0 B',
    '812 B',
    '999 B',
    '1.0 kB',
    '18.2 kB',
    '212 kB',
    '1.0 MB',
    '1.4 MB',
  ]);
});

test('memory is said in GB from one on', () => {
  expect([512, 1024, 1536, 4096].map(formatMemory)).toEqual(['512 MB', '1 GB', '1.5 GB', '4 GB']);
});

test('how long ago is said in the largest unit that fits', () => {
  const now = Date.parse('2026-01-02T00:00:00Z');
  expect(['2026-01-01T23:59:30Z', '2026-01-01T23:50:00Z', '2026-01-01T21:59:00Z', '2025-12-30T00:00:00Z'].map((time) => formatAgo(time, now))).toEqual([
    'now',
    '10 min',
    '2 h',
    '3 d',
  ]);
});

test('a path that is too long loses its middle', () => {
  expect(shortenPath('/home/me/code/orchard-api', 40)).toBe('/home/me/code/orchard-api');
  const short = shortenPath('/home/somebody/clients/large/monorepo/packages/orchard-api', 40);
  expect(short).toHaveLength(40);
  expect(short).toMatch(/^\/home\/.*….*orchard-api$/);
});

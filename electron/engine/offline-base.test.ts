import { expect, test } from 'vitest';
import { describeSources } from './offline-base.ts';

test('security fixes come from beside the archive, where the mirror is laid out as Debian does', () => {
  const text = describeSources('http://mirror.example/debian');
  expect(text).toContain('URIs: http://mirror.example/debian\nSuites: trixie trixie-updates\n');
  expect(text).toContain('URIs: http://mirror.example/debian-security\nSuites: trixie-security\n');
});

test('a mirror of another layout is asked for nothing that it may not have', () => {
  expect(describeSources('http://mirror.example/cache')).not.toContain('security');
});

import { expect, test } from 'vitest';
import { nameOfFile } from './save-text.ts';

test('a file is named by words, whatever characters they have', () => {
  expect(nameOfFile('orchard-api domains', 'json')).toBe('orchard-api-domains.json');
  expect(nameOfFile('../../etc/passwd', 'json')).toBe('etc-passwd.json');
  expect(nameOfFile('Claude Code / übung', 'txt')).toMatch(/^Claude-Code-u.*bung\.txt$/);
  expect(nameOfFile('///', 'json')).toBe('forgehold.json');
});

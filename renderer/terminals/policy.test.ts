import { expect, test } from 'vitest';
import { decodeCopy, keyRole, safeLink } from './policy.ts';

test('only plain web links are opened', () => {
  expect(safeLink('https://example.com/a?b#c')).toBe('https://example.com/a?b#c');
  for (const uri of ['javascript:alert(1)', 'file:///etc/passwd', 'https://good.com@evil.com/', 'forgehold://oauth/x', 'nothing', 'data:text/html,x'])
    expect(safeLink(uri)).toBeNull();
});

test('a program may copy, but not ask what is on the clipboard', () => {
  expect(decodeCopy(`c;${btoa('plain')}`)).toBe('plain');
  expect(decodeCopy('c;w6k=')).toBe('é');
  expect(decodeCopy('c;?')).toBeNull();
  expect(decodeCopy('no semicolon')).toBeNull();
  expect(decodeCopy('c;***')).toBeNull();
  expect(decodeCopy('c;/w==')).toBeNull();
  expect(decodeCopy(`c;${'A'.repeat(1_400_004)}`)).toBeNull();
});

test('Shift+Enter, Ctrl+Shift+C and Ctrl+Shift+V have a role, plain keys have none', () => {
  const key = { key: 'a', code: 'KeyA', shiftKey: false, ctrlKey: false, altKey: false, metaKey: false };
  expect(keyRole({ ...key, key: 'Enter', code: 'Enter', shiftKey: true })).toBe('newline');
  expect(keyRole({ ...key, key: 'Enter', code: 'Enter' })).toBeNull();
  expect(keyRole({ ...key, key: 'C', code: 'KeyC', shiftKey: true, ctrlKey: true })).toBe('copy');
  expect(keyRole({ ...key, key: 'c', code: 'KeyC', ctrlKey: true })).toBeNull();
  expect(keyRole({ ...key, key: 'V', code: 'KeyV', shiftKey: true, ctrlKey: true })).toBe('paste');
});

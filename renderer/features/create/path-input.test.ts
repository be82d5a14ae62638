import { expect, test } from 'vitest';
import { baseName, expandHome, isRepository, readPath, splitUrl, trimPath } from './path-input.ts';

test('a typed path asks for its folder, filtered by its last part', () => {
  expect(readPath('/home/me/co')).toEqual({ folder: '/home/me', filter: 'co' });
  expect(readPath('/home/me/')).toEqual({ folder: '/home/me', filter: '' });
  expect(readPath('/h')).toEqual({ folder: '/', filter: 'h' });
  expect([trimPath('/home/me/code/'), trimPath('/'), trimPath(' /x '), baseName('/home/me/code/')]).toEqual(['/home/me/code', '/', '/x', 'code']);
});

test('a tilde stands for the home folder, and only there', () => {
  expect([expandHome('~', '/home/me'), expandHome('~/code', '/home/me'), expandHome('~other/code', '/home/me')]).toEqual([
    '/home/me',
    '/home/me/code',
    '~other/code',
  ]);
  expect(expandHome('~/code', null)).toBe('~/code');
});

test.each([
  ['https://git.example/orchard.git', true],
  ['ssh://git@git.example:2222/orchard', true],
  ['git@git.example:team/orchard.git', true],
  ['git.example:team/orchard', true],
  ['file:///srv/orchard.git', true],
  ['/home/me/orchard', false],
  ['/home/me/a:b', false],
  ['~/orchard', false],
  ['./orchard', false],
  ['orchard', false],
  ['orchard: notes', false],
  ['', false],
])('%s is a repository: %s', (text, is) => {
  expect(isRepository(text)).toBe(is);
});

test('a repository is told by host and path, without scheme, user and port', () => {
  expect(splitUrl('https://git.example/team/orchard')).toEqual({ host: 'git.example', path: 'team/orchard' });
  expect(splitUrl('ssh://git@git.example:2222/orchard')).toEqual({ host: 'git.example', path: 'orchard' });
  expect(splitUrl('git@git.example:team/orchard')).toEqual({ host: 'git.example', path: 'team/orchard' });
  expect(splitUrl('file:///srv/orchard')).toBeNull();
});

import { describe, expect, it } from 'vitest';
import { isStraightPath, requireImageReference } from './image-reference.ts';

const hex = 'a'.repeat(64);

describe("an image's name", () => {
  it.each([
    'debian',
    'debian:trixie',
    'team/tool:1.2-rc.3',
    'registry.example:5000/team/a__b--c.d/tool',
    'REGISTRY.example/tool:V1',
    'localhost/tool',
    `sha256:${hex}`,
    `debian@sha256:${hex}`,
    `registry.example/debian:trixie@sha256:${hex}`,
  ])('is %s', (name) => {
    expect(() => requireImageReference(name)).not.toThrow();
  });

  it.each([
    ...['', 'http://a.example//////', 'https://a.example/b', 'a//b', '/a', 'a/', 'a/../../containers/b', '../a', 'a/./b', 'a/..', 'a/...', 'a:..', 'a:b:c/d'],
    ...['a?b', 'a#b', 'a%2fb', 'a b', 'a\nb', 'a@b', `a@sha256:${hex}/../../x`, 'Team/Tool', `a:${'b'.repeat(129)}`, 'a-'.repeat(250)],
  ])('is not %j', (name) => {
    expect(() => requireImageReference(name)).toThrow(expect.objectContaining({ code: 'image/name-invalid' }));
  });
});

describe("a request's path", () => {
  it.each([
    '/_ping',
    '/images/registry.example:5000/a/b:c@sha256:d/json',
    '/containers/a..b/json?',
    '/containers/json?all=1&path=/../x//y',
    '/images/...a/json',
  ])('is sent as it is: %s', (path) => {
    expect(isStraightPath(path)).toBe(true);
  });

  it.each(['', 'a', '//a', '/a//b', '/a/../b', '/../a', '/./a', '/a/..', '/a/.', '/a/', '/a b', '/a#b', '/a\nb', '/ä'])('is refused: %j', (path) => {
    expect(isStraightPath(path)).toBe(false);
  });
});

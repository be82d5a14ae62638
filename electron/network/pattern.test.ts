import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import { matches, parsePattern } from './pattern.ts';

function refusal(input: string): AppError {
  try {
    parsePattern(input);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error(`Taken: ${input}`);
}

describe('parsePattern', () => {
  it.each([
    ['api.example.com', 'api.example.com'],
    ['API.Example.COM.', 'api.example.com'],
    ['  *.Example.com ', '*.example.com'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['*.bücher.example', '*.xn--bcher-kva.example'],
    ['localhost', 'localhost'],
    ['_dmarc.example.com', '_dmarc.example.com'],
  ])('takes %s as %s', (input, pattern) => expect(parsePattern(input)).toBe(pattern));

  it.each([
    '',
    ' ',
    '*',
    '*.',
    '*.com',
    '**.example.com',
    'a.*.com',
    'x*.example.com',
    'a..b',
    '.example.com',
    '-a.com',
    'a-.com',
    'a b.com',
    'a\0b.com',
    'a\n.com',
    'a,b.com',
    '10.0.0.1',
    '::1',
    '[::1]',
    '0x7f.1',
    '2130706433',
    '1.2.3',
    'probe.forgehold.internal',
    '*.forgehold.internal',
    'forgehold.internal',
    `${'a'.repeat(64)}.com`,
    `${'a.'.repeat(130)}com`,
  ])('refuses %j with a sentence', (input) => {
    const { code, message } = refusal(input);
    expect(code).toBe('domain/malformed');
    expect(message).toMatch(/^[A-Z*].*[.a-z]$/);
  });

  it.each([
    ['https://api.example.com/v1?x=1', 'api.example.com'],
    ['api.example.com:8443', 'api.example.com'],
    ['user:secret@api.example.com', 'api.example.com'],
    ['api.example.com/path', 'api.example.com'],
  ])('offers the host of %s instead of taking it', (input, host) => expect(refusal(input).details).toMatchObject({ suggestion: host }));

  it('gives what it would take again, unchanged, and safe for a map file', () => {
    fc.assert(
      fc.property(fc.oneof(fc.domain(), fc.webUrl(), fc.string()), fc.boolean(), (text, star) => {
        let pattern: string;
        try {
          pattern = parsePattern(star ? `*.${text}` : text);
        } catch (error) {
          return error instanceof AppError;
        }
        expect(parsePattern(pattern)).toBe(pattern);
        expect(pattern).toMatch(/^(\*\.)?[a-z0-9._-]+$/);
        return true;
      }),
    );
  });
});

describe('matches', () => {
  it('on a dot boundary, without the name itself', () => {
    expect(matches('*.example.com', 'a.example.com')).toBe(true);
    expect(matches('*.example.com', 'a.b.example.com')).toBe(true);
    expect(matches('*.example.com', 'example.com')).toBe(false);
    expect(matches('*.example.com', 'badexample.com')).toBe(false);
    expect(matches('example.com', 'a.example.com')).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import { concerns, draftRule, indexRules, parseDomain } from './rule.ts';
import type { RuleInput } from './types.ts';

const place = { scope: 'workspace', owner: '01234567' } as const;
const plain = { addedBy: 'user', allowPrivate: false } as const;

function draft(input: Partial<RuleInput> & { readonly pattern: string }) {
  return draftRule({ ...plain, ...input }, place, Date.parse('2026-01-01T00:00:00Z'));
}
function refusal(input: Partial<RuleInput> & { readonly pattern: string }): string {
  try {
    draft(input);
  } catch (error) {
    if (error instanceof AppError) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error(`Taken: ${input.pattern}`);
}

describe('a rule', () => {
  it('has an id that follows from what it is, and from nothing else', () => {
    const one = draft({ pattern: 'API.example.com', ports: [443, 80], note: 'why' });
    expect(one).toMatchObject({ pattern: 'api.example.com', ports: [], scope: 'workspace', workspaceId: '01234567', note: 'why' });
    expect(draft({ pattern: 'api.example.com.', allowPrivate: true, minutes: 5 }).id).toBe(one.id);
    const others = [
      { verdict: 'deny' as const },
      { ports: [443] },
      { http: { methods: [], pathPrefix: '/v1' } },
      { http: { methods: ['GET' as const], pathPrefix: '/v1' } },
    ].map((rest) => draft({ pattern: 'api.example.com', ...rest }).id);
    expect(new Set([one.id, ...others]).size).toBe(5);
  });

  it('takes a port that is written with the name', () => {
    expect(draft({ pattern: 'db.example.com:5432' })).toMatchObject({ pattern: 'db.example.com', ports: [5432] });
    expect(draft({ pattern: 'db.example.com:443', ports: [5432, 443] }).ports).toEqual([443, 5432]);
    for (const pattern of [
      'db.example.com:0',
      'db.example.com:65536',
      'db.example.com:',
      'db.example.com:1:2',
      '10.0.0.1:80',
      '[::1]:80',
      'https://db.example.com:5432',
    ])
      expect(refusal({ pattern })).toMatch(/^domain\/malformed: [A-Z].*[.a-z]$/);
  });

  it('for TCP other than the web’s names one host; to deny, a star will do', () => {
    expect(refusal({ pattern: '*.example.com:22' })).toContain('exact name');
    expect(draft({ pattern: '*.example.com:22', verdict: 'deny' }).ports).toEqual([22]);
    expect(draft({ pattern: '*.example.com:443' }).ports).toEqual([443]);
  });

  it('for some requests is one of plain HTTP to one host, with a path that can be read in one way', () => {
    const http = { methods: ['POST', 'GET', 'GET'] as const, pathPrefix: '/v1/' };
    expect(draft({ pattern: 'a.example.com', http: { ...http, methods: [...http.methods] } })).toMatchObject({
      ports: [80],
      http: { methods: ['GET', 'POST'], pathPrefix: '/v1' },
    });
    const any = { methods: [], pathPrefix: '/' };
    expect(refusal({ pattern: '*.example.com', http: any })).toContain('domain/invalid');
    expect(refusal({ pattern: 'a.example.com', http: any, ports: [443] })).toContain('port 80 only');
    expect(refusal({ pattern: 'a.example.com', http: any, verdict: 'deny' })).toContain('whole name');
    for (const pathPrefix of ['v1', '//', '/a//b', '/a/../b', '/a/.', '/..', '/a%2fb', '/a;b', '/a\\b', '/a b', '/a\n', '/ü', '/a?b', '/a|b'])
      expect(refusal({ pattern: 'a.example.com', http: { methods: [], pathPrefix } })).toContain('domain/invalid');
  });

  it('that holds once and is not used goes after ten minutes', () => {
    const once = draftRule({ ...plain, pattern: 'a.example.com' }, { scope: 'once', owner: '01234567' }, 0);
    expect(once.expiresAt).toBe('1970-01-01T00:10:00.000Z');
    expect(draft({ pattern: 'a.example.com' }).expiresAt).toBeUndefined();
    expect(draft({ pattern: 'a.example.com', minutes: 2 }).expiresAt).toBe('2026-01-01T00:02:00.000Z');
  });

  it('is quiet only when it denies', () => {
    expect(refusal({ pattern: 'a.example.com', quiet: true })).toContain('deny rule');
    expect(draft({ pattern: 'a.example.com', quiet: true, verdict: 'deny', allowPrivate: true })).toMatchObject({ quiet: true, allowPrivate: false });
  });
});

it('an allow rule without ports speaks of the web’s, a deny rule of every one', () => {
  const [allow, deny] = [draft({ pattern: '*.example.com' }), draft({ pattern: '*.example.com', verdict: 'deny' })];
  expect([80, 443, 22].map((port) => concerns(allow, 'a.example.com', port))).toEqual([true, true, false]);
  expect([80, 443, 22].map((port) => concerns(deny, 'a.example.com', port))).toEqual([true, true, true]);
  expect(concerns(deny, 'example.com', 80)).toBe(false);
});

it('an index finds the rules that a look at each of them would', () => {
  const patterns = ['a.b.example.com', '*.b.example.com', '*.example.com', 'example.com', '*.other.org', 'b.example.com'];
  const rules = patterns.map((pattern) => draft({ pattern }));
  const find = indexRules(rules);
  for (const host of ['a.b.example.com', 'x.a.b.example.com', 'b.example.com', 'example.com', 'xexample.com', 'other.org', '', 'com'])
    expect(new Set(find(host, 443))).toEqual(new Set(rules.filter((rule) => concerns(rule, host, 443))));
});

it('a domain in a file may have a port', () => {
  expect(parseDomain('Git.example.com:22')).toBe('git.example.com:22');
  expect(parseDomain('*.Example.com')).toBe('*.example.com');
  expect(() => parseDomain('*.example.com:22')).toThrow(/exact name/);
});

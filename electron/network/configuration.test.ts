import { describe, expect, it } from 'vitest';
import type { Rule } from '../../shared/model/domain.ts';
import { isStillAllowed } from './configuration.ts';
import { draftRule } from './rule.ts';
import type { RuleInput } from './types.ts';

const refused = { unlessPrivate: ['10.0.0.0/8'], never: [] };
const web = { host: 'a.example.com', port: 443, address: '192.0.2.1' };

function rules(...inputs: readonly (Partial<RuleInput> & { readonly pattern: string })[]): readonly Rule[] {
  return inputs.map((input) => draftRule({ addedBy: 'user', allowPrivate: false, ...input }, { scope: 'global', owner: '' }));
}

describe('a connection that was let out lives on', () => {
  it.each([
    ['by its name and port', rules({ pattern: 'a.example.com:443' }), web, true],
    ['not by another port', rules({ pattern: 'a.example.com:80' }), web, false],
    ['not when a deny rule came', rules({ pattern: '*.example.com' }, { pattern: 'a.example.com', verdict: 'deny' }), web, false],
    ['when the deny rule is for another port', rules({ pattern: '*.example.com' }, { pattern: 'a.example.com:80', verdict: 'deny' }), web, true],
    ['over TCP, by its port', rules({ pattern: 'a.example.com:5432' }), { ...web, port: 5432 }, true],
    ['not over TCP by a rule for the web', rules({ pattern: 'a.example.com' }), { ...web, port: 5432 }, false],
    ['by a rule for some requests', rules({ pattern: 'a.example.com', http: { methods: ['GET'], pathPrefix: '/' } }), { ...web, port: 80 }, true],
    ['not at a private address without its rule', rules({ pattern: 'a.example.com' }), { ...web, address: '10.1.1.1' }, false],
    [
      'at a private address by one of several',
      rules({ pattern: 'a.example.com' }, { pattern: '*.example.com', allowPrivate: true }),
      { ...web, address: '10.1.1.1' },
      true,
    ],
    [
      'not at a private address by a rule for another port',
      rules({ pattern: 'a.example.com' }, { pattern: 'a.example.com:80', allowPrivate: true }),
      { ...web, address: '10.1.1.1' },
      false,
    ],
  ] as const)('%s', (_, own, connection, isAllowed) => {
    expect(isStillAllowed(own, 'restricted', refused, connection)).toBe(isAllowed);
  });

  it('in a mode that lets every name of the web out, unless it is denied; over TCP only by its rule', () => {
    for (const mode of ['full', 'learning'] as const) {
      expect(isStillAllowed([], mode, refused, web)).toBe(true);
      expect(isStillAllowed([], mode, refused, { ...web, port: 22 })).toBe(false);
      expect(isStillAllowed(rules({ pattern: '*.example.com', verdict: 'deny' }), mode, refused, web)).toBe(false);
    }
    expect(isStillAllowed(rules({ pattern: 'a.example.com' }), 'none', refused, web)).toBe(false);
  });
});

import type { Scenes } from '../fixtures/fake-api/answer.ts';

/** An invented project and an hour's work of an agent in it, for pictures. The agent and its tools are real: the files are changed and the tests run. */

const rules = `import type { Cart, Price, Rule } from './types.ts';

export function applyRules(cart: Cart, rules: readonly Rule[]): Price {
  let price = cart.subtotal;
  for (const rule of rules) price = rule.apply(price, cart);
  return round(price, cart.currency);
}

function round(price: Price, currency: string): Price {
  return currency === 'JPY' ? Math.round(price) : Math.round(price * 100) / 100;
}
`;

const types = `export type Price = number;
export type Cart = { readonly subtotal: Price; readonly currency: string; readonly items: number };
export type Rule = { readonly matches: (cart: Cart) => boolean; readonly apply: (price: Price, cart: Cart) => Price };
`;

const tests = `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyRules } from '../src/apply-rules.ts';

const cart = { subtotal: 80, currency: 'EUR', items: 2 };
const half = { matches: () => true, apply: (price: number) => price / 2 };
const bulk = { matches: () => false, apply: (price: number) => price - 10 };

test('a rule that matches is applied', () => assert.equal(applyRules(cart, [half]), 40));
test('a rule that does not match is left out', () => assert.equal(applyRules(cart, [half, bulk]), 40));
test('without rules the price is the subtotal', () => assert.equal(applyRules(cart, []), 80));
`;

// The image has no Node of its own on the path; the agents' is as good.
const check = '#!/bin/bash\ncd "$(dirname "$0")/.." && exec /opt/forgehold/tools/node/*/*/bin/node --test --test-reporter=spec\n';
const rates = '#!/bin/bash\nexec curl -sS http://feed.fxrates.example/daily.json\n';

export const orchard = {
  'README.md': '# Orchard API\n\nQuotes and orders for the orchard shop.\n',
  'bin/check': check,
  'bin/rates': rates,
  'package.json': '{ "name": "orchard-api", "type": "module", "private": true }\n',
  'src/apply-rules.ts': rules,
  'src/types.ts': types,
  'test/apply-rules.test.ts': tests,
};

export const prompt = 'Quotes come out too low when two discount rules match. Find out why and fix it.';

/** `folder` is the project's. */
export function scenes(folder: string): Scenes {
  const file = `${folder}/src/apply-rules.ts`;
  return {
    [prompt]: [
      [{ text: 'I will start with where the price is computed.' }, { tool: 'Read', input: { file_path: file } }],
      [
        { text: 'Every rule is applied, whether it matches this cart or not. I will pick the rules that match first.' },
        {
          tool: 'Edit',
          input: {
            file_path: file,
            old_string: '  let price = cart.subtotal;\n  for (const rule of rules) price = rule.apply(price, cart);\n  return round(price, cart.currency);',
            new_string:
              '  const active = rules.filter((rule) => rule.matches(cart));\n  const price = active.reduce((sum, rule) => rule.apply(sum, cart), cart.subtotal);\n  return round(price, cart.currency);',
          },
        },
      ],
      [{ tool: 'Bash', input: { command: 'bin/check', description: 'Run the tests' } }],
      [{ text: 'All three tests pass. Two rules that both match were never the cause: a rule that did **not** match lowered the price too.' }],
    ],
  };
}

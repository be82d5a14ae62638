import { findNodeAtLocation, type JSONPath, type Node, parseTree } from 'jsonc-parser';
import { parse as parseToml, TomlError } from 'smol-toml';
import { z } from 'zod';
import type { Rule } from '../../shared/model/domain.ts';
import { createLineFinder } from './line-finder.ts';
import type { RefusedLine, RuleLine } from './rule-lines.ts';

/** What was read, and as what. */
export type List = { readonly format: string; readonly lines: readonly RuleLine[]; readonly refused: readonly RefusedLine[] };

type Found = { readonly verdict: Rule['verdict']; readonly text: string; readonly offset: number };
/** Looks for the domains of one form; an empty answer: it is another one. */
type Form = { readonly format: string; readonly find: (root: Node) => readonly Found[] };

/**
 * Where other tools keep the domains that they allow and deny.
 * @see https://code.claude.com/docs/en/settings, https://cursor.com/docs/reference/sandbox, https://github.com/anthropic-experimental/sandbox-runtime
 */
const forms: readonly Form[] = [
  {
    format: 'Claude Code settings',
    find: (root) => [
      ...listAt(root, ['sandbox', 'network', 'allowedDomains'], 'allow'),
      ...listAt(root, ['sandbox', 'network', 'deniedDomains'], 'deny'),
      ...listAt(root, ['permissions', 'allow'], 'allow').flatMap(fetchedDomain),
      ...listAt(root, ['permissions', 'deny'], 'deny').flatMap(fetchedDomain),
    ],
  },
  {
    format: 'Sandbox Runtime settings',
    find: (root) => [...listAt(root, ['network', 'allowedDomains'], 'allow'), ...listAt(root, ['network', 'deniedDomains'], 'deny')],
  },
  {
    format: 'Cursor sandbox.json',
    find: (root) => [...listAt(root, ['networkPolicy', 'allow'], 'allow'), ...listAt(root, ['networkPolicy', 'deny'], 'deny')],
  },
  {
    // It has no entry for domains: features that set up a firewall, and variables that their scripts read, list them.
    format: 'devcontainer.json',
    find: (root) => [
      ...propertiesAt(root, ['features']).flatMap(([feature, options]) =>
        /firewall|sandbox/i.test(feature) ? propertiesAt(options, []).flatMap(([name, value]) => (/^hosts$|domains$/i.test(name) ? wordsOf(value) : [])) : [],
      ),
      ...[...propertiesAt(root, ['containerEnv']), ...propertiesAt(root, ['remoteEnv'])].flatMap(([name, value]) =>
        /ALLOW.*(DOMAIN|HOST)S?$/i.test(name) ? wordsOf(value) : [],
      ),
    ],
  },
  { format: 'JSON list', find: (root) => listAt(root, [], 'allow') },
];

/** A list in a form of somebody else's, as JSON (checked already); null when no domains are where one of them has them. */
export function readForeignJson(text: string): List | null {
  const root = parseTree(text, [], { allowTrailingComma: true });
  if (root === undefined) return null;
  return forms.reduce<List | null>((list, { format, find }) => list ?? toList(format, text, find(root)), null);
}

const domainsSchema = z.record(z.string(), z.enum(['allow', 'deny']));
const networkSchema = z.looseObject({
  domains: domainsSchema.optional(),
  allowed_domains: z.array(z.string()).optional(),
  denied_domains: z.array(z.string()).optional(),
});
const codexSchema = z.looseObject({ permissions: z.record(z.string(), z.looseObject({ network: networkSchema.optional() })) });

/**
 * The permission profiles of Codex's `config.toml`, each with its network; null when it is no such file.
 * @see https://developers.openai.com/codex/config-reference
 */
export function readCodexToml(text: string): List | null {
  const parsed = codexSchema.safeParse(parseTomlOrNull(text));
  if (!parsed.success) return null;
  const found = Object.values(parsed.data.permissions).flatMap(({ network = {} }): Found[] => [
    ...Object.entries(network.domains ?? {}).map(([domain, verdict]) => ({ verdict, text: domain, offset: offsetOf(text, domain) })),
    ...(network.allowed_domains ?? []).map((domain) => ({ verdict: 'allow' as const, text: domain, offset: offsetOf(text, domain) })),
    ...(network.denied_domains ?? []).map((domain) => ({ verdict: 'deny' as const, text: domain, offset: offsetOf(text, domain) })),
  ]);
  return toList('Codex config.toml', text, found);
}

function parseTomlOrNull(text: string): unknown {
  try {
    return parseToml(text);
  } catch (error) {
    if (error instanceof TomlError) return null;
    throw error;
  }
}

/** The parser tells no places: where the text stands first. */
function offsetOf(text: string, domain: string): number {
  return Math.max(0, text.indexOf(JSON.stringify(domain)), text.indexOf(`'${domain}'`));
}

function listAt(root: Node, path: JSONPath, verdict: Rule['verdict']): readonly Found[] {
  const node = findNodeAtLocation(root, path);
  if (node?.type !== 'array') return [];
  return (node.children ?? []).map((child) => ({ verdict, text: textOf(child), offset: child.offset }));
}

function propertiesAt(root: Node, path: JSONPath): readonly (readonly [string, Node])[] {
  const node = findNodeAtLocation(root, path);
  if (node?.type !== 'object') return [];
  return (node.children ?? []).flatMap(({ children: [name, value] = [] }) => (name && value ? [[String(name.value), value] as const] : []));
}

/** Names in a list, or in one text with commas or spaces between them. */
function wordsOf(node: Node): readonly Found[] {
  if (node.type === 'array') return listAt(node, [], 'allow');
  const words = textOf(node).split(/[\s,;]+/);
  return words.filter((word) => word !== '').map((word) => ({ verdict: 'allow', text: word, offset: node.offset }));
}

function textOf(node: Node): string {
  return typeof node.value === 'string' ? node.value : JSON.stringify(node.value ?? node.type);
}

/** `WebFetch(domain:example.com)`; other permissions name no domain. */
function fetchedDomain(found: Found): readonly Found[] {
  const domain = /^WebFetch\(domain:(.*)\)$/.exec(found.text)?.[1];
  return domain === undefined ? [] : [{ ...found, text: domain }];
}

function toList(format: string, text: string, found: readonly Found[]): List | null {
  if (found.length === 0) return null;
  const lineOf = createLineFinder(text);
  const lines = found.flatMap((one) =>
    patternsOf(one.text).map((pattern): RuleLine => ({ line: lineOf(one.offset), text: one.text, pattern, verdict: one.verdict })),
  );
  return { format, lines, refused: [] };
}

/** `.name` and `**.name` are others' words for a name and all below it. */
function patternsOf(text: string): readonly string[] {
  const name = /^(?:\*\*)?\.([^.*].*)$/.exec(text.trim())?.[1];
  return name === undefined ? [text] : [name, `*.${name}`];
}

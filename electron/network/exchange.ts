import { createScanner, findNodeAtLocation, parseTree } from 'jsonc-parser';
import { z } from 'zod';
import { AppError } from '../../shared/errors.ts';
import { httpRuleSchema, portSchema, type Rule, ruleSchema } from '../../shared/model/domain.ts';
import { readJsonc } from '../lib/read-jsonc.ts';
import { type List, readCodexToml, readForeignJson } from './foreign-lists.ts';
import { createLineFinder } from './line-finder.ts';
import { type RefusedLine, readRuleLines, type RuleLine } from './rule-lines.ts';

const format = 'forgehold-domains';
const version = 1;

/** All of a rule that means something on another list: not whose it is, who added it, nor when. */
const keptSchema = z.strictObject({
  pattern: z.string().min(1).max(512),
  verdict: ruleSchema.shape.verdict.default('allow'),
  ports: z.array(portSchema).max(16).default([]),
  http: httpRuleSchema.optional(),
  allowPrivate: z.boolean().default(false),
  quiet: z.boolean().default(false),
  note: z.string().max(200).optional(),
});
const fileSchema = z.looseObject({ format: z.literal(format), version: z.number(), rules: z.array(z.unknown()) });

/** A list to be kept or read elsewhere. Rules that go by themselves are left out: read again they would stay. */
export function formatList(rules: readonly Rule[]): string {
  const lasting = rules.filter(({ scope, expiresAt }) => scope !== 'once' && scope !== 'session' && expiresAt === undefined);
  const kept = lasting.map(({ pattern, verdict, ports, http, allowPrivate, quiet, note }) => ({
    ...{ pattern, verdict },
    ...(ports.length > 0 && { ports }),
    ...(http && { http }),
    ...(allowPrivate && { allowPrivate }),
    ...(quiet && { quiet }),
    ...(note !== undefined && { note }),
  }));
  // One rule a line, so that a list under version control can be compared.
  const unique = [...new Set(kept.map((rule) => `    ${JSON.stringify(rule)}`))].join(',\n');
  return `{\n  "format": "${format}",\n  "version": ${version},\n  "rules": [${unique === '' ? '' : `\n${unique}\n  `}]\n}\n`;
}

/**
 * A list in whichever of the known forms it is: ours, settings of another tool, or lines.
 * @throws domain/list-unknown (there is no list in it that is known)
 */
export function readList(text: string): List {
  const content = text.replace(/^\uFEFF/, '');
  if (content.trim() === '') throw unknown('There is nothing in it. Give domains, one a line, or a list that was exported.');
  if (isJson(content)) return readJsonList(content);
  // A table's head, which begins no line of a list.
  if (/^[ \t]*\[{1,2}[\w."' -]+\]{1,2}[ \t]*(#.*)?$/m.test(content))
    return readCodexToml(content) ?? fail('This TOML holds no domains where Forgehold knows to look: the network of a permission profile of Codex.');
  return { format: 'lines', lines: readRuleLines(content), refused: [] };
}

/** By its first tokens, behind comments. */
function isJson(text: string): boolean {
  const scanner = createScanner(text, true);
  const next = (): string => {
    scanner.scan();
    return text[scanner.getTokenOffset()] ?? '';
  };
  const first = next();
  return first === '{' || (first === '[' && next() === '"');
}

function readJsonList(text: string): List {
  const parsed = readJsonc(new TextEncoder().encode(text), { maxProperties: 100_000 });
  if ('problem' in parsed) throw unknown(parsed.problem);
  const isOurs = z.looseObject({ format: z.literal(format) }).safeParse(parsed.value).success;
  if (isOurs) return readOurs(text, parsed.value);
  return (
    readForeignJson(text) ??
    fail(
      'This JSON holds no domains where Forgehold knows to look: a list it exported, devcontainer.json, or the settings of Claude Code, Cursor or Sandbox Runtime.',
    )
  );
}

function readOurs(text: string, value: unknown): List {
  const file = fileSchema.safeParse(value);
  if (!file.success) throw unknown('This list is not whole: it has no version or no rules. Export it again.');
  if (file.data.version > version) throw unknown(`This list is of version ${file.data.version}, which this Forgehold does not know. Update Forgehold first.`);
  const [root, lineOf] = [parseTree(text, [], { allowTrailingComma: true }), createLineFinder(text)];
  const lines: RuleLine[] = [];
  const refused: RefusedLine[] = [];
  for (const [at, one] of file.data.rules.entries()) {
    const place = { line: lineOf((root && findNodeAtLocation(root, ['rules', at])?.offset) ?? 0), text: JSON.stringify(one).slice(0, 300) };
    const rule = keptSchema.safeParse(one);
    if (rule.success) lines.push({ ...place, ...rule.data });
    else refused.push({ ...place, reason: describeIssue(rule.error) });
  }
  return { format: 'Forgehold list', lines, refused };
}

function describeIssue({ issues: [first] }: z.ZodError): string {
  const place = first?.path.join('.') ?? '';
  return `${place === '' ? '' : `${place}: `}${first?.message ?? 'It is no rule.'}`;
}

function unknown(message: string): AppError {
  return new AppError('domain/list-unknown', message);
}

function fail(message: string): never {
  throw unknown(message);
}

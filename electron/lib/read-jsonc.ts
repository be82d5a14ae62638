import { createScanner, parse, type ParseError, printParseErrorCode, visit } from 'jsonc-parser';

const maxDepth = 16;
/** What a person writes by hand stays far below. */
const manyProperties = 2_000;

/** A value of a file that a stranger may have written, or the sentence that says why there is none. */
export type Parsed = { readonly value: unknown } | { readonly problem: string };

/**
 * JSON with comments, as devcontainer.json has it. A name that stands twice in an object, or that means something to JavaScript itself,
 * makes the file unusable: two readers could understand two things.
 */
export function readJsonc(content: Uint8Array, { maxProperties = manyProperties }: { readonly maxProperties?: number } = {}): Parsed {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    return { problem: 'It is no UTF-8 text.' };
  }
  if (isTooDeep(text)) return { problem: `It is nested deeper than ${maxDepth} levels.` };
  const wrongName = findWrongName(text, maxProperties);
  if (wrongName !== null) return { problem: wrongName };
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (!first) return { value };
  const line = text.slice(0, first.offset).split('\n').length;
  return { problem: `It is no JSON: ${printParseErrorCode(first.error)} in line ${line}.` };
}

/** The parser calls itself for each level: looked at before it runs. */
function isTooDeep(text: string): boolean {
  const scanner = createScanner(text, true);
  let depth = 0;
  for (scanner.scan(); scanner.getTokenOffset() < text.length; scanner.scan()) {
    const first = text[scanner.getTokenOffset()] ?? '';
    if ('{['.includes(first)) depth += 1;
    if ('}]'.includes(first)) depth -= 1;
    if (depth > maxDepth) return true;
  }
  return false;
}

function findWrongName(text: string, maxProperties: number): string | null {
  const open: Set<string>[] = [];
  let count = 0;
  let problem: string | null = null;
  visit(text, {
    onObjectBegin: () => void open.push(new Set()),
    onObjectEnd: () => void open.pop(),
    onObjectProperty(name) {
      const names = open.at(-1);
      count += 1;
      if (count > maxProperties) problem ??= `It has more than ${maxProperties} entries.`;
      if (['__proto__', 'constructor', 'prototype'].includes(name)) problem ??= `It uses the name "${name}".`;
      if (names?.has(name)) problem ??= `The name ${JSON.stringify(name.slice(0, 60))} stands twice in one object.`;
      names?.add(name);
    },
  });
  return problem;
}

/** Text that shows as something else than it is: control characters, invisible ones, those that turn the direction of writing. */
export function hidesText(value: unknown): boolean {
  if (typeof value === 'string') return /[^\P{Cc}\n\t]|[\p{Cf}\p{Co}\u2028\u2029]/u.test(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([name, one]) => hidesText(name) || hidesText(one));
}

import type { z } from 'zod';
import type { WorkspaceOptions } from '../../../shared/model/options.ts';
import { fileOptionsSchema, type ProjectFindings, projectFileSchema } from '../../../shared/model/project-file.ts';

/** What a file asks for, in Forgehold's words. */
export type Understood = { readonly asks: Asks; readonly notes: readonly string[] } | { readonly problem: string };
export type Asks = ProjectFindings['files'][number]['asks'];

export type Rules = {
  /** Throws for what is no domain. */
  readonly parsePattern: (pattern: string) => string;
  /** Variables that hold a key of some agent. */
  readonly keyNames: () => readonly string[];
};

const optionNames = new Set(Object.keys(fileOptionsSchema.shape));
/** What is an option, and not for a file. */
const userOnly: ReadonlyMap<string, string> = new Map([
  ['mounts', 'It asks for folders of this computer (mounts). Add them to the workspace yourself, if you want that.'],
  ['labels', 'It asks for labels. Those are yours to set.'],
  ['skipPermissions', 'It asks to skip the agent’s permission prompts. That is yours to decide.'],
  ['extraArguments', 'It asks for arguments of the agent. Those are yours to set.'],
]);

/** `.forgehold.json`. */
export function understandProjectFile(value: unknown, rules: Rules): Understood {
  if (!isObject(value)) return { problem: 'It is no JSON object.' };
  const notes: string[] = [];
  const known = new Set(Object.keys(projectFileSchema.shape));
  for (const name of Object.keys(value)) if (!known.has(name)) notes.push(`It has an entry ${shown(name)}, which means nothing here.`);
  const options = isObject(value['options']) ? keepOptions(value['options'], notes) : value['options'];
  const kept = { ...Object.fromEntries(Object.entries(value).filter(([name]) => known.has(name))), ...(options !== undefined && { options }) };
  const parsed = projectFileSchema.safeParse(kept);
  if (!parsed.success) return { problem: describeIssue(parsed.error) };
  const { agent, postCreate } = parsed.data;
  const lines = postCreate === undefined ? undefined : [shellLine(postCreate)];
  return {
    asks: {
      ...(agent !== undefined && { agent }),
      options: withoutForbidden(parsed.data.options ?? {}, rules, notes),
      ...(lines !== undefined && { postCreate: lines }),
    },
    notes,
  };
}

function keepOptions(given: Record<string, unknown>, notes: string[]): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(given).filter(([name]) => {
      if (optionNames.has(name)) return true;
      notes.push(userOnly.get(name) ?? `It has an option ${shown(name)}, which does not exist.`);
      return false;
    }),
  );
}

/** Keys would be in the container's configuration for all to read; what is no domain would make every creation fail. */
export function withoutForbidden(options: WorkspaceOptions, { parsePattern, keyNames }: Rules, notes: string[]): WorkspaceOptions {
  const keys = new Set(keyNames());
  const env = Object.entries(options.env ?? {}).filter(([name]) => {
    if (!keys.has(name)) return true;
    notes.push(`It sets ${name}, which is an agent's key. Keys are given to Forgehold, by you.`);
    return false;
  });
  const domains = (options.domains ?? []).filter((domain) => {
    try {
      parsePattern(domain);
      return true;
    } catch (error) {
      notes.push(`It names ${shown(domain)} as a domain. ${(error as Error).message}`);
      return false;
    }
  });
  return { ...options, ...(options.env && { env: Object.fromEntries(env) }), ...(options.domains && { domains }) };
}

/** One line for `sh -c`. */
export function shellLine(command: string | readonly string[]): string {
  return typeof command === 'string' ? command : command.map(quoteWord).join(' ');
}

function quoteWord(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text of the file in a sentence of ours. */
export function shown(text: string): string {
  return JSON.stringify(text.replaceAll(/[\p{Cc}\p{Cf}\p{Co}\u2028\u2029]/gu, '?').slice(0, 80));
}

export function describeIssue(error: z.ZodError): string {
  const [first] = error.issues;
  if (!first) return 'It is not of the form that Forgehold knows.';
  const place = first.path.map((part) => shown(String(part)).slice(1, -1)).join('.');
  return `${place === '' ? 'It' : place}: ${first.message}`;
}

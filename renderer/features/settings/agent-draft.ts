import type { z } from 'zod';
import { type AgentDefinitionData, agentDefinitionSchema } from '../../../shared/model/agent-definition.ts';

/** An agent type as the form holds it: text everywhere, lists a line each. */
export type AgentDraft = {
  readonly agent: string;
  readonly title: string;
  readonly kind: 'npm' | 'image';
  readonly package: string;
  readonly version: string;
  readonly executable: string;
  readonly always: string;
  readonly resume: string;
  readonly fork: string;
  readonly skipPermissions: string;
  readonly model: string;
  readonly keyNames: string;
  readonly domains: string;
  readonly environment: string;
  readonly folder: string;
  readonly names: string;
};

const empty: AgentDraft = {
  agent: '',
  title: '',
  kind: 'npm',
  package: '',
  version: '',
  executable: '',
  always: '',
  resume: '',
  fork: '',
  skipPermissions: '',
  model: '',
  keyNames: '',
  domains: '',
  environment: '',
  folder: '',
  names: '',
};

export function toDraft(data: AgentDefinitionData | null): AgentDraft {
  if (!data) return empty;
  const { program, arguments: given, userFiles } = data;
  return {
    agent: data.agent,
    title: data.title,
    kind: program.kind,
    package: program.kind === 'npm' ? program.package : '',
    version: program.kind === 'npm' ? program.version : '',
    executable: program.executable,
    always: given.always.join('\n'),
    resume: given.resume.join('\n'),
    fork: given.fork.join('\n'),
    skipPermissions: given.skipPermissions.join('\n'),
    model: given.model.join('\n'),
    keyNames: data.keyNames.join('\n'),
    domains: data.domains.join('\n'),
    environment: Object.entries(data.environment)
      .map(([name, value]) => `${name}=${value}`)
      .join('\n'),
    folder: userFiles?.folder ?? '',
    names: userFiles?.names.join('\n') ?? '',
  };
}

export type DraftResult =
  | { readonly ok: true; readonly data: AgentDefinitionData }
  | { readonly ok: false; /** By the path of the schema's field. */ readonly problems: ReadonlyMap<string, string> };

/** Checks what was typed against the schema of the contract, so that the core is not asked for what it would refuse. */
export function readDraft(draft: AgentDraft): DraftResult {
  const environment = readEnvironment(draft.environment);
  if (environment === null) return { ok: false, problems: new Map([['environment', 'Give each variable a line: NAME=value.']]) };
  const executable = draft.executable.trim();
  const parsed = agentDefinitionSchema.safeParse({
    agent: draft.agent.trim(),
    title: draft.title,
    program: draft.kind === 'npm' ? { kind: 'npm', package: draft.package.trim(), version: draft.version.trim(), executable } : { kind: 'image', executable },
    arguments: {
      always: linesOf(draft.always),
      resume: linesOf(draft.resume),
      fork: linesOf(draft.fork),
      skipPermissions: linesOf(draft.skipPermissions),
      model: linesOf(draft.model),
    },
    keyNames: linesOf(draft.keyNames),
    domains: linesOf(draft.domains),
    environment,
    ...(draft.folder.trim() !== '' && { userFiles: { folder: draft.folder.trim(), names: linesOf(draft.names) } }),
  });
  return parsed.success ? { ok: true, data: parsed.data } : { ok: false, problems: problemsOf(parsed.error) };
}

/** An argument keeps its inner spaces: a line is one word of the command. */
function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

function readEnvironment(text: string): Record<string, string> | null {
  const pairs = linesOf(text).map((line) => [line.slice(0, line.indexOf('=')).trim(), line.slice(line.indexOf('=') + 1)] as const);
  return pairs.some(([name]) => name === '') || linesOf(text).some((line) => !line.includes('=')) ? null : Object.fromEntries(pairs);
}

/** The first issue of each field; an issue inside a list belongs to the list. */
function problemsOf(error: z.ZodError): ReadonlyMap<string, string> {
  const issues = error.issues.map((issue) => [fieldOf(issue.path.map(String)), issue.message] as const);
  return new Map(issues.toReversed());
}

export function fieldOf(path: readonly string[]): string {
  const nested = path[0] === 'program' || path[0] === 'arguments' || path[0] === 'userFiles';
  return path.slice(0, nested ? 2 : 1).join('.');
}

import { createHash } from 'node:crypto';
import { AppError } from '../../shared/errors.ts';
import type { HttpRule, Rule, RuleScope } from '../../shared/model/domain.ts';
import { isPlainPath } from './path.ts';
import { matches, parseTarget } from './pattern.ts';
import type { RuleInput } from './types.ts';

/** What an allow rule without ports lets out: plain HTTP and TLS, through the gateway's own two listeners. Everything else is TCP by name. */
export const webPorts: readonly number[] = [80, 443];
const MINUTE = 60_000;
/** A `once` rule that nobody uses, in minutes. One that was used has a minute from then (`RuleStore.use`). */
const ONCE_UNUSED = 10;

/** Where a rule holds, as it is stored. `owner`: a workspace, a project, or '' for every project. */
export type Place = { readonly scope: RuleScope; readonly owner: string };

/** Null: every port. */
export function portsOf({ verdict, ports }: Pick<Rule, 'verdict' | 'ports'>): readonly number[] | null {
  if (ports.length > 0) return ports;
  return verdict === 'allow' ? webPorts : null;
}

/** Whether a rule speaks of a connection to `host` (normalised) at `port`; one for some requests only speaks of each of the host's. */
export function concerns(rule: Pick<Rule, 'verdict' | 'pattern' | 'ports'>, host: string, port: number): boolean {
  return matches(rule.pattern, host) && (portsOf(rule)?.includes(port) ?? true);
}

/** For many names at a time: the rules that speak of one, by a look at each of its endings instead of at each rule. */
export function indexRules(rules: readonly Rule[]): (host: string, port: number) => readonly Rule[] {
  const byPattern = Map.groupBy(rules, ({ pattern }) => pattern);
  return (host, port) => {
    const labels = host.split('.');
    const patterns = [host, ...labels.slice(1).map((_, index) => `*.${labels.slice(index + 1).join('.')}`)];
    return patterns.flatMap((pattern) => byPattern.get(pattern) ?? []).filter((rule) => concerns(rule, host, port));
  };
}

/** The first twelve digits of a hash over what makes a rule what it is; `migrations.ts` says the same in SQL. */
export function ruleId({ scope, owner }: Place, rule: Pick<Rule, 'verdict' | 'pattern' | 'ports' | 'http'>): string {
  const facts = [scope, owner, rule.verdict, rule.pattern, rule.ports, rule.http ?? null];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 12);
}

/**
 * The rule that an input asks for, normalised. Pure but for the clock.
 * @throws domain/malformed (the name), domain/invalid (parts that do not go together); each says what to do instead
 */
export function draftRule(input: RuleInput, place: Place, now = Date.now()): Rule {
  const { addedBy, allowPrivate, verdict = 'allow', quiet = false, note, preset } = input;
  const { pattern, port } = parseTarget(input.pattern);
  const http = input.http && normaliseHttp(input.http);
  const ports = normalisePorts(port === null ? (input.ports ?? []) : [port, ...(input.ports ?? [])], verdict, http);
  if (http !== undefined) refuseHttp(pattern, verdict, ports);
  const tcp = ports.find((one) => !webPorts.includes(one));
  if (tcp !== undefined && verdict === 'allow' && pattern.startsWith('*.'))
    throw invalid(
      `Port ${tcp} is reached by one exact name at a time, so ${pattern} cannot have it. Allow each name with its port, such as db.example.com:${tcp}.`,
    );
  if (quiet && verdict === 'allow') throw invalid('Only a deny rule can be quiet: what is allowed is always shown.');
  const expiresAt = expiryOf(input, place.scope, now);
  const body = { verdict, pattern, ports, ...(http && { http }) };
  return {
    ...{ id: ruleId(place, body), ...body, allowPrivate: allowPrivate && verdict === 'allow', quiet, scope: place.scope },
    ...ownerOf(place),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(note !== undefined && note.trim() !== '' && { note: note.trim() }),
    addedBy,
    ...(preset !== undefined && addedBy === 'preset' && { preset }),
    addedAt: new Date(now).toISOString(),
  };
}

/** `name`, `*.name` or `name:port`, as a list of domains in a file may hold it: normalised. Throws as `draftRule` does. */
export function parseDomain(text: string): string {
  draftRule({ pattern: text, addedBy: 'user', allowPrivate: false }, { scope: 'global', owner: '' });
  const { pattern, port } = parseTarget(text);
  return port === null ? pattern : `${pattern}:${port}`;
}

export function ownerOf({ scope, owner }: Place): Pick<Rule, 'projectId' | 'workspaceId'> {
  if (scope === 'global') return {};
  return scope === 'project' ? { projectId: owner } : { workspaceId: owner };
}

export function placeOf({ scope, projectId, workspaceId }: Pick<Rule, 'scope' | 'projectId' | 'workspaceId'>): Place {
  return { scope, owner: (scope === 'project' ? projectId : scope === 'global' ? '' : workspaceId) ?? '' };
}

function expiryOf({ minutes, expiresAt }: RuleInput, scope: RuleScope, now: number): string | undefined {
  if (expiresAt !== undefined) return new Date(expiresAt).toISOString();
  const wanted = minutes ?? (scope === 'once' ? ONCE_UNUSED : undefined);
  return wanted === undefined ? undefined : new Date(now + wanted * MINUTE).toISOString();
}

function normalisePorts(ports: readonly number[], verdict: Rule['verdict'], http: HttpRule | undefined): number[] {
  const sorted = [...new Set(ports)].sort((one, other) => one - other);
  if (http !== undefined && sorted.length === 0) return [80];
  const isDefault = verdict === 'allow' && sorted.length === webPorts.length && sorted.every((port) => webPorts.includes(port));
  return isDefault ? [] : sorted;
}

function normaliseHttp({ methods, pathPrefix }: HttpRule): HttpRule {
  const path = pathPrefix.replace(/(?<=[^/])\/$/, '');
  if (!isPlainPath(path))
    throw invalid(
      'A path begins with "/" and holds letters, digits and - . _ ~ ! $ & * + , : = @ only, without "//", "." or ".." as a part, such as /v1/models.',
    );
  return { methods: [...new Set(methods)].sort(), pathPrefix: path };
}

function refuseHttp(pattern: string, verdict: Rule['verdict'], ports: readonly number[]): void {
  if (pattern.startsWith('*.')) throw invalid('A rule for some requests names one host exactly. Type the name without the star.');
  if (verdict === 'deny')
    throw invalid(
      'A deny rule holds for a whole name: a path can be written in too many ways to deny some. Allow the methods and paths that are wanted instead.',
    );
  if (ports.length !== 1 || ports[0] !== 80)
    throw invalid(
      'Methods and paths can be seen in plain HTTP on port 80 only: what is inside TLS is not looked at. Leave the port out, or leave method and path out.',
    );
}

function invalid(message: string): AppError {
  return new AppError('domain/invalid', message);
}

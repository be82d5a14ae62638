import type { Rule, RuleScope } from '../../shared/model/domain.ts';
import type { NetworkMode } from '../../shared/model/workspace-parts.ts';
import { indexRules, portsOf, webPorts } from './rule.ts';

export const mapNames = [
  ...(['deny.map', 'deny-suffix.map', 'deny-suffix-quiet.map'] as const),
  ...(['exact.map', 'suffix.map', 'suffix-private.map', 'requests.map', 'tcp.map', 'mode.map', 'until.map'] as const),
] as const;
export type MapName = (typeof mapNames)[number];
/** What the gateway looks names up in; `haproxy.cfg` says what each is. */
export type Maps = Readonly<Record<MapName, ReadonlyMap<string, string>>>;
/** What a map says of a name, before a slash and the rule's id. */
type Verdict = 'allow' | 'allow-private' | 'deny' | 'deny-quiet';

/** One command line of the runtime socket; the socket takes 16 kB (`tune.bufsize`). */
const LINE_BYTES = 8000;
/** Of rules that say the same, decisions name the one that lasts longest. */
const lasting: Readonly<Record<RuleScope, number>> = { once: 0, session: 1, workspace: 2, project: 3, global: 4 };
/** Of verdicts of one kind on the same name, the wider one stands: private addresses too, or shown. */
const width: Readonly<Record<Verdict, number>> = { allow: 0, 'allow-private': 1, 'deny-quiet': 2, deny: 3 };

/**
 * What ends by itself is written down with its end, so that the gateway keeps it while no core runs.
 * @param learnsUntil End of the mode `learning`, in ISO 8601.
 */
export function buildMaps(rules: readonly Rule[], mode: NetworkMode, nonce: string, learnsUntil?: string): Maps {
  const maps = Object.fromEntries(mapNames.map((name) => [name, new Map<string, string>()])) as Record<MapName, Map<string, string>>;
  const isDenied = indexRules(rules.filter(({ verdict }) => verdict === 'deny'));
  const ordered = rules.toSorted(
    (one, other) => width[verdictOf(one)] - width[verdictOf(other)] || endOf(one) - endOf(other) || lasting[one.scope] - lasting[other.scope],
  );
  // What comes later takes the place of what came before.
  for (const rule of ordered) {
    const value = `${verdictOf(rule)}/${rule.id}`;
    for (const [name, key] of rule.verdict === 'deny' ? denyKeys(rule) : allowKeys(rule)) maps[name].set(key, value);
    if (rule.verdict === 'allow' && rule.expiresAt !== undefined) maps['until.map'].set(rule.id, secondsOf(rule.expiresAt));
    if (rule.http !== undefined) maps['requests.map'].set(`${rule.pattern}|`, 'other');
  }
  for (const key of maps['tcp.map'].keys()) {
    const [name, port] = key.split(':');
    const denying = isDenied(name!, Number(port))
      .toSorted((one, other) => width[verdictOf(one)] - width[verdictOf(other)])
      .at(-1);
    if (denying !== undefined) maps['tcp.map'].set(key, `${verdictOf(denying)}/${denying.id}`);
  }
  maps['mode.map'].set('mode', mode).set('nonce', nonce);
  if (mode === 'learning' && learnsUntil !== undefined) maps['until.map'].set('mode', secondsOf(learnsUntil));
  return maps;
}

function endOf({ expiresAt }: Rule): number {
  return expiresAt === undefined ? Number.MAX_SAFE_INTEGER : Date.parse(expiresAt);
}

/** Since the epoch, as the gateway's clock counts; a part of a second is the rule's. */
function secondsOf(moment: string): string {
  return String(Math.ceil(Date.parse(moment) / 1000));
}

function verdictOf({ verdict, allowPrivate, quiet }: Rule): Verdict {
  if (verdict === 'deny') return quiet ? 'deny-quiet' : 'deny';
  return allowPrivate ? 'allow-private' : 'allow';
}

type Key = readonly [map: MapName, key: string];

/** Without ports, the name alone. */
function denyKeys({ pattern, ports, quiet }: Rule): readonly Key[] {
  const isSuffix = pattern.startsWith('*.');
  const name = isSuffix ? pattern.slice(1) : pattern;
  const map = isSuffix ? (quiet ? 'deny-suffix-quiet.map' : 'deny-suffix.map') : 'deny.map';
  return ports.length === 0 ? [[map, name]] : ports.map((port) => [map, `${name}:${port}`]);
}

function allowKeys(rule: Rule): readonly Key[] {
  const { pattern, http, allowPrivate } = rule;
  if (http !== undefined) {
    const prefix = http.pathPrefix === '/' ? '/' : `${http.pathPrefix}/`;
    return (http.methods.length === 0 ? ['*'] : http.methods).map((method) => ['requests.map', `${pattern}|${method}${prefix}`]);
  }
  if (pattern.startsWith('*.')) return portsOf(rule)!.map((port) => [allowPrivate ? 'suffix-private.map' : 'suffix.map', `${pattern.slice(1)}:${port}`]);
  return portsOf(rule)!.map((port) => [webPorts.includes(port) ? 'exact.map' : 'tcp.map', `${pattern}:${port}`]);
}

export function renderMap(map: ReadonlyMap<string, string>): string {
  return [...map].map(([key, value]) => `${key} ${value}\n`).join('');
}

/** What turns `before` into `after`, grouped into lines. What forbids comes first: for no moment is more allowed than before or after. */
export function diffCommands(before: Maps, after: Maps): readonly string[] {
  const [forbidding, changing, allowing]: [string[], string[], string[]] = [[], [], []];
  for (const name of mapNames) {
    const file = `/cfg/${name}`;
    const [adding, removing] = name.startsWith('deny') || name === 'until.map' ? [forbidding, allowing] : [allowing, forbidding];
    for (const key of before[name].keys()) if (!after[name].has(key)) removing.push(`del map ${file} ${key}`);
    for (const [key, value] of after[name]) {
      const old = before[name].get(key);
      if (old === undefined) adding.push(`add map ${file} ${key} ${value}`);
      else if (old !== value) changing.push(`set map ${file} ${key} ${value}`);
    }
  }
  return group([...forbidding, ...changing, ...allowing]);
}

function group(commands: readonly string[]): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const command of commands) {
    if (line.length + command.length > LINE_BYTES) {
      lines.push(line);
      line = '';
    }
    line += line === '' ? command : `;${command}`;
  }
  return line === '' ? lines : [...lines, line];
}

/** The answer of `show map`: `<pointer> <key> <value>` a line. */
export function parseMap(answer: string): ReadonlyMap<string, string> {
  const entries = answer.split('\n').map((line) => line.trim().split(' '));
  return new Map(entries.flatMap(([pointer, key, value]) => (pointer?.startsWith('0x') && key && value ? [[key, value] as const] : [])));
}

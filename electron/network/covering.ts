import type { Rule } from '../../shared/model/domain.ts';
import { matches } from './pattern.ts';
import { webPorts } from './rule.ts';

/** What an allow rule lets out, or somebody wants to reach. No ports: 80 and 443. */
export type Reach = { readonly pattern: string; readonly ports: readonly number[] };

/** Whether `outer` has every name and port that `inner` has. */
export function holds(outer: Reach, inner: Reach): boolean {
  const ports = portsOf(outer);
  return matches(outer.pattern, inner.pattern) && portsOf(inner).every((port) => ports.includes(port));
}

/** Whether a rule lets all of it out for good: not some requests only, and not for a while. */
export function letsOut(rule: Rule, reach: Reach): boolean {
  const lasts = rule.expiresAt === undefined && rule.scope !== 'once' && rule.scope !== 'session';
  return rule.verdict === 'allow' && rule.http === undefined && lasts && holds(rule, reach);
}

function portsOf({ ports }: Reach): readonly number[] {
  return ports.length === 0 ? webPorts : ports;
}

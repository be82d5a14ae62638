import { formatElapsed } from './format.ts';
import type { Decision, Preset, Rule, RuleScope } from './model/domain.ts';
import { describeReason } from './words.ts';

/** How long a rule holds, and where. */
export const scopeNames = {
  once: 'Once',
  session: 'Session',
  workspace: 'Workspace',
  project: 'Project',
  global: 'All projects',
} as const satisfies Record<RuleScope, string>;

export const scopeMeaning = {
  once: 'Until a minute after its first connection',
  session: 'Until the workspace stops',
  workspace: 'In this workspace, for good',
  project: 'In every workspace of the project',
  global: 'In every workspace of every project',
} as const satisfies Record<RuleScope, string>;

/** "Project", or what is left of a rule that goes by itself: "8 min left". */
export function describeHold({ scope, expiresAt }: Pick<Rule, 'scope' | 'expiresAt'>, now: number): string {
  if (expiresAt === undefined) return scopeNames[scope];
  return `${describeLeft(expiresAt, now)} left`;
}

const minute = 60_000;

/** How long until then: "40 s", "8 min", "3 h", "2 d". */
export function describeLeft(time: string, now: number): string {
  const left = Date.parse(time) - now;
  if (left < 60 * minute) return formatElapsed(left);
  return left < 24 * 60 * minute ? `${Math.floor(left / (60 * minute))} h` : `${Math.floor(left / (24 * 60 * minute))} d`;
}

/** The ports a rule is for, those too that go without saying. */
export function describePorts({ verdict, ports }: Pick<Rule, 'verdict' | 'ports'>): string {
  if (ports.length > 0) return ports.join(', ');
  return verdict === 'deny' ? 'all' : '80, 443';
}

/** Which requests of plain HTTP it is for: "GET /v1"; empty when for all. */
export function describeRequests({ http }: Pick<Rule, 'http'>): string {
  if (!http) return '';
  const path = http.pathPrefix === '/' ? '' : http.pathPrefix;
  return [http.methods.join(', '), path].filter(Boolean).join(' ');
}

/** Who added it; a preset by its title. */
export function describeSource({ addedBy, preset }: Pick<Rule, 'addedBy' | 'preset'>, presets: readonly Preset[]): string {
  switch (addedBy) {
    case 'preset':
      return presets.find((item) => item.id === preset)?.title ?? preset ?? 'Preset';
    case 'agent':
      return 'Agent';
    case 'project':
      return 'Project';
    case 'learning':
      return 'Learning';
    case 'user':
      return 'You';
  }
}

/** Why a connection was let out or not, with the rule or the address that decided. Empty for what an allow rule let out: that is as it should be. */
export function describeDecision(decision: Pick<Decision, 'reason' | 'address'>, rule: Pick<Rule, 'pattern'> | undefined): string {
  const { reason, address } = decision;
  if (reason === 'rule') return '';
  if (reason === 'denied' && rule) return `Denied by ${rule.pattern}`;
  if (reason === 'refused-address' && address !== undefined) return `Resolved to ${address}, a private address`;
  return describeReason(reason);
}

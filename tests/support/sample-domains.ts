import type { Blocked, Decision, Learned, LearningReview, Preset, Rule } from '../../shared/model/domain.ts';
import type { SelfTestReport } from '../../shared/model/selftest.ts';
import type { House } from './house.ts';

/** Invented rules, decisions and what belongs to them, for tests of what is shown of it. */
const workspaceId = '1'.repeat(8);
const projectId = '1'.repeat(12);

function minutesAgo(minutes: number): string {
  return new Date(Date.now() - minutes * 60_000).toISOString();
}

let lastRule = 0;

export function makeRule(pattern: string, parts: Partial<Rule> = {}): Rule {
  lastRule += 1;
  const scope = parts.scope ?? 'project';
  return {
    ...{ id: lastRule.toString(16).padStart(12, '0'), verdict: 'allow', pattern, ports: [], allowPrivate: false, quiet: false, scope },
    ...(scope === 'project' ? { projectId } : scope === 'global' ? {} : { workspaceId }),
    ...{ addedBy: 'user', addedAt: minutesAgo(9000), ...parts },
  };
}

function preset(id: string): Partial<Rule> {
  return { addedBy: 'preset', preset: id };
}

/** The list of a project that is lived in. */
export function sampleRules(): Rule[] {
  const claude = { addedBy: 'agent' } as const;
  return [
    makeRule('*.telemetry.example', { verdict: 'deny', scope: 'global', hits: 3, lastHitAt: minutesAgo(1) }),
    makeRule('api.anthropic.com', { ...claude, hits: 1204, lastHitAt: minutesAgo(0) }),
    makeRule('*.claude.com', { ...claude, hits: 18, lastHitAt: minutesAgo(22) }),
    makeRule('registry.npm.example', { ...preset('npm'), hits: 386, lastHitAt: minutesAgo(2) }),
    makeRule('*.githubusercontent.com', { ...preset('github'), hits: 61, lastHitAt: minutesAgo(9) }),
    makeRule('github.com', { ...preset('github'), ports: [22, 443], hits: 44, lastHitAt: minutesAgo(9) }),
    makeRule('api.github.com', { ...preset('github'), hits: 19, lastHitAt: minutesAgo(9) }),
    makeRule('browsers.playwright.example', { hits: 7, lastHitAt: minutesAgo(180), note: 'browsers for the end-to-end tests' }),
    makeRule('pg.staging.orchard.example', { ports: [5432], allowPrivate: true, hits: 230, lastHitAt: minutesAgo(0) }),
    makeRule('pay-sandbox.example', { scope: 'workspace', expiresAt: minutesAgo(-8.5), hits: 12, lastHitAt: minutesAgo(4) }),
    makeRule('docs.fastify.example', { scope: 'session', hits: 5, lastHitAt: minutesAgo(31) }),
    makeRule('mirror.debian.example', { ...preset('debian'), scope: 'global', ports: [80, 443], lastHitAt: minutesAgo(8700) }),
  ];
}

const data: Omit<Preset, 'on'>[] = [
  { id: 'npm', title: 'npm', kind: 'packages', domains: ['registry.npm.example'], because: 'There is a package-lock.json.' },
  {
    ...{ id: 'github', title: 'GitHub', kind: 'git', domains: ['github.com', 'api.github.com', '*.githubusercontent.com'] },
    because: 'The remote origin is there.',
  },
  {
    id: 'playwright',
    title: 'Playwright',
    kind: 'packages',
    domains: ['browsers.playwright.example', 'downloads.playwright.example'],
    because: 'package.json names it.',
  },
  { id: 'debian', title: 'Debian', kind: 'system', domains: ['mirror.debian.example'] },
  { id: 'pypi', title: 'PyPI', kind: 'packages', domains: ['pypi.example', 'files.pypi.example'] },
  { id: 'go', title: 'Go', kind: 'packages', domains: ['proxy.go.example', 'sum.go.example', 'storage.go.example'] },
  { id: 'cargo', title: 'Cargo', kind: 'packages', domains: ['crates.example', 'static.crates.example'] },
  { id: 'docker', title: 'Docker Hub', kind: 'services', domains: ['auth.docker.example', 'registry.docker.example', '*.cdn.docker.example'] },
  { id: 'gitlab', title: 'GitLab', kind: 'git', domains: ['gitlab.example'] },
  { id: 'claude-code', title: 'Claude Code', kind: 'agent', domains: ['api.anthropic.com', '*.claude.com'] },
  { id: 'codex', title: 'Codex', kind: 'agent', domains: ['api.openai.example'] },
  { id: 'sentry', title: 'Sentry', kind: 'services', domains: ['*.ingest.sentry.example'] },
];
export const samplePresets = data;

export function makeDecision(seq: number, parts: Partial<Decision> = {}): Decision {
  return {
    ...{ seq, workspaceId, time: minutesAgo(0), host: 'api.anthropic.com', port: 443, protocol: 'tls', verdict: 'allowed', reason: 'rule' },
    ...parts,
  };
}

/** Half an hour of a workspace, oldest first. */
export function sampleDecisions(rules: readonly Rule[]): Decision[] {
  const rule = (pattern: string): { rule?: string } => {
    const id = rules.find((item) => item.pattern === pattern)?.id;
    return id === undefined ? {} : { rule: id };
  };
  const lines: Partial<Decision>[] = [
    { host: 'api.github.com', program: 'gh', worktree: 'main', bytesDown: 6000, bytesUp: 1, ...rule('api.github.com') },
    { host: 'pay-sandbox.example', program: 'node', worktree: 'main', bytesDown: 3300, bytesUp: 1, ...rule('pay-sandbox.example') },
    { host: 'metrics.orchard.example', program: 'node', worktree: 'main', verdict: 'blocked', reason: 'refused-address', address: '10.0.4.18' },
    { host: 'github.com', port: 22, protocol: 'tcp', program: 'git', worktree: 'main', bytesDown: 48_300, bytesUp: 1, ...rule('github.com') },
    { host: 'feed.fxrates.example', program: 'node src/server.ts', worktree: 'main', verdict: 'blocked', reason: 'not-listed' },
    { host: 't1.telemetry.example', program: 'next', worktree: 'main', verdict: 'blocked', reason: 'denied', ...rule('*.telemetry.example') },
    { host: 'registry.npm.example', program: 'npm', worktree: 'main', bytesDown: 1_400_000, bytesUp: 1, ...rule('registry.npm.example') },
    { host: 'a-very-long-name-of-a-host.staging.orchard.example', program: 'node', worktree: 'main', bytesDown: 812, bytesUp: 1 },
    {
      host: 'pg.staging.orchard.example',
      port: 5432,
      protocol: 'tcp',
      program: 'node',
      worktree: 'main',
      bytesDown: 2100,
      ...rule('pg.staging.orchard.example'),
    },
    { host: 'api.anthropic.com', program: 'claude', worktree: 'main', bytesDown: 18_200, bytesUp: 1, ...rule('api.anthropic.com') },
  ];
  return lines.map((parts, at) => makeDecision(at + 1, { ...parts, time: minutesAgo((lines.length - at) * 3) }));
}

function learned(pattern: string, parts: Partial<Learned> = {}): Learned {
  const counts = { requests: 12, bytesUp: 1000, bytesDown: 48_000 };
  return { pattern, ports: [], hosts: [pattern], covered: false, ...counts, proposed: true, needsPrivate: false, ...parts };
}

export function makeReview(parts: Partial<LearningReview> = {}): LearningReview {
  return {
    since: minutesAgo(41),
    until: minutesAgo(-19.5),
    running: true,
    learned: [
      learned('registry.npm.example', { program: 'npm install', preset: 'npm', covered: true, requests: 386, bytesDown: 41_000_000 }),
      learned('api.anthropic.com', { program: 'claude', preset: 'claude-code', covered: true, requests: 1204, bytesDown: 28_000_000 }),
      learned('*.claude.com', { program: 'claude', covered: true, hosts: ['a.claude.com', 'b.claude.com'], requests: 18, bytesDown: 310_000 }),
      learned('github.com', { program: 'git, gh', preset: 'github', covered: true, ports: [22, 443], requests: 44, bytesDown: 6_000_000 }),
      learned('*.fonts.example', { program: 'next build', hosts: ['css.fonts.example', 'files.fonts.example'], requests: 7, bytesDown: 212_000 }),
      learned('t1.telemetry.example', { program: 'next build', looksLike: 'telemetry', proposed: false, requests: 31, bytesUp: 88_000, bytesDown: 400 }),
      learned('feed.fxrates.example', { program: 'node src/server.ts' }),
      learned('metrics.orchard.example', { program: 'node src/server.ts', needsPrivate: true, proposed: false, requests: 3, bytesUp: 0, bytesDown: 0 }),
    ],
    ...parts,
  };
}

export function makeReport(of: string): SelfTestReport {
  const attempts = ['TCP to the host', 'UDP to the host', 'Ping of the host', 'A name that is not allowed'].map((label, at) => ({
    ...{ id: `attempt-${at}`, label, expected: 'blocked' as const, result: 'passed' as const, detail: 'no route to host' },
  }));
  const through = { id: 'probe', label: 'The probe through the gateway', expected: 'allowed' as const, result: 'passed' as const, detail: 'answered: 204' };
  return { workspaceId: of, passed: true, startedAt: minutesAgo(3), endedAt: minutesAgo(2), attempts: [...attempts, through] };
}

/** Furnishes a house with a day's work of its first workspace, and of another project beside it. Answers the name that is blocked next. */
export function makeDay({ domains, live }: House): { readonly workspaceId: string; readonly blocked: Blocked } {
  const rules = sampleRules();
  const other = { workspaceId: '2'.repeat(8), host: 'api.openai.example', program: 'codex', worktree: 'main', bytesDown: 61_000, bytesUp: 1 };
  domains.rules = [...rules, makeRule('api.openai.example', { projectId: '2'.repeat(12), addedBy: 'agent', hits: 96, lastHitAt: minutesAgo(1) })];
  domains.decisions = [...sampleDecisions(rules), makeDecision(1, { ...other, time: minutesAgo(1) })];
  domains.reviews.set(workspaceId, makeReview({ running: false, until: minutesAgo(0) }));
  domains.reports.set(workspaceId, makeReport(workspaceId));
  const workspace = live.snapshot().workspaces.find((item) => item.workspaceId === workspaceId)!;
  const wall = { kind: 'standing', testedAt: minutesAgo(2), passed: 31, total: 31 } as const;
  live.putWorkspace(workspaceId, { ...workspace, wall, rules: rules.length });
  const time = minutesAgo(0);
  const blocked: Blocked = {
    host: 'feed.fxrates.example',
    port: 443,
    reason: 'not-listed',
    tries: 3,
    firstAt: time,
    lastAt: time,
    program: 'node src/server.ts',
  };
  return { workspaceId, blocked };
}

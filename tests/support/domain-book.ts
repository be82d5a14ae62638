import type { LiveState } from '../../electron/ipc/live-state.ts';
import type { CallHandlers } from '../../electron/ipc/router.ts';
import type { EventName, EventPayload } from '../../shared/contract/index.ts';
import type { Answer, Decision, LearningReview, Preset, Rule, RuleScope } from '../../shared/model/domain.ts';
import type { SelfTestReport } from '../../shared/model/selftest.ts';
import type { Workspace } from '../../shared/model/workspace.ts';
import { type Owner, type RuleInput, readLines, readRule, workspaceOf } from './rule-lines.ts';
import { makeReport, samplePresets } from './sample-domains.ts';

type Publish = <N extends EventName>(name: N, payload: EventPayload<N>) => void;

/** Lists of rules, decisions and what belongs to them, in memory: what the contract says of `domains.*`, without a gateway. */
export type DomainBook = {
  rules: Rule[];
  /** Oldest first. */
  decisions: Decision[];
  presets: Omit<Preset, 'on'>[];
  readonly reviews: Map<string, LearningReview>;
  readonly reports: Map<string, SelfTestReport>;
  /** Records decisions and tells of them, as a gateway does. */
  readonly decide: (...decisions: readonly Decision[]) => void;
  readonly calls: Partial<CallHandlers>;
};

export function createDomainBook(live: LiveState, publish: Publish): DomainBook {
  const book: DomainBook = {
    rules: [],
    decisions: [],
    presets: samplePresets,
    reviews: new Map(),
    reports: new Map(),
    decide(...decisions) {
      for (const decision of decisions) {
        book.decisions.push(decision);
        publish('domains.decided', decision);
      }
    },
    calls: {},
  };
  return Object.assign(book, { calls: { ...ruleCalls(book, live, publish), ...learningCalls(book, live, publish), ...readingCalls(book, live) } });
}

function holdsIn(rule: Rule, { workspaceId, projectId }: Pick<Workspace, 'workspaceId' | 'projectId'>): boolean {
  return rule.scope === 'global' || (rule.scope === 'project' ? rule.projectId === projectId : rule.workspaceId === workspaceId);
}

/** What a change leaves behind it: the workspaces' numbers of rules, and the news of it. */
function tellRules(book: DomainBook, live: LiveState, publish: Publish): void {
  for (const workspace of live.snapshot().workspaces) {
    const rules = book.rules.filter((rule) => holdsIn(rule, workspace)).length;
    if (rules !== workspace.rules) live.putWorkspace(workspace.workspaceId, { ...workspace, rules });
  }
  publish('domains.rulesChanged', {});
}

function put(book: DomainBook, ...rules: readonly Rule[]): void {
  const ids = new Set(rules.map((rule) => rule.id));
  book.rules = [...book.rules.filter((rule) => !ids.has(rule.id)), ...rules];
}

const answers = {
  once: ['allow', 'once', false],
  session: ['allow', 'session', false],
  project: ['allow', 'project', false],
  always: ['allow', 'global', false],
  deny: ['deny', 'project', false],
  'deny-silently': ['deny', 'project', true],
} as const satisfies Record<Answer, readonly [Rule['verdict'], RuleScope, boolean]>;

function takeOff(live: LiveState, workspaceId: string, host: string, port?: number): void {
  const hosts = live.snapshot().blocked.find((item) => item.workspaceId === workspaceId)?.hosts ?? [];
  live.setBlocked(
    workspaceId,
    hosts.filter((item) => item.host !== host || (port !== undefined && item.port !== port)),
  );
}

function withPreset(book: DomainBook, live: LiveState, owner: Owner): Preset[] {
  const workspace = owner.workspaceId === undefined ? null : workspaceOf(live, owner.workspaceId);
  const rules = book.rules.filter((rule) => (workspace ? holdsIn(rule, workspace) : rule.scope === 'global'));
  return book.presets.map((preset) => ({ ...preset, on: preset.domains.every((domain) => rules.some((rule) => rule.pattern === domain)) }));
}

function ruleCalls(book: DomainBook, live: LiveState, publish: Publish): Partial<CallHandlers> {
  const tell = (): void => tellRules(book, live, publish);
  return {
    'domains.list': ({ workspaceId }) => {
      const workspace = workspaceOf(live, workspaceId);
      return {
        rules: book.rules.filter((rule) => holdsIn(rule, workspace)),
        blocked: [...(live.snapshot().blocked.find((item) => item.workspaceId === workspaceId)?.hosts ?? [])],
      };
    },
    'domains.all': () => book.rules,
    'domains.add': ({ pattern, ...input }) => {
      const rule = readRule(live, pattern, input);
      put(book, rule);
      tell();
      return rule;
    },
    'domains.addMany': ({ text, ...input }) => {
      const read = readLines(live, text, input);
      put(book, ...read.added);
      tell();
      return read;
    },
    'domains.remove': ({ ids, workspaceId, pattern }) => {
      const removed = book.rules.filter((rule) => ids.includes(rule.id) || (pattern === rule.pattern && workspaceId === rule.workspaceId));
      book.rules = book.rules.filter((rule) => !removed.includes(rule));
      tell();
      return { removed };
    },
    'domains.restore': ({ rules }) => {
      put(book, ...rules);
      tell();
      return {};
    },
    'domains.answer': ({ workspaceId, host, port, answer, allowPrivate }) => {
      const [verdict, scope, quiet] = answers[answer];
      const ports = port === 443 || port === 80 || verdict === 'deny' ? [] : [port];
      const rule = readRule(live, host, { workspaceId, verdict, scope, quiet, ports, allowPrivate });
      put(book, rule);
      takeOff(live, workspaceId, host, port);
      tell();
      return rule;
    },
    'domains.dismiss': ({ workspaceId, host }) => {
      takeOff(live, workspaceId, host);
      return {};
    },
    'domains.setPreset': ({ preset, on, ...owner }) => {
      const { domains } = book.presets.find((item) => item.id === preset)!;
      const scope = owner.workspaceId ? 'workspace' : owner.projectId ? 'project' : 'global';
      const blank: RuleInput = { ...owner, verdict: 'allow', scope, ports: [], allowPrivate: false, quiet: false };
      if (on) put(book, ...domains.map((domain) => ({ ...readRule(live, domain, blank, 'preset'), preset })));
      else book.rules = book.rules.filter((rule) => rule.preset !== preset);
      tell();
      return withPreset(book, live, owner);
    },
    'domains.import': ({ text, dryRun, ...owner }) => {
      const scope = owner.workspaceId ? 'workspace' : owner.projectId ? 'project' : 'global';
      const isJson = text.trimStart().startsWith('{');
      const lines = isJson ? (JSON.parse(text) as { rules: Rule[] }).rules.map((rule) => rule.pattern).join('\n') : text;
      const { added, refused } = readLines(live, lines, { ...owner, verdict: 'allow', scope, ports: [], allowPrivate: false, quiet: false });
      if (!dryRun) {
        put(book, ...added);
        tell();
      }
      return { format: isJson ? 'Forgehold' : 'lines', rules: added, refused };
    },
  };
}

function learningCalls(book: DomainBook, live: LiveState, publish: Publish): Partial<CallHandlers> {
  function setMode(workspaceId: string, mode: Workspace['mode'], minutes: number): Workspace {
    const { learningUntil: _, ...workspace } = workspaceOf(live, workspaceId);
    const learningUntil = new Date(Date.now() + minutes * 60_000).toISOString();
    const next = { ...workspace, mode, ...(mode === 'learning' && { learningUntil }) };
    live.putWorkspace(workspaceId, next);
    return next;
  }
  return {
    'domains.setMode': ({ workspaceId, mode, minutes }) => setMode(workspaceId, mode, minutes),
    'domains.learned': ({ workspaceId }) => book.reviews.get(workspaceId) ?? null,
    'domains.acceptLearned': ({ workspaceId, rules }) => {
      const added = rules.map(({ pattern, ports, allowPrivate }) =>
        readRule(live, pattern, { workspaceId, verdict: 'allow', scope: 'project', ports, allowPrivate, quiet: false }, 'learning'),
      );
      put(book, ...added);
      book.reviews.delete(workspaceId);
      const workspace = setMode(workspaceId, 'restricted', 0);
      tellRules(book, live, publish);
      return { added, workspace };
    },
    'domains.discardLearned': ({ workspaceId }) => {
      book.reviews.delete(workspaceId);
      publish('domains.rulesChanged', {});
      return {};
    },
  };
}

function readingCalls(book: DomainBook, live: LiveState): Partial<CallHandlers> {
  return {
    'domains.presets': (owner) => withPreset(book, live, owner),
    'domains.export': ({ workspaceId, projectId }) => {
      const rules = book.rules.filter((rule) => (workspaceId ? holdsIn(rule, workspaceOf(live, workspaceId)) : rule.projectId === projectId));
      return { text: `${JSON.stringify({ forgehold: 'domains', version: 1, rules }, null, 2)}\n` };
    },
    'domains.decisions': ({ workspaceId, limit, until, verdict, search = '', quiet }) =>
      book.decisions
        .filter((decision) => workspaceId === undefined || decision.workspaceId === workspaceId)
        .filter((decision) => (verdict === undefined || decision.verdict === verdict) && (quiet || decision.quiet !== true))
        .filter((decision) => until === undefined || decision.time < until)
        .filter((decision) => [decision.host, decision.program, decision.worktree].some((part) => part?.includes(search.toLowerCase())))
        .toReversed()
        .slice(0, limit),
    'selftest.last': ({ workspaceId }) => book.reports.get(workspaceId) ?? null,
    'selftest.run': ({ workspaceId }) => {
      const report = makeReport(workspaceId);
      book.reports.set(workspaceId, report);
      return report;
    },
  };
}

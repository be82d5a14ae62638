import type { CallInput } from '../../../shared/contract/index.ts';
import { answerSchema, httpRuleSchema, type Rule, ruleIdSchema } from '../../../shared/model/domain.ts';
import { networkModeSchema } from '../../../shared/model/workspace-parts.ts';
import { describePlace, findOwner, type Owner, ruleTitles, toMinutes, toRuleRow, toScope, until } from '../domain-words.ts';
import { type Answer, type Options, said, type Session } from '../leaf.ts';
import { findWorkspace } from '../names.ts';
import { UsageError } from '../output.ts';
import { visible } from '../safe-text.ts';
import { type Cell, currentLayout, formatTable } from '../table.ts';

type Given = readonly (string | undefined)[];

export async function list({ client, snapshot }: Session, [wanted]: Given): Promise<Answer> {
  const { workspaceId, mode, learningUntil } = findWorkspace(await snapshot(), wanted);
  const found = await client.call('domains.list', { workspaceId });
  return {
    json: found,
    text: () => {
      const ends = learningUntil === undefined ? '' : ` (back to restricted ${until(learningUntil)})`;
      const blocked = found.blocked.map(({ host, port, reason, tries, program = '' }): Cell[] => [
        `${host}:${port}`,
        { text: 'blocked', style: 'bad' },
        ...[reason, `${tries} ${tries === 1 ? 'try' : 'tries'}`, program],
      ]);
      const refused = blocked.length === 0 ? '' : `\n${formatTable(['NAME', '', 'WHY', 'TRIES', 'PROGRAM'], blocked, currentLayout())}`;
      return `Network: ${mode}${ends}\n${formatTable(ruleTitles, found.rules.map(toRuleRow), currentLayout())}${refused}`;
    },
  };
}

export async function all({ client, snapshot }: Session): Promise<Answer> {
  const [rules, known] = [await client.call('domains.all', {}), await snapshot()];
  return {
    json: rules,
    text: () =>
      formatTable(
        ['WHERE', ...ruleTitles],
        rules.map((rule) => [describePlace(rule, known), ...toRuleRow(rule)]),
        currentLayout(),
      ),
  };
}

export async function add({ client, snapshot }: Session, [pattern, wanted]: Given, options: Options): Promise<Answer> {
  const scope = toScope(options['scope']);
  const known = await snapshot();
  const http = readHttp(options);
  const rule = await client.call('domains.add', {
    ...findOwner(known, scope, wanted),
    ...{ pattern: pattern!, scope, verdict: options['deny'] === true ? 'deny' : 'allow' },
    ports: ((options['port'] ?? []) as readonly string[]).map(toPort),
    ...(http && { http }),
    ...{ allowPrivate: options['private'] === true, quiet: options['quiet'] === true },
    ...(typeof options['for'] === 'string' && { minutes: toMinutes(options['for']) }),
    ...(typeof options['note'] === 'string' && { note: options['note'] }),
  });
  return said(visible(sentence(rule, describePlace(rule, known))), rule);
}

function readHttp(options: Options): Rule['http'] | undefined {
  if (options['method'] === undefined && options['path'] === undefined) return undefined;
  const methods = ((options['method'] ?? []) as readonly string[]).map((method) => method.toUpperCase());
  const parsed = httpRuleSchema.safeParse({ methods, ...(options['path'] !== undefined && { pathPrefix: options['path'] }) });
  if (!parsed.success)
    throw new UsageError(`--method is one of ${httpRuleSchema.shape.methods.unwrap().element.options.join(', ')}; --path is at most 512 characters.`);
  return parsed.data;
}

function toPort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) throw new UsageError(`"${text}" is no port. A port is a number from 1 to 65535.`);
  return port;
}

/** What holds now, and for how long. */
function sentence(rule: Rule, place: string): string {
  const what = `${rule.pattern}${rule.ports.length === 0 ? '' : ` on port ${rule.ports.join(', ')}`}`;
  const ends = rule.expiresAt === undefined ? '' : `; the rule ends ${until(rule.expiresAt)}`;
  const passing = rule.scope === 'session' ? ' until it stops' : rule.scope === 'once' ? ' once' : '';
  return `${place[0]!.toUpperCase()}${place.slice(1)} ${rule.verdict === 'allow' ? 'may' : 'may not'} reach ${what}${passing}${ends}.`;
}

export async function remove({ client, snapshot }: Session, [rule, wanted]: Given, options: Options): Promise<Answer> {
  const known = await snapshot();
  const scope = toScope(options['scope']);
  const owner = (): Owner => findOwner(known, scope, wanted);
  const { removed } = await client.call('domains.remove', await request());
  const [first] = removed;
  if (first === undefined) throw new UsageError(`There is no rule ${visible(rule!)} there. "forgehold domain all" shows every rule.`);
  return said(visible(`${first.pattern} is off the list of ${describePlace(first, known)}.`), { removed });

  async function request(): Promise<CallInput<'domains.remove'>> {
    // An id is no name of a domain: it has no dot.
    if (ruleIdSchema.safeParse(rule).success) return { ids: [rule!] };
    if (scope !== 'project' && scope !== 'global') return { pattern: rule!, ...owner() };
    const { projectId } = owner();
    const rules = await client.call('domains.all', {});
    return { ids: rules.filter((one) => one.scope === scope && one.projectId === projectId && one.pattern === rule!.toLowerCase()).map(({ id }) => id) };
  }
}

export async function mode({ client, snapshot }: Session, [wantedMode, wanted]: Given, options: Options): Promise<Answer> {
  const parsed = networkModeSchema.safeParse(wantedMode);
  if (!parsed.success) throw new UsageError(`The mode is ${networkModeSchema.options.join(', ')}.`);
  const { workspaceId } = findWorkspace(await snapshot(), wanted);
  const workspace = await client.call('domains.setMode', { workspaceId, mode: parsed.data, minutes: toMinutes(String(options['for'])) });
  const ends = workspace.learningUntil === undefined ? '' : `, back to restricted ${until(workspace.learningUntil)}`;
  return said(visible(`The network of ${workspace.name}: ${workspace.mode}${ends}.`), workspace);
}

export async function answer({ client, snapshot }: Session, [wantedHost, wantedAnswer, wanted]: Given, options: Options): Promise<Answer> {
  const parsed = answerSchema.safeParse(wantedAnswer);
  if (!parsed.success) throw new UsageError(`The answer is ${answerSchema.options.join(', ')}.`);
  const known = await snapshot();
  const { workspaceId } = findWorkspace(known, wanted);
  const [, host = wantedHost!, typed] = /^(.*):(\d+)$/.exec(wantedHost!) ?? [];
  const { blocked } = await client.call('domains.list', { workspaceId });
  const port = typed === undefined ? (blocked.find((one) => one.host === host)?.port ?? 443) : toPort(typed);
  const rule = await client.call('domains.answer', { workspaceId, host, port, answer: parsed.data, allowPrivate: options['private'] === true });
  return said(visible(sentence(rule, describePlace(rule, known))), rule);
}

export async function dismiss({ client, snapshot }: Session, [host, wanted]: Given): Promise<Answer> {
  const { workspaceId } = findWorkspace(await snapshot(), wanted);
  await client.call('domains.dismiss', { workspaceId, host: host! });
  return said(visible(`${host} is off the list, and stays blocked.`), { host });
}

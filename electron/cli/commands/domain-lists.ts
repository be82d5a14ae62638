import { formatBytes } from '../../../shared/format-bytes.ts';
import type { Learned, LearningReview, Preset } from '../../../shared/model/domain.ts';
import { describePlace, findOwner, type Owner, ruleTitles, toMinutes, toRuleRow, toScope, until } from '../domain-words.ts';
import { type Answer, type Options, said, type Session } from '../leaf.ts';
import { findWorkspace } from '../names.ts';
import { readSource, UsageError } from '../output.ts';
import { visible } from '../safe-text.ts';
import { type Cell, currentLayout, formatTable } from '../table.ts';

type Given = readonly (string | undefined)[];

async function ownerOf({ snapshot }: Session, wanted: string | undefined, options: Options): Promise<Owner> {
  if (options['global'] === true && wanted !== undefined) throw new UsageError('Name a workspace or give --global, not both.');
  return findOwner(await snapshot(), options['global'] === true ? 'global' : 'project', wanted);
}

export async function listPresets(session: Session, [wanted]: Given, options: Options): Promise<Answer> {
  const found = await session.client.call('domains.presets', await ownerOf(session, wanted, options));
  return { json: found, text: () => formatTable(['PRESET', '', 'TITLE', 'KIND', 'BECAUSE', 'DOMAINS'], found.map(toPresetRow), currentLayout()) };
}

function toPresetRow({ id, title, kind, on, because = '', domains }: Preset): Cell[] {
  return [id, on ? { text: 'on', style: 'good' } : { text: 'off', style: 'dim' }, title, kind, because, domains.join(' ')];
}

export async function turnOn(session: Session, [preset, wanted]: Given, options: Options): Promise<Answer> {
  return setPreset(session, preset!, true, await ownerOf(session, wanted, options));
}

export async function turnOff(session: Session, [preset, wanted]: Given, options: Options): Promise<Answer> {
  return setPreset(session, preset!, false, await ownerOf(session, wanted, options));
}

async function setPreset({ client, snapshot }: Session, preset: string, on: boolean, owner: Owner): Promise<Answer> {
  const presets = await client.call('domains.setPreset', { ...owner, preset, on });
  const { title, on: isOn } = presets.find(({ id }) => id === preset)!;
  const place = describePlace({ scope: owner.projectId === undefined ? 'global' : 'project', ...owner }, await snapshot());
  const rest = isOn && !on ? ' Other rules let the same out.' : '';
  return said(visible(`${title} is ${on ? 'on' : 'off'} for ${place}.${rest}`), presets);
}

export async function startLearning({ client, snapshot }: Session, [wanted]: Given, options: Options): Promise<Answer> {
  const { workspaceId } = findWorkspace(await snapshot(), wanted);
  const workspace = await client.call('domains.setMode', { workspaceId, mode: 'learning', minutes: toMinutes(String(options['for'])) });
  const ends = workspace.learningUntil === undefined ? '' : `, back to restricted ${until(workspace.learningUntil)}`;
  return said(visible(`${workspace.name} learns${ends}. "forgehold domain learn review" shows what it found.`), workspace);
}

export async function review(session: Session, [wanted]: Given): Promise<Answer> {
  const { found } = await findReview(session, wanted);
  return { json: found, text: () => describeReview(found) };
}

async function findReview(
  { client, snapshot }: Session,
  wanted: string | undefined,
): Promise<{ readonly workspaceId: string; readonly found: LearningReview | null }> {
  const { workspaceId } = findWorkspace(await snapshot(), wanted);
  return { workspaceId, found: await client.call('domains.learned', { workspaceId }) };
}

function describeReview(found: LearningReview | null): string {
  if (found === null) return 'There is nothing to review. "forgehold domain learn start" begins.\n';
  const rows = found.learned.map((line): Cell[] => {
    const { pattern, ports, hosts, preset = '', program = '', requests, bytesUp, bytesDown } = line;
    const counts = [String(requests), formatBytes(bytesUp), formatBytes(bytesDown)];
    return [stateOf(line), [pattern, ...ports].join(':'), preset, program, ...counts, hosts.join(' ')];
  });
  const head = found.running ? `Learning goes on, and ends ${until(found.until)}.` : 'Learning has ended.';
  return `${head}\n${formatTable(['', 'PATTERN', 'PRESET', 'PROGRAM', 'SEEN', 'UP', 'DOWN', 'NAMES'], rows, currentLayout())}`;
}

function stateOf({ proposed, covered, needsPrivate, looksLike }: Learned): Cell {
  if (proposed) return { text: 'proposed', style: 'good' };
  if (covered) return { text: 'on the list', style: 'dim' };
  return needsPrivate ? { text: 'private address', style: 'warn' } : { text: `looks like ${looksLike}`, style: 'warn' };
}

export async function acceptLearned(session: Session, [wanted]: Given, options: Options): Promise<Answer> {
  const { workspaceId, found } = await findReview(session, wanted);
  if (found === null) throw new UsageError('There is nothing to review. "forgehold domain learn start" begins.');
  const more = (options['with'] ?? []) as readonly string[];
  const less = (options['without'] ?? []) as readonly string[];
  const unknown = [...more, ...less].find((name) => !found.learned.some(({ pattern }) => pattern === name));
  if (unknown !== undefined) throw new UsageError(`"${visible(unknown)}" is no line of the review. "forgehold domain learn review" shows them.`);
  const wantedLines = found.learned.filter(({ pattern, proposed, covered }) => !covered && !less.includes(pattern) && (proposed || more.includes(pattern)));
  const rules = wantedLines.map(({ pattern, ports, needsPrivate }) => ({ pattern, ports, allowPrivate: needsPrivate }));
  const answer = await session.client.call('domains.acceptLearned', { workspaceId, rules });
  const count = answer.added.length;
  return said(
    visible(`${count} ${count === 1 ? 'rule' : 'rules'} added for the project. The network of ${answer.workspace.name}: ${answer.workspace.mode}.`),
    answer,
  );
}

export async function discardLearned({ client, snapshot }: Session, [wanted]: Given): Promise<Answer> {
  const { workspaceId, name } = findWorkspace(await snapshot(), wanted);
  await client.call('domains.discardLearned', { workspaceId });
  return said(visible(`What ${name} learned is forgotten.`), { workspaceId });
}

export async function exportList({ client, snapshot }: Session, [wanted]: Given, options: Options): Promise<Answer> {
  if (options['global'] === true && wanted !== undefined) throw new UsageError('Name a workspace or give --global, not both.');
  const list = await client.call('domains.export', options['global'] === true ? {} : { workspaceId: findWorkspace(await snapshot(), wanted).workspaceId });
  return { json: list, text: () => list.text };
}

export async function importList({ client, snapshot, note }: Session, [file, wanted]: Given, options: Options): Promise<Answer> {
  const text = await readSource(file!);
  const dryRun = options['dryRun'] === true;
  const answer = await client.call('domains.import', { ...findOwner(await snapshot(), toScope(options['scope']), wanted), text, dryRun });
  if (answer.refused.length > 0) process.exitCode = 1;
  return {
    json: answer,
    text: () => {
      for (const { line, text: written, reason } of answer.refused) note(visible(`Line ${line}: ${written}: ${reason}`));
      const count = `${answer.rules.length} ${answer.rules.length === 1 ? 'rule' : 'rules'}`;
      const head = `Read as ${answer.format}: ${count} ${dryRun ? 'would be added' : 'added'}.`;
      return `${visible(head)}\n${answer.rules.length === 0 ? '' : formatTable(ruleTitles, answer.rules.map(toRuleRow), currentLayout())}`;
    },
  };
}

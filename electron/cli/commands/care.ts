import type { Command } from 'commander';
import type { CallOutput } from '../../../shared/contract/index.ts';
import { AppError } from '../../../shared/errors.ts';
import { formatBytes } from '../../../shared/format-bytes.ts';
import type { Check } from '../../../shared/model/doctor.ts';
import { confirm } from '../ask.ts';
import { type Answer, leaf, type Options, said, type Session } from '../leaf.ts';
import { findWorkspace } from '../names.ts';
import { UsageError } from '../output.ts';
import { visible } from '../safe-text.ts';
import { type Cell, currentLayout, formatTable, paint, type Style } from '../table.ts';

const groups = { engine: 'Engine', computer: 'This computer', agents: 'Agents', forgehold: 'Forgehold' } as const;
const styles = { ok: 'good', warn: 'warn', bad: 'bad', waiting: 'dim' } as const satisfies Record<Check['state'], Style>;
const marks = { ok: '✓', warn: '!', bad: '✗', waiting: '·' } as const;

export function declareDoctor(program: Command): void {
  leaf(
    program,
    'doctor [checks...]',
    'Check all that Forgehold needs; exit status 1 when something keeps workspaces from working.',
    ['doctor', 'doctor disk engine --json', 'doctor --fix', 'doctor range --fix'],
    doctor,
  ).option('--fix', 'do what the fixes of these checks promise');
}

export function declareSelfTest(program: Command): void {
  leaf(
    program,
    'selftest [workspace]',
    'Try, from inside its container, to get around the wall. Exit status 1 when something got through.',
    ['selftest review', 'selftest --json'],
    selfTest,
  );
}

async function doctor({ client, json, note }: Session, given: readonly (string | undefined)[], options: Options): Promise<Answer> {
  const ids = given.filter((id) => id !== undefined);
  let checks = await client.call('doctor.run', ids.length > 0 ? { ids: [...ids] } : {});
  const failures: string[] = [];
  if (options['fix']) {
    for (const { id, title, fix, state } of checks.filter((check) => check.fix !== undefined && check.state !== 'waiting')) {
      if (state === 'ok') continue;
      if (!json) note(visible(`${title}: ${fix!.label}…`));
      await client.call('doctor.fix', { id }).catch((error: unknown) => {
        failures.push(`${title}: ${(error as Error).message}`);
      });
    }
    checks = await client.call('doctor.run', ids.length > 0 ? { ids: [...ids] } : {});
  }
  for (const failure of failures) note(visible(failure));
  if (checks.some(({ state }) => state === 'bad') || failures.length > 0) process.exitCode = 1;
  return { json: checks, text: () => describeChecks(checks) };
}

function describeChecks(checks: readonly Check[]): string {
  const { colours } = currentLayout();
  const lines: string[] = [];
  for (const [group, title] of Object.entries(groups)) {
    const own = checks.filter((check) => check.group === group);
    if (own.length > 0) lines.push('', paint(title, 'dim', colours));
    for (const { state, title: name, found, why, fix } of own) {
      lines.push(`${paint(marks[state], styles[state], colours)} ${visible(name).padEnd(18)} ${visible(found)}`);
      if (why) lines.push(`    ${visible(why)}`);
      if (fix && state !== 'ok') lines.push(`    ${paint(`Fix: ${visible(fix.label)}${fix.command ? ` (${visible(fix.command)})` : ''}`, 'dim', colours)}`);
    }
  }
  const bad = checks.filter(({ state }) => state === 'bad').length;
  const warn = checks.filter(({ state }) => state === 'warn').length;
  const fixable = checks.some(({ fix, state }) => fix !== undefined && state !== 'ok') ? ' "forgehold doctor --fix" does the fixes.' : '';
  const verdict = bad + warn === 0 ? `All ${checks.length} passed.` : `${bad} keep workspaces from working, ${warn} can wait.${fixable}`;
  return `${lines.slice(1).join('\n')}\n\n${verdict}\n`;
}

export function declareDisk(group: Command): void {
  leaf(group, 'use', 'What takes room, for each workspace and in all, and what could go.', ['disk use', 'disk use --json'], use);
  leaf(
    group,
    'reclaim [ids...]',
    'Remove what can go: all of it, or what is named. Nothing of yours is ever in it.',
    ['disk reclaim', 'disk reclaim log:core.log.1', 'disk reclaim --yes'],
    reclaim,
  ).option('--yes', 'do not ask');
}

async function use({ client, snapshot }: Session): Promise<Answer> {
  const [found, known] = await Promise.all([client.call('disk.use', {}), snapshot()]);
  return { json: found, text: () => describeUse(found, new Map(known.workspaces.map(({ workspaceId, name }) => [workspaceId, name]))) };
}

function sizeCell(bytes: number | null): Cell {
  return bytes === null ? { text: '…', style: 'dim' } : formatBytes(bytes);
}

function describeUse({ free, workspaces, shared, reclaimable }: CallOutput<'disk.use'>, nameOf: ReadonlyMap<string, string>): string {
  const rows = workspaces.map(({ workspaceId, container, volumes, home, git }) => [
    nameOf.get(workspaceId) ?? workspaceId,
    ...[container, volumes, home, git].map(sizeCell),
  ]);
  const engine = free.engine === undefined ? '' : `, of the engine's ${formatBytes(free.engine)}`;
  const can = reclaimable.reduce((sum, { bytes }) => sum + bytes, 0);
  return [
    `Free on the data folder's disk ${formatBytes(free.data)}${engine}.\n`,
    ...(rows.length > 0 ? [formatTable(['WORKSPACE', 'CONTAINER', 'VOLUMES', 'HOME', 'GIT'], rows, currentLayout())] : []),
    formatTable(
      ['SHARED', 'SIZE'],
      shared.map(({ label, bytes }) => [label, formatBytes(bytes)]),
      currentLayout(),
    ),
    reclaimable.length === 0 ? 'Nothing can go.\n' : describeReclaimable(reclaimable),
    ...(reclaimable.length === 0 ? [] : [`${formatBytes(can)} can go: "forgehold disk reclaim".\n`]),
  ].join('\n');
}

function describeReclaimable(list: CallOutput<'disk.use'>['reclaimable']): string {
  return formatTable(
    ['CAN GO', 'SIZE', 'ID', 'WHY NOTHING IS LOST'],
    list.map(({ id, label, bytes, why }) => [label, formatBytes(bytes), id, why]),
    currentLayout(),
  );
}

async function reclaim({ client, json }: Session, given: readonly (string | undefined)[], options: Options): Promise<Answer> {
  const ids = new Set(given.filter((id) => id !== undefined));
  const { reclaimable } = await client.call('disk.use', {});
  const chosen = reclaimable.filter(({ id }) => ids.size === 0 || ids.has(id));
  const unknown = [...ids].find((id) => !reclaimable.some((one) => one.id === id));
  if (unknown !== undefined) throw new AppError('cli/not-found', visible(`"${unknown}" is nothing that can go. "forgehold disk use" lists what can.`));
  if (chosen.length === 0) return said('Nothing can go.', { freed: 0 });
  if (options['yes'] !== true) {
    if (!json) process.stderr.write(describeReclaimable(chosen));
    await confirm(`Remove ${chosen.length === 1 ? 'this' : `these ${chosen.length}`}?`, '--yes');
  }
  const { freed } = await client.call('disk.reclaim', { ids: chosen.map(({ id }) => id) });
  return said(`${formatBytes(freed)} are free again.`, { freed });
}

async function selfTest({ client, snapshot, note, json }: Session, [wanted]: readonly (string | undefined)[]): Promise<Answer> {
  const { workspaceId, name, state } = findWorkspace(await snapshot(), wanted);
  if (state.kind !== 'running')
    throw new UsageError(visible(`${name} does not run. "forgehold workspace start ${workspaceId}" starts it, and tests its wall.`));
  if (!json) note(visible(`Trying to get out of ${name}…`));
  const report = await client.call('selftest.run', { workspaceId });
  if (!report.passed) process.exitCode = 1;
  return {
    json: report,
    text: () => {
      const rows = report.attempts.map(({ label, result, detail }): Cell[] => [
        { text: result, style: result === 'passed' ? 'good' : result === 'failed' ? 'bad' : 'dim' },
        label,
        detail,
      ]);
      return `${formatTable(['RESULT', 'TRIED', 'SEEN'], rows, currentLayout())}\n${report.passed ? 'The wall stands.' : 'The wall does NOT stand.'}\n`;
    },
  };
}

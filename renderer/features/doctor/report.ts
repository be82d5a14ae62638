import type { Check } from '../../../shared/model/doctor.ts';

const marks = { ok: 'ok', warn: 'can wait', bad: 'FAILED', waiting: 'waits' } as const satisfies Record<Check['state'], string>;

/** What a person pastes into a question for help. The checks hold no secrets, and nothing else goes in. */
export function writeReport(checks: readonly Check[], version: string): string {
  const lines = checks.flatMap((check) => [
    `[${marks[check.state]}] ${check.title}: ${check.found}`,
    ...(check.why ? [`    ${check.why}`] : []),
    ...Object.entries(check.facts ?? {}).map(([name, fact]) => `    ${name}: ${fact}`),
    ...(check.fix?.command ? [`    fix: ${check.fix.command}`] : []),
  ]);
  return [`Forgehold ${version}, doctor`, ...lines, ''].join('\n');
}

/** "1 problem stops your workspaces, 1 can wait. 9 of 13 passed." */
export function summarise(checks: readonly Check[]): string {
  const count = (state: Check['state']): number => checks.filter((check) => check.state === state).length;
  const [bad, warn, ok] = [count('bad'), count('warn'), count('ok')];
  const passed = `${ok} of ${checks.length} passed.`;
  if (bad === 0 && warn === 0) return count('waiting') > 0 ? passed : `All is well. ${passed}`;
  if (bad === 0) return `${warn} ${warn === 1 ? 'thing' : 'things'} to look at, which can wait. ${passed}`;
  const stops = `${bad} ${bad === 1 ? 'problem stops' : 'problems stop'} your workspaces`;
  return `${stops}${warn > 0 ? `, ${warn} can wait` : ''}. ${passed}`;
}

export const groupTitles = { engine: 'Engine', computer: 'This computer', agents: 'Agents', forgehold: 'Forgehold' } as const satisfies Record<
  Check['group'],
  string
>;

/** In their groups, those as the screen has them. */
export function groupChecks(checks: readonly Check[]): { readonly group: Check['group']; readonly checks: readonly Check[] }[] {
  const groups = Object.keys(groupTitles) as Check['group'][];
  return groups.map((group) => ({ group, checks: checks.filter((check) => check.group === group) })).filter((item) => item.checks.length > 0);
}

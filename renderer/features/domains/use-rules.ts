import { useCallback, useMemo, useState } from 'react';
import type { Client } from '../../../shared/contract/client.ts';
import type { CallInput } from '../../../shared/contract/index.ts';
import { plural } from '../../../shared/format.ts';
import type { Preset, Rule } from '../../../shared/model/domain.ts';
import { useClient } from '../../lib/core.tsx';
import { type Action, useAction } from '../../lib/use-action.ts';
import { useUndoSteps } from '../../lib/use-undo-steps.ts';
import type { RuleInput } from './rule-draft.ts';
import { type UndoStep, sortRules, undoOf } from './rules.ts';
import { useReading } from './use-reading.ts';

/** Rules that were used are counted by the core; what is shown of it may be so old. Milliseconds. */
const countsEvery = 20_000;

type Done = UndoStep & { /** "Removed", "Added". */ readonly verb: string; readonly what: string };

export type RuleList = {
  /** Whose rules; null: of all projects. */
  readonly workspaceId: string | null;
  /** Null until they are known. */
  readonly rules: readonly Rule[] | null;
  readonly error: unknown;
  readonly change: Action;
  /** What `change` failed at: what was typed, which its field tells, or something else. */
  readonly failedAt: 'typed' | 'other';
  /** The last change, while it can be taken back. */
  readonly last: Done | null;
  /** The rule that was added or chosen last: the table shows it. */
  readonly shown: string;
  readonly show: (id: string) => void;
  /** With `instead` it takes that rule's place. */
  readonly add: (input: RuleInput, instead?: Rule) => Promise<boolean>;
  readonly addMany: (input: CallInput<'domains.addMany'>) => Promise<boolean>;
  readonly addImported: (input: CallInput<'domains.import'>) => Promise<boolean>;
  readonly setPreset: (preset: Preset, on: boolean) => Promise<boolean>;
  readonly remove: (rules: readonly Rule[]) => Promise<boolean>;
  readonly undo: () => Promise<boolean>;
};

export function nameRules(rules: readonly Pick<Rule, 'pattern'>[]): string {
  return rules.length === 1 ? rules[0]!.pattern : plural(rules.length, 'rule');
}

/** The rules of a workspace, or of all projects; each change of this page can be taken back. */
export function useRules(workspaceId: string | null): RuleList {
  const client = useClient();
  const read = useCallback(
    async (from: Client) => (workspaceId === null ? from.call('domains.all', {}) : (await from.call('domains.list', { workspaceId })).rules),
    [workspaceId],
  );
  const { value, error, again } = useReading(workspaceId ?? 'all', read, countsEvery);
  const rules = useMemo(() => value && sortRules(value), [value]);
  const change = useAction();
  const [shown, show] = useState('');
  const [failedAt, setFailedAt] = useState<RuleList['failedAt']>('other');

  const { last, push, inTurn, undo } = useUndoSteps<Done>((step) => {
    setFailedAt('other');
    return change.run(async () => {
      if (step.remove.length > 0) await client.call('domains.remove', { ids: [...step.remove] });
      if (step.restore.length > 0) await client.call('domains.restore', { rules: [...step.restore] });
      if (step.restore[0]) show(step.restore[0].id);
      await again();
    });
  });
  /** `work` answers which rules it was about, and in words. */
  function run(verb: string, work: () => Promise<{ readonly what: string; readonly touched: (rule: Rule) => boolean }>): Promise<boolean> {
    const before = value ?? [];
    setFailedAt('other');
    return inTurn(() =>
      change.run(async () => {
        const { what, touched } = await work();
        const after = await again();
        const step = undoOf(before, after, touched);
        if (step.remove.length + step.restore.length > 0) push({ ...step, verb, what });
        if (step.remove.length === 1) show(step.remove[0]!);
      }),
    );
  }
  function add(input: RuleInput, instead?: Rule): Promise<boolean> {
    const done = run(instead ? 'Changed' : 'Added', async () => {
      const rule = await client.call('domains.add', input);
      if (instead && instead.id !== rule.id) await client.call('domains.remove', { ids: [instead.id] });
      show(rule.id);
      return { what: rule.pattern, touched: ({ id }) => id === rule.id || id === instead?.id };
    });
    setFailedAt('typed');
    return done;
  }
  return {
    ...{ workspaceId, rules, error, change, failedAt, last, shown, show, add, undo },
    addMany: (input) => run('Added', async () => about((await client.call('domains.addMany', input)).added)),
    addImported: (input) => run('Added', async () => about((await client.call('domains.import', input)).rules)),
    setPreset: (preset, on) =>
      run(on ? 'Added' : 'Removed', async () => {
        await client.call('domains.setPreset', { ...(workspaceId !== null && { workspaceId }), preset: preset.id, on });
        const names = new Set(preset.domains.map((domain) => domain.replace(/:\d+$/, '')));
        return { what: preset.title, touched: (rule) => rule.preset === preset.id || names.has(rule.pattern) };
      }),
    remove: (gone) => run('Removed', async () => about((await client.call('domains.remove', { ids: gone.map((rule) => rule.id) })).removed)),
  };
}

function about(rules: readonly Rule[]): { readonly what: string; readonly touched: (rule: Rule) => boolean } {
  const ids = new Set(rules.map((rule) => rule.id));
  return { what: nameRules(rules), touched: ({ id }) => ids.has(id) };
}

import { type RefObject, useEffect, useRef, useState } from 'react';
import type { Rule } from '../../../shared/model/domain.ts';
import { type DraftField, type RuleDraft, blankDraft, draftOf, readDraft } from './rule-draft.ts';
import type { RuleList } from './use-rules.ts';

export type RuleFormProps = {
  readonly list: RuleList;
  /** The project whose rule it becomes, where nothing else is chosen. */
  readonly projectId: string;
  /** The rule to be changed. */
  readonly rule: Rule | null;
  /** What was typed before the form opened. */
  readonly pattern: string;
  readonly onClose: () => void;
};

export type RuleFormState = {
  /** Where it is made: on the page of a workspace, or as a change of a workspace's own rule; else null. */
  readonly workspaceId: string | null;
  readonly draft: RuleDraft;
  readonly set: (change: Partial<RuleDraft>) => void;
  readonly submit: () => Promise<void>;
  /** The field that has the focus first. */
  readonly first: RefObject<HTMLInputElement | null>;
  /** What this page can tell is wrong. */
  readonly wrong: { readonly field: DraftField; readonly problem: string } | null;
  /** What the core refused. */
  readonly error: unknown;
};

function begin({ list, projectId, rule, pattern }: RuleFormProps): RuleDraft {
  if (rule) return draftOf(rule, projectId);
  return { ...blankDraft(list.workspaceId === null ? 'global' : 'workspace', projectId), pattern };
}

/** A rule as it is typed, until the core takes it. */
export function useRuleForm(props: RuleFormProps): RuleFormState {
  const { list, rule, onClose } = props;
  const workspaceId = list.workspaceId ?? rule?.workspaceId ?? null;
  const [draft, setDraft] = useState(() => begin(props));
  const [wrong, setWrong] = useState<RuleFormState['wrong']>(null);
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  return {
    ...{ workspaceId, draft, first, wrong, error: list.change.error },
    set(change) {
      setDraft((last) => ({ ...last, ...change }));
      setWrong(null);
      list.change.clear();
    },
    async submit() {
      const read = readDraft(draft, workspaceId, rule?.expiresAt, Date.now());
      if ('problem' in read) return setWrong(read);
      if (await list.add(read.input, rule ?? undefined)) onClose();
      else first.current?.focus();
    },
  };
}

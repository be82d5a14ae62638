import { useCallback, useEffect, useState } from 'react';
import type { Rule } from '../../../shared/model/domain.ts';
import type { Workspace } from '../../../shared/model/workspace.ts';
import { useClient } from '../../lib/core.tsx';
import { type Action, useAction } from '../../lib/use-action.ts';

export type Rules = {
  /** Null until they are known. */
  readonly rules: readonly Rule[] | null;
  readonly error: unknown;
  readonly change: Action;
  /** The rule that was taken away last, for undo. */
  readonly removed: Rule | null;
  readonly add: (pattern: string, allowPrivate: boolean) => Promise<boolean>;
  readonly remove: (rule: Rule) => Promise<boolean>;
  readonly undo: () => Promise<boolean>;
};

/** A workspace's rules. They are read again whenever the workspace changes: that is how the core tells of rules. */
export function useRules(workspace: Workspace): Rules {
  const client = useClient();
  const { workspaceId } = workspace;
  const [state, setState] = useState<{ readonly rules: readonly Rule[] | null; readonly error: unknown }>({ rules: null, error: null });
  const [removed, setRemoved] = useState<Rule | null>(null);
  const change = useAction();
  const read = useCallback(async () => {
    const { rules } = await client.call('domains.list', { workspaceId });
    setState({ rules, error: null });
  }, [client, workspaceId]);
  useEffect(() => {
    read().catch((error: unknown) => setState((last) => ({ ...last, error })));
  }, [read, workspace]);

  async function add(pattern: string, allowPrivate: boolean): Promise<boolean> {
    return change.run(async () => {
      await client.call('domains.add', { workspaceId, pattern, allowPrivate });
      setRemoved((last) => (last?.pattern === pattern ? null : last));
      await read();
    });
  }
  return {
    ...state,
    change,
    removed,
    add,
    remove: (rule) =>
      change.run(async () => {
        await client.call('domains.remove', { workspaceId, pattern: rule.pattern });
        setRemoved(rule);
        await read();
      }),
    undo: async () => (removed ? add(removed.pattern, removed.allowPrivate) : false),
  };
}

import { useCallback, useEffect, useId, useMemo, useState } from 'react';
import type { AgentType } from '../../../shared/model/agent.ts';
import type { OptionName, OptionSource, ResolvedOptions, WorkspaceOptions } from '../../../shared/model/options.ts';
import { useClient } from '../../lib/core.tsx';
import { type Draft, type DraftValue, type Problems, readDraft, writeDraft } from './draft.ts';
import { refusedBy } from './refused.ts';

/** Options being edited in one layer, over what the weaker layers say. */
export type OptionsEditor = {
  /** Tells the fields of two editors on one page apart. */
  readonly id: string;
  /** What this layer says, as far as it can be read. */
  readonly options: WorkspaceOptions;
  readonly problems: Problems;
  /** What the core refused when it was last asked; it does not keep anybody from asking again. */
  readonly refused: Problems;
  /** What this layer, or else a weaker one, says; undefined while nobody does. */
  readonly shown: <K extends OptionName>(name: K) => DraftValue<K> | undefined;
  readonly inherited: <K extends OptionName>(name: K) => DraftValue<K> | undefined;
  readonly isOwn: (name: OptionName) => boolean;
  /** Which layer decides, while this one does not. */
  readonly source: (name: OptionName) => OptionSource | undefined;
  /** What equals the weaker layer's value is left to that layer. */
  readonly set: <K extends OptionName>(name: K, value: DraftValue<K>) => void;
  readonly reset: (name: OptionName) => void;
  /** Begins anew, but for what was typed since this was rendered. */
  readonly begin: (own: WorkspaceOptions) => void;
};

const numbers: ReadonlySet<OptionName> = new Set(['cpus', 'memoryMb', 'pidsLimit']);

/** `own` is where the editing begins; `error` what the core answered last. */
export function useOptions(own: WorkspaceOptions, base: ResolvedOptions | null, error: unknown = null): OptionsEditor {
  const [draft, setDraft] = useState<Draft>(() => writeDraft(own));
  const weaker = useMemo(() => writeDraft(base?.options ?? {}), [base]);
  const { options, problems } = useMemo(() => readDraft(draft), [draft]);
  const reset = useCallback((name: OptionName) => {
    setDraft((last) => Object.fromEntries(Object.entries(last).filter(([key]) => key !== name)));
  }, []);
  const set = useCallback(
    <K extends OptionName>(name: K, value: DraftValue<K>) => {
      const empty = value === '' || (Array.isArray(value) && value.length === 0);
      if (JSON.stringify(value) === JSON.stringify(weaker[name]) || (empty && (weaker[name] === undefined || numbers.has(name)))) reset(name);
      else setDraft((last) => ({ ...last, [name]: value }));
    },
    [reset, weaker],
  );
  return {
    id: useId(),
    options,
    problems,
    refused: refusedBy(error),
    shown: (name) => draft[name] ?? weaker[name],
    inherited: (name) => weaker[name],
    isOwn: (name) => draft[name] !== undefined,
    source: (name) => base?.sources[name],
    set,
    reset,
    begin: (next) => setDraft((last) => (last === draft ? writeDraft(next) : last)),
  };
}

export type Base = { readonly resolved: ResolvedOptions | null; readonly error: unknown; readonly reload: () => void };

/** What a workspace of the project would be made of if it asked for nothing; null until it is known. */
export function useBase(projectId: string, agent: AgentType): Base {
  const client = useClient();
  const [state, setState] = useState<Omit<Base, 'reload'>>({ resolved: null, error: null });
  const [round, setRound] = useState(0);
  useEffect(() => {
    let current = true;
    client.call('workspaces.resolve', { projectId, agent, options: {} }).then(
      (resolved) => current && setState({ resolved, error: null }),
      (error: unknown) => current && setState({ resolved: null, error }),
    );
    return () => void (current = false);
  }, [client, projectId, agent, round]);
  return { ...state, reload: useCallback(() => setRound((last) => last + 1), []) };
}

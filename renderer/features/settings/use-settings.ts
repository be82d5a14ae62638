import { useCallback, useEffect, useState } from 'react';
import type { Settings, SettingsChange } from '../../../shared/model/settings.ts';
import { useClient, useLive } from '../../lib/core.tsx';

export type Save = (change: SettingsChange, what: string) => Promise<void>;

export type SettingsState = {
  /** Null until they are known. */
  readonly settings: Settings | null;
  readonly problem: unknown;
  /** Keeps it at once; rejects with the core's sentence. `what` names it for the undo. */
  readonly save: Save;
  /** The last change, which can be taken back. */
  readonly last: { readonly what: string } | null;
  readonly undo: () => Promise<void>;
};

type Last = { readonly what: string; readonly before: SettingsChange };

/** The installation's settings, read anew with each connection. */
export function useSettings(): SettingsState {
  const client = useClient();
  const generation = useLive((live) => (live.status.kind === 'live' ? live.status.generation : null));
  const [settings, setSettings] = useState<Settings | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const [last, setLast] = useState<Last | null>(null);
  useEffect(() => {
    if (generation === null) return;
    let current = true;
    client.call('settings.get', {}).then(
      (value) => {
        if (!current) return;
        setSettings(value);
        setProblem(null);
      },
      (error: unknown) => current && setProblem(error),
    );
    return () => void (current = false);
  }, [client, generation]);
  const save = useCallback(
    async (change: SettingsChange, what: string): Promise<void> => {
      const names = Object.keys(change) as (keyof Settings)[];
      const before = settings ? (Object.fromEntries(names.map((name) => [name, settings[name]])) as SettingsChange) : {};
      setSettings(await client.call('settings.set', change));
      setLast({ what, before });
    },
    [client, settings],
  );
  async function undo(): Promise<void> {
    if (!last) return;
    setSettings(await client.call('settings.set', last.before));
    setLast(null);
  }
  return { settings, problem, save, last, undo };
}

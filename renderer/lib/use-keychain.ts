import { useEffect, useState } from 'react';
import type { KeychainState } from '../../shared/model/keychain.ts';
import { useClient, useSnapshot } from './core.tsx';

export type KeychainView = { readonly state: KeychainState | null; readonly error: unknown };

/** Where API keys are kept, as of now. Whatever changes there also changes the agents of the live state, so that is when to ask again. */
export function useKeychain(): KeychainView {
  const client = useClient();
  const agents = useSnapshot((snapshot) => snapshot.agents);
  const [view, setView] = useState<KeychainView>({ state: null, error: null });
  useEffect(() => {
    let latest = true;
    client.call('keys.keychain', {}).then(
      (state) => latest && setView({ state, error: null }),
      (error: unknown) => latest && setView((before) => ({ ...before, error })),
    );
    return () => void (latest = false);
  }, [client, agents]);
  return view;
}

/** How long a key lasts that is given now; goes on a sentence. */
export function describeKeeping(state: KeychainState | null): string {
  if (state === null) return 'kept by Forgehold';
  return state.kind === 'kept' ? `kept in ${state.title}` : 'kept in memory until Forgehold ends';
}

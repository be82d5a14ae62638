import { type ReactNode, useState } from 'react';
import type { KeychainState } from '../../../shared/model/keychain.ts';
import { useClient } from '../../lib/core.tsx';
import { useShortcut } from '../../lib/keys.ts';
import { useAction } from '../../lib/use-action.ts';
import { useKeychain } from '../../lib/use-keychain.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Problem, problemText } from '../../ui/problem.tsx';
import styles from './settings.module.css';

/** Where the keys of all agents are kept, said plainly, and what can be done about it. */
export function KeychainCard(): ReactNode {
  const client = useClient();
  const { state, error } = useKeychain();
  const asking = useAction();
  const forgetting = useAction();
  const [sure, setSure] = useState(false);
  useShortcut('forgetKeys', () => setSure(true));
  if (error && !state) return <Problem error={error} />;
  const unlock = state?.kind === 'locked' ? 'Unlock…' : state?.kind === 'asking' ? 'Ask again…' : null;
  const failure = asking.error ?? forgetting.error;
  async function forget(): Promise<void> {
    if (await forgetting.run(() => client.call('keys.forgetAll', {}))) setSure(false);
  }
  return (
    <section className={`card ${styles.keychain}`} aria-label="Keychain" data-keychain={state?.kind}>
      <div className={styles.entry}>
        <div className={styles.line}>
          <Icon name={state && state.kind !== 'kept' && state.kind !== 'looking' ? 'alert' : 'key'} tone={toneOf(state)} />
          <div className="grow">
            <p className="med">{titleOf(state)}</p>
            <p className="sm dim selectable">{detailOf(state)}</p>
          </div>
          {unlock ? (
            <Button busy={asking.busy} onClick={() => void asking.run(() => client.call('keys.unlock', {}))}>
              {unlock}
            </Button>
          ) : null}
          {sure ? (
            <>
              <Button look="danger" busy={forgetting.busy} onClick={() => void forget()}>
                Forget all keys now
              </Button>
              <Button look="quiet" onClick={() => setSure(false)}>
                Cancel
              </Button>
            </>
          ) : (
            <Button look="quiet" onClick={() => setSure(true)}>
              Forget all keys…
            </Button>
          )}
        </div>
        {failure ? (
          <p className={`bad sm selectable ${styles.more}`} role="alert">
            {problemText(failure)}
          </p>
        ) : null}
      </div>
    </section>
  );
}

function toneOf(state: KeychainState | null): 'ok' | 'warn' | 'faint' {
  if (state === null || state.kind === 'looking') return 'faint';
  return state.kind === 'kept' ? 'ok' : 'warn';
}

function titleOf(state: KeychainState | null): string {
  if (state === null || state.kind === 'looking') return 'Looking for the keychain';
  if (state.kind === 'kept') return `API keys are kept in ${state.title}`;
  if (state.kind === 'locked') return `${state.title} is locked`;
  return state.kind === 'asking' ? `${state.title} waits for you` : 'No keychain: API keys live until Forgehold ends';
}

function detailOf(state: KeychainState | null): string {
  if (state?.kind === 'kept') return 'In no file of Forgehold, and in no setting of a container.';
  return state?.why ?? 'One moment.';
}

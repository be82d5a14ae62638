import type { ReactNode } from 'react';
import { useCore, useLive } from '../../lib/core.tsx';
import { useShell } from '../../lib/shell.ts';
import { useNow } from '../../lib/use-now.ts';
import { Button } from '../../ui/button.tsx';
import { Glyph } from '../../ui/glyph.tsx';
import { problemText } from '../../ui/problem.tsx';
import { Rail } from './rail.tsx';
import { MenuButton } from './window-controls.tsx';
import styles from './frame.module.css';

/** Before the first snapshot: nothing for 300 ms, then what is waited for. */
export function Connecting(): ReactNode {
  const { link } = useCore();
  const status = useLive((live) => live.status);
  const problem = useLive((live) => live.problem);
  // The window knows why, and starts the core itself when it is asked to.
  const { state } = useShell();
  const said = state?.core.kind === 'lost' ? state.core.message : null;
  return (
    <div className="app">
      <header className="titlebar">
        <MenuButton />
        <span className="med">Forgehold</span>
      </header>
      <Rail />
      <main className="main">
        <div className="center">
          {status.kind === 'lost' ? (
            <div className="tellings" role="alert">
              <h1>{status.signedOut ? 'This browser is not let in' : 'Forgehold is not running'}</h1>
              <p className="dim">
                {said ??
                  (status.signedOut
                    ? 'Run “forgehold url”, and open the address that it prints.'
                    : 'Start it with “forgehold serve”, and open the address that it prints. This page reconnects by itself.')}
              </p>
              <Waiting attempt={status.attempt} />
              <div className="row">
                <Button look="primary" icon="retry" onClick={link.retryNow}>
                  Try now
                </Button>
              </div>
            </div>
          ) : (
            <p className={`row dim ${styles.late}`} role="status">
              <Glyph kind="starting" />
              {problem ? problemText(problem) : 'Reading the state of your projects…'}
            </p>
          )}
        </div>
      </main>
    </div>
  );
}

function Waiting({ attempt }: { readonly attempt: number }): ReactNode {
  useNow(1000);
  return (
    <p className="sm faint row" role="status">
      <Glyph kind="starting" /> Attempt {attempt}
    </p>
  );
}

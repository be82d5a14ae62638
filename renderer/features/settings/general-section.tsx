import { type ReactNode, useEffect, useState } from 'react';
import type { CallOutput } from '../../../shared/contract/index.ts';
import { useClient } from '../../lib/core.tsx';
import { useAction } from '../../lib/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { problemText } from '../../ui/problem.tsx';
import styles from './settings.module.css';

type Info = CallOutput<'app.info'>;

/** What runs here, and how to end it. */
export function GeneralSection(): ReactNode {
  const client = useClient();
  const [info, setInfo] = useState<Info | null>(null);
  const reading = useAction();
  const { run } = reading;
  useEffect(() => void run(async () => setInfo(await client.call('app.info', {}))), [client, run]);
  return (
    <>
      <header>
        <h1>General</h1>
        <p className="dim">This installation of Forgehold.</p>
      </header>
      {reading.error ? <p className="bad selectable">{problemText(reading.error)}</p> : null}
      {info ? (
        <dl className={`card ${styles.facts} selectable`}>
          <dt>Version</dt>
          <dd>{info.version}</dd>
          <dt>Data folder</dt>
          <dd className="mono">{info.dataFolder}</dd>
          <dt>Engine</dt>
          <dd className="mono">{info.engine.kind === 'connected' ? `Docker ${info.engine.version} at ${info.engine.endpoint}` : info.engine.endpoint}</dd>
          <dt>Installation</dt>
          <dd>
            <span className="mono">{info.installation}</span>
            <p className="sm dim">Marks what Forgehold made in Docker. It never sees or touches anything else there.</p>
          </dd>
        </dl>
      ) : null}
      <h2>Ending it</h2>
      <EndForgehold />
    </>
  );
}

function EndForgehold(): ReactNode {
  const client = useClient();
  const action = useAction();
  const [asking, setAsking] = useState(false);
  return (
    <div className="card">
      <div className={styles.line}>
        <p className="grow">
          Agents and their terminals go on in their containers. <span className="dim">Start Forgehold again to see them.</span>
        </p>
        {asking ? (
          <>
            <Button look="danger" busy={action.busy} onClick={() => void action.run(() => client.call('app.quit', {}))}>
              End it now
            </Button>
            <Button autoFocus onClick={() => setAsking(false)}>
              Keep it
            </Button>
          </>
        ) : (
          <Button icon="stop" onClick={() => setAsking(true)}>
            End Forgehold…
          </Button>
        )}
      </div>
      {action.error ? <p className={`bad sm selectable ${styles.empty}`}>{problemText(action.error)}</p> : null}
    </div>
  );
}

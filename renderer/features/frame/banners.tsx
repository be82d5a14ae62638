import type { ReactNode } from 'react';
import { formatElapsed } from '../../../shared/format.ts';
import { useCore, useLive, useSnapshot } from '../../lib/core.tsx';
import { formatRoute, useRoute } from '../../lib/route.ts';
import { useNow } from '../../lib/use-now.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { problemText } from '../../ui/problem.tsx';
import { dismissFailure, useFailure } from '../palette/store.ts';

/** What holds for the whole app, above the page: no core, no engine. */
export function Banners(): ReactNode {
  return (
    <>
      <StateBanner />
      <FailureBanner />
    </>
  );
}

/** A command from the palette failed; there is no other place where it was asked for. */
function FailureBanner(): ReactNode {
  const failure = useFailure();
  if (!failure) return null;
  return (
    <div className="banner bad" role="alert">
      <Icon name="alert" />
      <p className="grow selectable">
        {failure.title ? <span className="med">{failure.title.replace(/…$/, '')}: </span> : null}
        {problemText(failure.error)}
      </p>
      <Button look="quiet" icon="x" title="Dismiss" onClick={dismissFailure} />
    </div>
  );
}

function StateBanner(): ReactNode {
  const status = useLive((live) => live.status);
  const problem = useLive((live) => live.problem);
  const engine = useSnapshot((snapshot) => snapshot.engine);
  const { page } = useRoute();
  if (status.kind === 'lost') return <LostBanner since={status.since} signedOut={status.signedOut} />;
  if (problem) {
    return (
      <div className="banner bad" role="alert">
        <Icon name="alert" />
        <p className="grow">{problemText(problem)} What you see may be out of date.</p>
        <Button icon="retry" onClick={() => location.reload()}>
          Reload
        </Button>
      </div>
    );
  }
  if (engine.kind !== 'unreachable') return null;
  return (
    <div className="banner bad" role="alert">
      <Icon name="alert" />
      <p className="grow selectable">
        <span className="med">Docker does not answer.</span> {engine.reason} <span className="dim">Forgehold keeps trying.</span>
      </p>
      {page === 'settings' ? null : (
        <a className="btn" href={formatRoute({ page: 'settings', section: 'doctor' })}>
          Open the doctor
        </a>
      )}
    </div>
  );
}

function LostBanner({ since, signedOut }: { readonly since: number; readonly signedOut: boolean }): ReactNode {
  const { link } = useCore();
  const now = useNow(1000);
  return (
    <div className="banner bad" role="alert">
      <Icon name="alert" />
      <p className="grow">
        <span className="med">{signedOut ? 'This browser is not let in any more.' : 'Forgehold is not running; reconnecting…'}</span>{' '}
        <span className="dim">
          {signedOut ? 'Run “forgehold url”, and open the address that it prints.' : 'Agents go on in their containers.'}{' '}
          <span className="wide">Below is what was last known, {formatElapsed(now - since)} ago.</span>
        </span>
      </p>
      <Button icon="retry" onClick={link.retryNow}>
        Try now
      </Button>
    </div>
  );
}

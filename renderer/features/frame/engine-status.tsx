import type { ReactNode } from 'react';
import { useSnapshot } from '../../lib/core.tsx';
import { Glyph } from '../../ui/glyph.tsx';
import { Icon } from '../../ui/icon.tsx';

/** The engine and what is being made ready, for the status bar. */
export function EngineStatus(): ReactNode {
  const engine = useSnapshot((snapshot) => snapshot.engine);
  const preparation = useSnapshot((snapshot) => snapshot.preparation);
  const running = preparation.find((step) => step.state === 'running');
  const failed = preparation.find((step) => step.state === 'failed');
  return (
    <>
      <span className={`row ${engine.kind === 'unreachable' ? 'bad' : ''}`} title={engine.endpoint}>
        <Icon name="cpu" />
        {engine.kind === 'connected' ? `Docker ${engine.version}` : engine.kind === 'connecting' ? 'Connecting to Docker…' : 'Docker does not answer'}
      </span>
      {failed ? (
        <span className="row bad cut" title={failed.detail}>
          <Icon name="alert" />
          {failed.label}: {failed.detail}
        </span>
      ) : running ? (
        <span className="row cut" role="status" title={running.detail}>
          <Glyph kind="starting" />
          {running.label}
        </span>
      ) : null}
    </>
  );
}

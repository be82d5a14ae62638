import type { Link } from '../../shared/contract/link.ts';
import { createProjection } from '../../shared/contract/projection.ts';
import { createEmitter, type Dispose } from '../../shared/disposable.ts';
import type { Snapshot } from '../../shared/model/snapshot.ts';
import type { Logger } from '../lib/logger.ts';

/** The live state, in the main process: for the tray, the badge and notifications. */
export type Live = {
  /** Null while the core is not reached. */
  readonly get: () => Snapshot | null;
  readonly onChange: (listener: (snapshot: Snapshot | null) => void) => Dispose;
};

export function createLive(link: Link, log: Logger): Live {
  let snapshot: Snapshot | null = null;
  const changes = createEmitter<Snapshot | null>();
  function publish(next: Snapshot | null): void {
    snapshot = next;
    changes.emit(next);
  }
  const projection = createProjection({
    fetch: () => link.client.call('app.snapshot', {}),
    publish,
    // The next connection brings a new snapshot; until then nothing is better than what is wrong.
    onError(error) {
      log.warn({ error }, 'The state of the core could not be read');
      publish(null);
    },
  });
  link.client.on('app.changed', projection.receive);
  function follow(): void {
    if (link.status().kind === 'live') projection.refresh().catch((error: unknown) => log.warn({ error }, 'The state of the core could not be read'));
    else if (snapshot) publish(null);
  }
  link.onStatus(follow);
  follow();
  return { get: () => snapshot, onChange: (listener) => changes.on(listener) };
}

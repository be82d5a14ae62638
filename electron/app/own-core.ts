import type { Connection } from '../../shared/contract/wire.ts';
import { composeCore } from '../compose.ts';
import { takePlace } from '../ipc/attach.ts';
import { hostCore } from '../ipc/host.ts';
import { createConnectionPair } from '../ipc/memory-connection.ts';
import type { Compose } from '../ipc/types.ts';
import type { DataFolder } from '../lib/data-folder.ts';
import { createLogger } from '../lib/logger.ts';
import type { ForkHelper } from '../vault/fork-helper.ts';

/** A core in this process. */
export type OwnCore = { readonly connect: () => Connection; readonly closed: Promise<void>; readonly close: (reason: string) => Promise<void> };

export type OwnCoreOptions = { readonly folder: DataFolder; readonly version: string; readonly webRoot: string; readonly forkHelper: ForkHelper };

/**
 * Takes the core's place of the data folder; null when another process has it.
 * Loaded on demand: it brings the whole core with it, SQLite among it.
 *
 * @throws AppError when the core cannot start
 */
export async function startOwnCore({ folder, version, webRoot, forkHelper }: OwnCoreOptions): Promise<OwnCore | null> {
  const place = await takePlace(folder, version);
  if (place.kind === 'taken') {
    place.client.close();
    return null;
  }
  const log = createLogger(folder.logs);
  const compose: Compose = (options) => composeCore({ ...options, forkHelper });
  const host = await hostCore({ folder, lock: place.lock, version, log, environment: process.env, compose, web: { root: webRoot } });
  return {
    connect() {
      const [ours, theirs] = createConnectionPair();
      host.router.serve(theirs);
      void host.closed.then(() => ours.close());
      return ours;
    },
    closed: host.closed,
    close: (reason) => host.close(reason),
  };
}

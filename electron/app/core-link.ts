import { createClient } from '../../shared/contract/client.ts';
import { contractVersion } from '../../shared/contract/index.ts';
import { createLink, type Link } from '../../shared/contract/link.ts';
import type { Connection } from '../../shared/contract/wire.ts';
import { AppError } from '../../shared/errors.ts';
import type { CoreState } from '../../shared/model/shell.ts';
import { findSocketAddress } from '../ipc/socket-address.ts';
import { connectSocket } from '../ipc/socket-transport.ts';
import type { DataFolder } from '../lib/data-folder.ts';
import type { Logger } from '../lib/logger.ts';
import type { ForkHelper } from '../vault/fork-helper.ts';
import type { OwnCore } from './own-core.ts';

export type CoreLinkOptions = {
  readonly folder: DataFolder;
  readonly version: string;
  readonly log: Logger;
  /** For the browser interface that a core in this process offers as well. */
  readonly webRoot: string;
  /** What starts the keychain's helper for a core in this process. */
  readonly forkHelper: ForkHelper;
  readonly onState: (state: CoreState) => void;
  /** The core in this process has ended: somebody asked it to. */
  readonly onOwnEnd: () => void;
};

export type CoreLink = {
  readonly link: Link;
  /** Whether the core lives in this process, or is being started here, and ends with it. */
  readonly isOwn: () => boolean;
  /** Looks for the core at once; where none runs, one may start in this process. */
  readonly retry: () => void;
  /** Lets go of the core; one in this process is closed first. */
  readonly close: (reason: string) => Promise<void>;
};

/**
 * The way to the core of a data folder: the running one, else one in this process.
 * A core that was lost is only found again, never replaced, until the user asks: whoever ended it may have meant it, and two versions
 * must not end each other in turn.
 */
export function createCoreLink(options: CoreLinkOptions): CoreLink {
  const { folder, version, log, webRoot, forkHelper, onState, onOwnEnd } = options;
  let own: OwnCore | null = null;
  let isStarting = false;
  let mayHost = canHost();
  let message = '';
  async function startHere(): Promise<OwnCore | null> {
    return (await import('./own-core.ts')).startOwnCore({ folder, version, webRoot, forkHelper });
  }
  async function host(): Promise<void> {
    isStarting = true;
    const started = await startHere().finally(() => (isStarting = false));
    own = started;
    void started?.closed.then(() => {
      own = null;
      onOwnEnd();
    });
  }
  async function connect(): Promise<Connection> {
    try {
      if (!own && mayHost) await host();
      mayHost = false;
      if (own) return own.connect();
      await refuseOtherVersion(folder.root, version);
      return await connectSocket(findSocketAddress(folder.root));
    } catch (error) {
      if (!(error instanceof AppError)) log.error({ error }, 'The core could not be reached');
      message = error instanceof AppError ? error.message : 'The core does not start. The log has the details.';
      throw error;
    }
  }
  const link = createLink({ connect });
  link.onStatus((status) => {
    if (status.kind === 'live') onState({ kind: 'live', attached: own === null });
    else if (status.kind === 'lost') onState({ kind: 'lost', message: message || 'The core has ended. It is looked for again.' });
    message = '';
  });
  return {
    link,
    isOwn: () => own !== null || isStarting,
    retry() {
      mayHost = canHost();
      link.retryNow();
    },
    async close(reason) {
      link.close();
      await own?.close(reason);
    },
  };
}

/** @throws AppError `core/other-version` when the core that runs now is not of this window's version */
async function refuseOtherVersion(root: string, version: string): Promise<void> {
  const client = createClient(await connectSocket(findSocketAddress(root)));
  try {
    const info = await client.call('app.info', {}, { signal: AbortSignal.timeout(10_000) });
    if (info.version === version && info.contract === contractVersion) return;
    throw new AppError('core/other-version', `Forgehold ${info.version} runs now, and this window is ${version}. Close it and open it again.`);
  } finally {
    client.close();
  }
}

/** A runtime without SQLite can hold no core: it only joins one. */
function canHost(): boolean {
  return process.getBuiltinModule('node:sqlite') !== undefined;
}

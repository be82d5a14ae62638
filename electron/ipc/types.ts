import type { EventName, EventPayload } from '../../shared/contract/index.ts';
import type { DataFolder } from '../lib/data-folder.ts';
import type { Logger } from '../lib/logger.ts';
import type { ForkHelper } from '../vault/fork-helper.ts';
import type { CallHandlers, StreamHandlers } from './router.ts';

/** Announces an event to every client. */
export type Publish = <N extends EventName>(name: N, payload: EventPayload<N>) => void;

/** Calls that the process around the core answers: it owns the server and its own end. */
export type HostCall = 'app.quit' | 'app.url';

/** Everything Forgehold does, without a way in: `electron/compose.ts` makes it, the shells serve it. */
export type Core = {
  readonly calls: Omit<CallHandlers, HostCall>;
  readonly streams: StreamHandlers;
  /** Writes everything down and lets go of the engine. Agents and their terminals go on. */
  readonly close: () => Promise<void>;
};

export type ComposeOptions = {
  readonly dataFolder: DataFolder;
  readonly version: string;
  readonly log: Logger;
  /** Keys found in it are taken over and removed from it. */
  readonly environment: NodeJS.ProcessEnv;
  /** Heard by nobody until `compose` has answered; clients take a snapshot first. */
  readonly publish: Publish;
  /** Starts the keychain's helper process; by default a Node. Electron's main process, whose binary is none, gives its own. */
  readonly forkHelper?: ForkHelper;
};

/** Makes the core; `composeCore` of `electron/compose.ts`. */
export type Compose = (options: ComposeOptions) => Promise<Core>;

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A process of our own that answers messages. */
export type Helper = {
  readonly send: (message: object) => void;
  readonly onMessage: (listener: (message: unknown) => void) => void;
  /** Once; also when it could not be started. */
  readonly onExit: (listener: () => void) => void;
  readonly kill: () => void;
};

/** Starts one. In Electron's main process, whose binary is no Node, the shell gives another (`utilityProcess`). */
export type ForkHelper = (module: URL, environment: NodeJS.ProcessEnv) => Helper;

export const forkNode: ForkHelper = (module, environment) => {
  const child = fork(fileURLToPath(module), [], { execArgv: [], env: environment, stdio: ['ignore', 'ignore', 'ignore', 'ipc'], serialization: 'json' });
  return {
    // What cannot be sent shows as its end.
    send: (message) => void child.send(message, () => undefined),
    onMessage: (listener) => void child.on('message', listener),
    onExit(listener) {
      const once = Promise.withResolvers<void>();
      child.once('exit', () => once.resolve());
      child.once('error', () => once.resolve());
      void once.promise.then(listener);
    },
    kill: () => void child.kill('SIGKILL'),
  };
};

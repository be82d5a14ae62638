import { fileURLToPath } from 'node:url';
import { utilityProcess } from 'electron';
import type { ForkHelper } from '../vault/fork-helper.ts';

/** The keychain's helper as Electron's utility process: with `RunAsNode` off, the app's binary is no Node to fork. It ends with the app. */
export const forkUtility: ForkHelper = (module, environment) => {
  const child = utilityProcess.fork(fileURLToPath(module), [], { env: definedOnly(environment), stdio: 'ignore', serviceName: 'Forgehold keychain' });
  return {
    send: (message) => child.postMessage(message),
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => void child.once('exit', listener),
    kill: () => void child.kill(),
  };
};

function definedOnly(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

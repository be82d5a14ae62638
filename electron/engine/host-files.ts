import { readdirSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import type { HostFiles } from './contexts.ts';

/** This machine, as it is looked at for engines. What is absent or unreadable is simply not where an engine is. */
export function hostFiles(env: HostFiles['env']): HostFiles {
  return {
    env,
    home: homedir(),
    platform: process.platform,
    readText: (path) => whenPossible(() => readFileSync(path, 'utf8'), null),
    listFolder: (path) => whenPossible(() => readdirSync(path), []),
    isSocket: (path) => whenPossible(() => statSync(path).isSocket(), false),
  };
}

/** Takes Docker's variables out of the environment: docker-modem looks at them for every engine, and fails on what is wrong with them. */
export function takeDockerVariables(environment: NodeJS.ProcessEnv): Readonly<Record<string, string | undefined>> {
  const taken = { ...environment };
  for (const name of Object.keys(environment)) if (name.startsWith('DOCKER_')) delete environment[name];
  return taken;
}

function whenPossible<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

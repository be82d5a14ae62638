import type { Client } from '../../shared/contract/client.ts';

/** What the command line needs of the rest: given by `electron/cli.ts`, which alone may know other slices. */
export type World = {
  /** Throws `core/not-running`. */
  readonly attach: (dataFolder: string) => Promise<Client>;
  /** The server shell, with the arguments after `forgehold serve`. */
  readonly serve: (argv: readonly string[]) => Promise<void>;
  /** The program and first arguments that start the server shell in a process of its own. */
  readonly server: readonly [program: string, ...argv: string[]];
  /** The program and first arguments that show the desktop window. */
  readonly window: readonly [program: string, ...argv: string[]];
};

let current: World | null = null;

/** Once, before anything else: a process is one command line. */
export function enterWorld(world: World): void {
  current = world;
}

export function getWorld(): World {
  if (!current) throw new Error('The command line was not told of the rest.');
  return current;
}

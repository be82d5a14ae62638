import type { Result } from '../result.ts';

/**
 * What the preload puts into the desktop window's page, as `window.forgehold`: all that the page can do outside itself.
 * It never grows with features: names and inputs are judged by the contract, on the other side.
 */
export type Bridge = {
  /** A call of the core's or the shell's contract. `token` names it for `cancel`; unique in this page. */
  readonly invoke: (name: string, input: unknown, token: number) => Promise<Result<unknown>>;
  readonly cancel: (token: number) => void;
  /** Every event of core and shell, as {name, payload}. Answers how to stop. */
  readonly subscribe: (listener: (event: unknown) => void) => () => void;
  /**
   * Opens a byte stream. Its MessagePort arrives in the page as a message of its own window, with `streamMessage(id)` as data;
   * frames of `wire.ts` (data, credit, end; id 0) go through it as ArrayBuffers. A closed port means that the connection is gone.
   */
  readonly openStream: (name: string, input: unknown, id: number) => void;
  /** The path of a file that the user dropped or picked; empty when it has none. */
  readonly pathForFile: (file: unknown) => string;
};

/** Data of the window message that carries a stream's port. */
export function streamMessage(id: number): string {
  return `forgehold:stream:${id}`;
}

/** Channels between preload and main. */
export const channels = { invoke: 'forgehold:invoke', cancel: 'forgehold:cancel', event: 'forgehold:event', stream: 'forgehold:stream' } as const;

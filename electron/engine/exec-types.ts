import type { Duplex, Readable } from 'node:stream';

export type ExecResult = { readonly exitCode: number; readonly stdout: string; readonly stderr: string };
export type ExecOptions = {
  readonly user?: string;
  readonly workingDir?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | Uint8Array;
  /** Milliseconds; after it the process is ended and `engine/exec-timeout` thrown. Default 30,000. */
  readonly timeoutMs?: number;
  /** Per stream; more is cut and the process ended. Default 8 MiB. */
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
};

/** A long-lived exec. `close` ends its processes, not only the stream. */
export type ExecSession = {
  /** stdin and stdout; reading slower slows the process. */
  readonly stream: Duplex;
  readonly stderr: Readable;
  readonly exited: Promise<number | null>;
  readonly close: () => Promise<void>;
};
